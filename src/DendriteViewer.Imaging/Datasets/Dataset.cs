using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>One stored volume.</summary>
/// <param name="Key">Modality and hours.</param>
/// <param name="Prefix">Its blobs' prefix, ending in '/'.</param>
/// <param name="Shape">Voxels along z, y, x.</param>
/// <param name="Type">How a voxel is stored.</param>
/// <param name="Transform">Voxel to world, µm.</param>
/// <param name="Least">Smallest value.</param>
/// <param name="Most">Largest value.</param>
/// <param name="Levels">Pyramid levels.</param>
/// <param name="DurationHours">How long the scan took.</param>
/// <param name="IsLabels">Whether voxels are labels that an analysis made.</param>
public sealed record VolumeInfo(
    VolumeKey Key, string Prefix, VolumeShape Shape, VoxelType Type, AffineTransform Transform, double Least, double Most, int Levels, double? DurationHours, bool IsLabels = false)
{
    /// <summary>
    /// Voxel to world before an analysis registered scans of different hours: as the scan was handed over, or, where it was placed inside
    /// another scan, as it lies in that one.
    /// </summary>
    public AffineTransform ScannedTransform { get; init; } = Transform;

    /// <summary>Voxel to world as the scan was handed over.</summary>
    public AffineTransform StatedTransform { get; init; } = Transform;

    /// <summary>SHA-256 of the volume's metadata, or null of what was published without.</summary>
    public string? MetadataSha256 { get; init; }

    /// <summary>Where an OME-Zarr lies that is used in place (blob: and a prefix of the store), or null of a volume that was imported.</summary>
    public string? LinkedTo { get; init; }

    /// <summary>
    /// What caches know the volume by: the dataset's identity and the volume's place below the dataset. Unlike <see cref="Prefix"/> it is
    /// never that of another volume.
    /// </summary>
    public string CacheKey { get; init; } = Prefix;

    /// <summary>The mask that the volume shows as it is corrected; null of what is stored as it is.</summary>
    public CorrectedMask? Mask { get; init; }

    /// <summary>What corrections the labels hold, or null where they are as an analysis made them.</summary>
    public MaskUse? Corrected { get; init; }

    /// <summary>Of labels that compare two times: the corrected mask of the first, or null of an automatic one.</summary>
    public MaskUse? CorrectedFrom { get; init; }

    /// <summary>Edge lengths of a voxel in µm.</summary>
    public VoxelSize VoxelSize => Transform.VoxelSize;

    /// <summary>Middle of the volume.</summary>
    public WorldPoint Center => Transform.ToWorld(new VoxelPoint(Shape.Z / 2.0, Shape.Y / 2.0, Shape.X / 2.0));

    /// <summary>Smallest box along the world's axes that holds the volume.</summary>
    public (WorldPoint Low, WorldPoint High) Bounds
    {
        get
        {
            // Asked for in every frame, so that it allocates nothing.
            var low = Transform.ToWorld(default);
            var high = low;
            for (var i = 1; i < 8; i++)
            {
                var c = Transform.ToWorld(
                    new VoxelPoint((i & 4) != 0 ? Shape.Z : 0, (i & 2) != 0 ? Shape.Y : 0, (i & 1) != 0 ? Shape.X : 0));
                low = new WorldPoint(Math.Min(low.Z, c.Z), Math.Min(low.Y, c.Y), Math.Min(low.X, c.X));
                high = new WorldPoint(Math.Max(high.Z, c.Z), Math.Max(high.Y, c.Y), Math.Max(high.X, c.X));
            }

            return (low, high);
        }
    }
}

