using System.Text.Json;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>Reads and checks <c>dataset.json</c>; every complaint names the file and the field.</summary>
public static class Manifests
{
    /// <summary>Parses a manifest.</summary>
    /// <exception cref="VolumeFormatException">Not JSON, or a field is of another kind.</exception>
    public static DatasetManifest Parse(ReadOnlySpan<byte> utf8, string file)
    {
        try
        {
            if (utf8.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            {
                utf8 = utf8[3..];
            }

            return JsonSerializer.Deserialize<DatasetManifest>(utf8, DatasetManifest.Json)
                ?? throw new VolumeFormatException($"{file} is empty; write a dataset's description into it.");
        }
        catch (JsonException e)
        {
            throw new VolumeFormatException($"{file} cannot be read at line {e.LineNumber + 1}, {e.Path}: {OneLine.Quote(Reason(e))}; correct it.", e);
        }
    }

    /// <summary>Checks what a beamline hands over, before anything is read or written.</summary>
    public static void Validate(DatasetManifest manifest, string file)
    {
        Require(!string.IsNullOrWhiteSpace(manifest.Name), file, "name", "is empty; give the experiment a name");
        Require(manifest.Id is null || DatasetId.TryParse(manifest.Id, out _), file, "id", $"is '{manifest.Id}'; use lower case letters, digits and hyphens");
        var about = DatasetDescription.Of(manifest).Problem();
        Require(about is null, file, about?.Field ?? "", about?.Sentence ?? "");
        Require(manifest.Volumes is { Count: > 0 }, file, "volumes", "is empty; name at least one scan");
        var seen = new HashSet<VolumeKey>();
        for (var i = 0; i < manifest.Volumes.Count; i++)
        {
            var v = manifest.Volumes[i];
            Require(VolumeKey.IsModality(v.Modality), file, $"volumes[{i}].modality", $"is '{v.Modality}'; use lower case letters, digits and hyphens");
            Require(v.Modality is not (LabelModality.Voids or LabelModality.Lithium or LabelModality.Change), file, $"volumes[{i}].modality", $"is '{v.Modality}', which labels of the analysis are kept under; use another name");
            Require(double.IsFinite(v.Hours) && v.Hours is >= 0 and < 1e6, file, $"volumes[{i}].hours", $"is {v.Hours}; give hours of plating, 0 or more");
            Require(!string.IsNullOrWhiteSpace(v.Path), file, $"volumes[{i}].path", "is empty; name a file or folder");
            Importing.ImportOptions.Of(v, file);
            Require(v.InPlace != true || IsLinkable(v.Path), file, $"volumes[{i}].inPlace", $"is set for {v.Path}; what can be used in place is an OME-Zarr in the store, outside of datasets/ and leases/, given as blob: and its prefix");
            Require(v.InPlace != true || (v.Region is null && v.Convert is null), file, $"volumes[{i}].inPlace", "goes with neither region nor convert, since the voxels stay as they are; leave those out, or import a copy");
            Require(seen.Add(new VolumeKey(v.Modality, v.Hours)), file, $"volumes[{i}]", $"is a second {new VolumeKey(v.Modality, v.Hours)}; keep one");
            if (v.Transform is not null || (v.VoxelSizeUm ?? manifest.VoxelSizeUm) is not null)
            {
                TransformOf(v, manifest, file);
            }
        }

        foreach (var s in manifest.Series)
        {
            Require(VolumeKey.IsModality(s.Kind), file, "series.kind", $"is '{s.Kind}'; use lower case letters, digits and hyphens, as in voltage");
            Require(s.Clock?.Other is not { Count: > 0 }, file, $"the clock of the {s.Kind} series",
                $"has {Names(s.Clock?.Other)}, which is not known; its fields are offsetSeconds, driftPpm, offsetSigma and driftSigma");
            Require(s.Clock is not { IsStated: false }, file, $"the clock of the {s.Kind} series",
                "states neither offsetSeconds nor driftPpm; give one of them, 0 where the clocks are one, or leave the clock out");
            Require(s.Source?.Other is not { Count: > 0 }, file, $"the source of the {s.Kind} series",
                $"has {Names(s.Source?.Other)}, which is not known; its fields are column, unit, negate, dates and repairTime");
            Require(s.Clock is not { IsPossible: false }, file, $"the clock of the {s.Kind} series",
                "has a number that no clock has; give offsetSeconds in seconds and driftPpm within 100000");
            Require(s.Source is not { Unit: not null, Column: null }, file, $"source.unit of the {s.Kind} series",
                "is given without source.column; name the column that has the unit");
            Require(s.Source?.Dates is null or "day-first" or "month-first", file, $"source.dates of the {s.Kind} series",
                $"is '{s.Source?.Dates}'; use day-first or month-first");
        }

        OutlineOf(manifest, file);
        if (manifest.Depth is { } d)
        {
            Require(d.Axis is "z" or "y" or "x", file, "depth.axis", $"is '{d.Axis}'; use z, y or x");
            Require(d.Direction is 1 or -1, file, "depth.direction", $"is {d.Direction}; use 1 or -1");
            Require(IsAuto(d) || d.InterfaceUm is null or { ValueKind: JsonValueKind.Number or JsonValueKind.Object }, file, "depth.interfaceUm", "is neither a number of µm, nor a plane { pointUm, normal }, nor \"auto\"");
            DepthOf(manifest, file);
        }
    }

    // What lies below datasets/ goes with its dataset.
    private static bool IsLinkable(string path) => path.StartsWith(VolumeFiles.BlobScheme, StringComparison.Ordinal)
        && path[VolumeFiles.BlobScheme.Length..].Trim('/') + "/" is var prefix && prefix.Length > 1 && !prefix.StartsWith(BlobNames.Datasets, StringComparison.Ordinal) && !prefix.StartsWith(BlobNames.Leases, StringComparison.Ordinal);

    /// <summary>Whether the interface is to be found from the scan.</summary>
    public static bool IsAuto(DepthManifest? d) => d?.InterfaceUm is { ValueKind: JsonValueKind.String } e && e.GetString() == "auto";

    /// <summary>A volume with where its file says that it lies, where nobody says otherwise.</summary>
    internal static VolumeManifest Located(VolumeManifest v, DatasetManifest manifest, FileGeometry? found)
    {
        if (found is null || v.Transform is not null || (v.VoxelSizeUm ?? manifest.VoxelSizeUm) is not null)
        {
            return v;
        }

        var rows = found.Transform.Rows.ToArray();
        if (v.OriginUm is { Length: 3 } origin)
        {
            (rows[3], rows[7], rows[11]) = (origin[0], origin[1], origin[2]);
        }

        return v with { Transform = rows };
    }

    internal static AffineTransform TransformOf(VolumeManifest v, DatasetManifest manifest, string file)
    {
        if (v.Transform is { } rows)
        {
            try
            {
                return new AffineTransform(rows);
            }
            catch (ArgumentException e)
            {
                throw new VolumeFormatException($"{file}: the transform of {v.Path} is not twelve finite numbers that can be inverted; correct it.", e);
            }
        }

        var size = v.VoxelSizeUm ?? manifest.VoxelSizeUm ?? throw new VolumeFormatException($"{file}: voxelSizeUm is missing for {v.Path}, and the file gives none with a unit; give z, y, x in µm.");
        Require(size.Length == 3 && size.All(s => double.IsFinite(s) && s > 0), file, "voxelSizeUm", "must be three numbers above 0, z, y, x in µm");
        var origin = v.OriginUm ?? [0, 0, 0];
        Require(origin.Length == 3 && origin.All(double.IsFinite), file, "originUm", "must be three numbers, z, y, x in µm");
        return AffineTransform.Of(new VoxelSize(size[0], size[1], size[2]), new WorldPoint(origin[0], origin[1], origin[2]));
    }

    /// <summary>Voxel to the frame of the volume's hour: as it was placed, else as it was handed over.</summary>
    internal static AffineTransform ScannedOf(VolumeManifest v, DatasetManifest manifest, string file)
    {
        try
        {
            return v.Placement is { } placed ? new AffineTransform(placed.Transform) : TransformOf(v, manifest, file);
        }
        catch (ArgumentException e)
        {
            throw new VolumeFormatException(
                $"{file}: the placement of {new VolumeKey(v.Modality, v.Hours)} is not twelve finite numbers that can be inverted; "
                    + $"remove it "
                + "and register the volume again.", e);
        }
    }

    internal static AffineTransform Registered(RegistrationManifest registration, string file)
    {
        try
        {
            return new AffineTransform(registration.Transform);
        }
        catch (ArgumentException e)
        {
            throw new VolumeFormatException($"{file}: a registration's transform is not twelve finite numbers that can be inverted; remove it and run the analysis again.", e);
        }
    }

    internal static DepthFrame DepthOf(DatasetManifest manifest, string file)
    {
        var d = manifest.Depth ?? new DepthManifest();
        var axis = d.Axis switch { "y" => Axis.Y, "x" => Axis.X, _ => Axis.Z };
        var direction = d.Direction >= 0 ? 1 : -1;
        var um = d.InterfaceUm is { ValueKind: JsonValueKind.Number } e ? e.GetDouble() : 0;
        Require(double.IsFinite(um), file, "depth.interfaceUm", "is not finite");
        try
        {
            var surface = d.Surface is { } s
                ? new InterfaceSurface(
                    axis, (s.OriginUm[0], s.OriginUm[1]), s.StepUm, (s.Shape[0], s.Shape[1]), s.HeightsUm, s.ResidualUm, s.FilledNodes)
                : d.InterfaceUm is { ValueKind: JsonValueKind.Object } plane
                    ? InterfaceSurface.OfPlane(axis, PointOf(plane.GetProperty("pointUm")), PointOf(plane.GetProperty("normal")) - default(WorldPoint))
                    : null;
            return new DepthFrame(axis, direction, surface is null || d.InterfaceUm is { ValueKind: JsonValueKind.Number } ? um : surface.Plane.MiddleUm, surface);
        }
        catch (Exception x) when (x is ArgumentException or IndexOutOfRangeException or KeyNotFoundException or InvalidOperationException)
        {
            throw new VolumeFormatException($"{file}: depth holds no interface that can be used ({x.Message.Split('\r', '\n', '(')[0].TrimEnd(' ', '.')}); give interfaceUm as a number, a plane {{ pointUm, normal }} across the axis, or \"auto\".", x);
        }
    }

    /// <summary>A surface as a manifest holds it, heights to a nanometre.</summary>
    public static SurfaceManifest SurfaceOf(InterfaceSurface surface) => new()
    {
        OriginUm = [surface.OriginUm.U, surface.OriginUm.V],
        StepUm = surface.StepUm,
        Shape = [surface.Shape.U, surface.Shape.V],
        HeightsUm = surface.HeightsUm.ToArray().Select(h => MathF.Round(h, 3)).ToArray(),
        ResidualUm = Math.Round(surface.ResidualUm, 4),
        FilledNodes = surface.Filled,
    };

    /// <summary>The cell's outline, or null where the dataset gives none.</summary>
    /// <exception cref="VolumeFormatException">It is no polygon.</exception>
    internal static CellOutline? OutlineOf(DatasetManifest manifest, string file)
    {
        try
        {
            return manifest.Cell?.OutlineUm is { } corners ? new CellOutline(corners.Select(c => (c[0], c[1]))) : null;
        }
        catch (Exception x) when (x is ArgumentException or IndexOutOfRangeException)
        {
            throw new VolumeFormatException($"{file}: cell.outlineUm is no polygon of at least three corners [u, v]; correct it or leave it out.", x);
        }
    }

    private static WorldPoint PointOf(JsonElement e) => new(e[0].GetDouble(), e[1].GetDouble(), e[2].GetDouble());

    private static string Names(Dictionary<string, JsonElement>? unknown) =>
        string.Join(", ", (unknown?.Keys ?? Enumerable.Empty<string>()).Take(3).Select(k => $"'{OneLine.Quote(k)}'"));

    private static void Require(bool ok, string file, string field, string problem)
    {
        if (!ok)
        {
            throw new VolumeFormatException($"{file}: {field} {problem}.");
        }
    }

    private static string Reason(JsonException e)
    {
        var text = e.Message;
        var end = text.IndexOf(" Path:", StringComparison.Ordinal);
        return (end > 0 ? text[..end] : text).TrimEnd('.');
    }
}
