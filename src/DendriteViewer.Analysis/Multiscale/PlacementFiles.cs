using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Placements as files: ITK's .tfm, OME-NGFF's .json, BigWarp's .csv, and a bare 3×4 matrix (.txt, z, y, x, moving µm to dataset µm).
/// </summary>
public static class PlacementFiles
{
    /// <summary>Endings that are written.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".tfm", ".json", ".csv", ".txt"];

    /// <summary>A placement as a file of the kind that a name ends in.</summary>
    /// <exception cref="VolumeFormatException">It ends in none.</exception>
    public static byte[] Write(string name, Placement placement, VolumeInfo volume) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".tfm" => Encoding.ASCII.GetBytes(ItkTransformFile.Write(placement.Matrix)),
        ".json" => Encoding.UTF8.GetBytes(NgffTransformFile.Write(placement.Matrix, placement.Key.Modality, "dataset")),

        // Clicks say where a volume lies as long as its images have not refined it.
        ".csv" => BigWarpCsv.Write(
            placement is { Landmarks.Count: > 0, Metric: null } ? placement.Landmarks : Corners(placement.Matrix, volume)),
        ".txt" => Encoding.ASCII.GetBytes(string.Join('\n', Enumerable.Range(0, 3).Select(r => string.Join(' ',
            placement.Matrix.Rows.Slice(4 * r, 4)
            .ToArray().Select(v => v.ToString("R", CultureInfo.InvariantCulture))))) + "\n"),
        _ => throw new VolumeFormatException($"{name} ends in none of {string.Join(", ", Endings)}; name the file after what it is to be."),
    };

    /// <summary>A placement from a file of any kind that is read.</summary>
    /// <param name="content">The file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="request">Of which volume.</param>
    /// <exception cref="VolumeFormatException">It is none.</exception>
    public static Placement Read(byte[] content, string file, Dataset dataset, PlacementRequest request)
    {
        var volume = dataset.Volumes.FirstOrDefault(v => v.Key == request.Key)
            ?? throw new VolumeFormatException($"{dataset.Id} has no {request.Key}.");
        var scan = VolumePlacer.FixedOf(dataset, volume.Key, request.Fixed);
        var text = Encoding.UTF8.GetString(content).TrimStart('\uFEFF');
        var fit = Path.GetExtension(file).Equals(".csv", StringComparison.OrdinalIgnoreCase)
            ? LandmarkFit.Of(BigWarpCsv.Read(content, file), request.Model) : null;
        var matrix = fit?.Matrix ?? (ItkTransformFile.IsIt(text) ? ItkTransformFile.Read(text, file)
            : text.TrimStart().StartsWith('{') || text.TrimStart().StartsWith('[') ? NgffTransformFile.Read(Encoding.UTF8.GetBytes(text),
                file)
            : Matrix(text, file));
        Check(matrix, file);
        var toScan = VolumePlacer.DriftOf(scan).Inverse().After(matrix);
        return new Placement
        {
            Key = volume.Key, Fixed = scan.Key, Start = PlacementStart.Import, Model = fit is null ? PlacementModel.Affine : request.Model,
            Matrix = matrix, ToScan = toScan, ResidualUm = fit?.ResidualUm, LeaveOneOutUm = fit?.LeaveOneOutUm,
            Landmarks = fit is null ? [] : BigWarpCsv.Read(content, file),
            Warnings = WarningsOf(matrix, file),
        };
    }

    /// <summary>Refuses what can be no placement.</summary>
    /// <param name="matrix">Moving µm to dataset µm.</param>
    /// <param name="file">Its file, for messages.</param>
    /// <exception cref="VolumeFormatException">It mirrors, or moves too far.</exception>
    internal static void Check(AffineTransform matrix, string file)
    {
        var m = matrix.Rows;
        if (DeterminantOf(matrix) <= 0)
        {
            throw new VolumeFormatException(
                $"{file} mirrors the volume, which no placement does; look at the order and signs of its axes.");
        }

        if (!new[] { m[3], m[7], m[11] }.All(Ranges.Um.Contains))
        {
            throw new VolumeFormatException($"{file} moves the volume by more than {Ranges.Um.Most:0} µm; look at its unit.");
        }
    }

    /// <summary>Determinant of the linear part: by what a volume is multiplied; below zero where it is mirrored.</summary>
    internal static double DeterminantOf(AffineTransform matrix)
    {
        var m = matrix.Rows;
        return m[0] * (m[5] * m[10] - m[6] * m[9]) - m[1] * (m[4] * m[10] - m[6] * m[8]) + m[2] * (m[4] * m[9] - m[5] * m[8]);
    }

    private static IReadOnlyList<string> WarningsOf(AffineTransform matrix, string file)
    {
        var m = matrix.Rows.ToArray();
        var scales = Enumerable.Range(0, 3).Select(c => Math.Sqrt(m[c] * m[c] + m[c + 4] * m[c + 4] + m[c + 8] * m[c + 8])).ToArray();
        return scales.All(s => Math.Abs(s - 1) <= VolumePlacer.MostScale) ? [] :
        [
            string.Create(CultureInfo.InvariantCulture,
                $"{file} scales the volume by {scales.Min():0.####} to {scales.Max():0.####}, beyond ±2 % of its voxel size: look at "
                    + $"its unit."),
        ];
    }

    private static AffineTransform Matrix(string text, string file)
    {
        var numbers = text.Split((char[])[' ', '\t', '\n', '\r', ',', ';'], StringSplitOptions.RemoveEmptyEntries).Select(t =>
            double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) ? v : double.NaN).ToArray();
        if (numbers.Length == 16 && numbers[12..] is [0, 0, 0, 1])
        {
            numbers = numbers[..12];
        }

        try
        {
            return new AffineTransform(numbers);
        }
        catch (ArgumentException e)
        {
            throw new VolumeFormatException(
                $"{file} is neither a transform of ITK nor of OME-NGFF nor a 3×4 matrix of finite numbers that can be inverted; correct "
                    + $"it.", e);
        }
    }

    // Eight corners and the middle: pairs that give the matrix again.
    private static IEnumerable<PointPair> Corners(AffineTransform matrix, VolumeInfo volume)
    {
        var (s, v) = (volume.Shape, volume.StatedTransform.VoxelSize);
        for (var i = 0; i < 9; i++)
        {
            double Of(int bit, double size) => i == 8 ? size / 2 : (i & bit) != 0 ? size : 0;
            var p = new WorldPoint(Of(4, s.Z * v.Z), Of(2, s.Y * v.Y), Of(1, s.X * v.X));
            yield return new PointPair($"Pt-{i}", p, matrix.ToWorld(new VoxelPoint(p.Z, p.Y, p.X)));
        }
    }
}