/// <summary>One published dataset: its manifest, read and checked.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Volumes">The scans, by hours.</param>
/// <param name="Labels">Label volumes that analyses made, by hours.</param>
/// <param name="Depth">How depth is measured.</param>
/// <param name="Outline">The cell's outline, or null where none is known.</param>
public sealed record Dataset(
    DatasetId Id, DatasetManifest Manifest, IReadOnlyList<VolumeInfo> Volumes, IReadOnlyList<VolumeInfo> Labels, DepthFrame Depth, CellOutline? Outline)
{
    /// <summary>What people call the experiment.</summary>
    public string Name => Manifest.Name;

    /// <summary>
    /// Why numbers of this dataset may count what lies around the cell; null where its outline is known or it fills the view, and of a
    /// scan without an interface, which shows no cell whose outline could be missed. An analysis that is made of such a scan all the same
    /// tells it in its own results.
    /// </summary>
    public string? OutlineWarning => HasInterface ? OutlineSearch.WarningOf(Manifest.Cell) : null;

    /// <summary>Which dataset it is, whatever its id.</summary>
    public DatasetIdentity Identity { get; } = DatasetIdentity.Of(Id, Manifest);

    /// <summary>
    /// Names this state of the manifest: the first 32 hexadecimal digits of its SHA-256; empty of what is not stored yet.
    /// </summary>
    public string Revision { get; init; } = "";

    /// <summary>The kept state that this is; null of the dataset as it is published.</summary>
    public KeptState? Kept { get; init; }

    /// <summary>
    /// Whether the dataset says where the interface is, as a cell with a lithium electrode does; else depth is only height, and what is
    /// dark is no void in an electrolyte.
    /// </summary>
    public bool HasInterface => Manifest.Depth is not null;

    /// <summary>Modalities, in the manifest's order.</summary>
    public IReadOnlyList<string> Modalities => Volumes.Select(v => v.Key.Modality).Distinct().ToArray();

    /// <summary>Hours at which a modality was scanned, ascending.</summary>
    public IReadOnlyList<double> HoursOf(string modality) => Volumes.Where(v => v.Key.Modality == modality).Select(v => v.Key.Hours).Order().ToArray();

    /// <summary>The volume of a modality nearest to a time, or null where the modality has none.</summary>
    public VolumeInfo? Nearest(string modality, double hours)
    {
        var (nearest, least) = ((VolumeInfo?)null, double.PositiveInfinity);
        for (var i = 0; i < Volumes.Count; i++)
        {
            var away = Math.Abs(Volumes[i].Key.Hours - hours);
            if (Volumes[i].Key.Modality == modality && (nearest is null || away < least))
            {
                (nearest, least) = (Volumes[i], away);
            }
        }

        return nearest;
    }

    /// <summary>
    /// The first scan of a volume's modality: from its values first views, presets and links of the whole series are made, so that its
    /// scans look alike.
    /// </summary>
    public VolumeInfo BasisOf(VolumeInfo volume) => Volumes.FirstOrDefault(v => v.Key.Modality == volume.Key.Modality) ?? volume;

    /// <summary>Masks as they are being corrected; only of a dataset that is shown.</summary>
    public IReadOnlyList<VolumeInfo> Masks { get; init; } = [];

    /// <summary>Scans and labels.</summary>
    public IEnumerable<VolumeInfo> Everything => Volumes.Concat(Labels);

    /// <summary>Hours of which there are labels of a modality, ascending.</summary>
    public IReadOnlyList<double> HoursOfLabels(string modality) =>
        Labels.Where(v => v.Key.Modality == modality).Select(v => v.Key.Hours).Order().ToArray();

    /// <summary>The volume of exactly these, a scan, labels or a mask, or null.</summary>
    public VolumeInfo? Find(string modality, double hours) =>
        Everything.Concat(Masks).FirstOrDefault(v => v.Key.Modality == modality && v.Key == new VolumeKey(modality, hours));

    /// <summary>The dataset that a manifest describes.</summary>
    /// <exception cref="VolumeFormatException">The manifest is damaged.</exception>
    public static Dataset Of(DatasetId id, DatasetManifest manifest)
    {
        var volumes = manifest.Volumes.Select(v => InfoOf(id, manifest, v)).OrderBy(v => v.Key.Hours).ToArray();
        var name = BlobNames.Manifest(id);
        return new Dataset(id, manifest, volumes.Where(v => !v.IsLabels).ToArray(), volumes.Where(v => v.IsLabels).ToArray(), Manifests.DepthOf(manifest, name), Manifests.OutlineOf(manifest, name));
    }

    internal static VolumeInfo InfoOf(DatasetId id, DatasetManifest manifest, VolumeManifest v)
    {
        var name = BlobNames.Manifest(id);
        var key = new VolumeKey(v.Modality, v.Hours);
        var below = (v.InPlace == true ? BlobNames.VolumePath(key) : v.Path.TrimEnd('/')) + "/";
        return new VolumeInfo(
            key,
            BlobNames.Dataset(id) + below,
            v.Shape is { Length: 3 } s ? new VolumeShape(s[0], s[1], s[2]) : throw new VolumeFormatException($"{name} lacks a volume's shape; import the dataset again."),
            VoxelTypes.TryParse(v.Dtype, out var t) ? t : throw new VolumeFormatException($"{name} lacks a volume's dtype; import the dataset again."),
            v.Registration is { } registered ? Manifests.Registered(registered, name) : Manifests.ScannedOf(v, manifest, name),
            v.ValueRange is { Length: 2 } r ? r[0] : 0,
            v.ValueRange is { Length: 2 } q ? q[1] : 0,
            v.Levels ?? 1,
            v.DurationHours,
            v.Labels == true)
        {
            ScannedTransform = Manifests.ScannedOf(v, manifest, name),
            StatedTransform = Manifests.TransformOf(v, manifest, name),
            MetadataSha256 = v.MetadataSha256,
            CacheKey = DatasetIdentity.Of(id, manifest).CachePrefix + below,
            LinkedTo = v.InPlace == true ? v.Path : null,
            Corrected = v.Corrected,
            CorrectedFrom = v.CorrectedFrom,
        };
    }
}
