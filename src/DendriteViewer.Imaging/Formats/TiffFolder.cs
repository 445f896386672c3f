using DendriteViewer.Kernels.Bricks;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>A folder of single-page TIFF slices, in the natural order of their names (2 before 10).</summary>
internal sealed partial class TiffFolder : VolumeFile
{
    private readonly string[] _files;
    private readonly TiffPageFormat _format;

    public TiffFolder(string folder)
    {
        _files = Directory.EnumerateFiles(folder).Where(IsTiff).OrderBy(Path.GetFileName, NaturalOrder.Instance).ToArray();
        if (_files.Length == 0)
        {
            throw new VolumeFormatException($"{folder} holds no TIFF slices (*.tif, *.tiff); give the folder that does.");
        }

        RefuseGaps();
        using var first = TiffPage.Open(_files[0]);
        _format = TiffPage.Format(first, _files[0]);
        Shape = new VolumeShape(_files.Length, _format.Height, _format.Width);
        Fingerprint = Fingerprints.Of(_files);

        try
        {
            var description = TiffDescription.Of(first, _files[0], pages: 1, p => p);
            (Geometry, Remarks) = (description.Geometry, description.Remarks);
        }
        catch (VolumeFormatException e)
        {
            // Which file is which slice the names say here; only the voxels' size is lost.
            (Geometry, Remarks) = (null, [e.Message]);
        }
    }

    public override string Format => "TIFF slices";

    public override VolumeShape Shape { get; }

    public override SampleType Samples => _format.Samples;

    public override FileGeometry? Geometry { get; }

    public override IReadOnlyList<string> Remarks { get; }

    public override string Fingerprint { get; }

    public static bool IsTiff(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".tif" or ".tiff" && !Path.GetFileName(path).StartsWith('.');

    public override ISliceSource Open(int frame) => new Reader(this);

    private void ReadSlice(int z, Span<byte> target)
    {
        var path = _files[z];
        using var tiff = TiffPage.Open(path);
        var format = TiffPage.Format(tiff, path);
        if (format != _format)
        {
            throw new VolumeFormatException($"{path} is {format}, but the first slice, {Path.GetFileName(_files[0])}, is {_format}; every slice of a volume must be alike.");
        }

        TiffPage.Read(tiff, path, format, target);
    }

    private sealed class Reader(TiffFolder of) : ISliceSource
    {
        public VolumeShape Shape => of.Shape;

        public VoxelType Type => of.Type;

        public string Fingerprint => of.Fingerprint;

        public bool InAnyOrder => true;

        public void ReadSlice(int z, Span<byte> target) => of.ReadSlice(z, target);

        public void Dispose()
        {
        }
    }

    // A stack is numbered: where every name is alike but for its last number, the numbers must have no gap.
    private void RefuseGaps()
    {
        var numbers = new List<(string Stem, long Number, string File)>();
        foreach (var file in _files)
        {
            var match = LastNumber().Match(Path.GetFileNameWithoutExtension(file));
            if (!match.Success || !long.TryParse(match.Groups[2].Value, out var n))
            {
                return;
            }

            numbers.Add((match.Groups[1].Value + "*" + match.Groups[3].Value, n, file));
        }

        if (numbers.Count < 3 || numbers.Any(n => n.Stem != numbers[0].Stem))
        {
            return;
        }

        var step = numbers.Zip(numbers.Skip(1), (a, b) => b.Number - a.Number).Min();
        for (var i = 1; i < numbers.Count; i++)
        {
            if (numbers[i].Number - numbers[i - 1].Number != step)
            {
                throw new VolumeFormatException(
                    $"{Path.GetDirectoryName(_files[0])} lacks slice {numbers[i - 1].Number + step} between {Path.GetFileName(numbers[i - 1].File)} and {Path.GetFileName(numbers[i].File)}; add the missing file.");
            }
        }
    }

    [GeneratedRegex(@"^(.*?)(\d+)(\D*)$")]
    private static partial Regex LastNumber();
}

/// <summary>Text order in which runs of digits count as numbers.</summary>
internal sealed class NaturalOrder : IComparer<string?>
{
    public static readonly NaturalOrder Instance = new();

    public int Compare(string? a, string? b)
    {
        ReadOnlySpan<char> x = a ?? "", y = b ?? "";
        while (x.Length > 0 && y.Length > 0)
        {
            int nx = Digits(x), ny = Digits(y);
            if (nx > 0 && ny > 0)
            {
                ReadOnlySpan<char> dx = x[..nx].TrimStart('0'), dy = y[..ny].TrimStart('0');
                var order = dx.Length != dy.Length ? dx.Length - dy.Length : dx.SequenceCompareTo(dy);
                if (order != 0)
                {
                    return order;
                }

                x = x[nx..];
                y = y[ny..];
                continue;
            }

            if (x[0] != y[0])
            {
                return x[0] - y[0];
            }

            x = x[1..];
            y = y[1..];
        }

        return x.Length != y.Length ? x.Length - y.Length : string.CompareOrdinal(a, b);
    }

    private static int Digits(ReadOnlySpan<char> s)
    {
        var n = s.IndexOfAnyExceptInRange('0', '9');
        return n < 0 ? s.Length : n;
    }
}
