using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Imaging.Importing;

/// <summary>What a file would be as a volume, from a few of its slices.</summary>
/// <param name="Format">Its format, for people.</param>
/// <param name="Frames">Volumes in it, one after another in time.</param>
/// <param name="Shape">Voxels of each.</param>
/// <param name="Samples">How the file holds them.</param>
/// <param name="Type">How the store would.</param>
/// <param name="Geometry">Where it says that they lie, or null.</param>
/// <param name="Remarks">What was not taken, and why.</param>
/// <param name="Histogram">Values of the slices that were read.</param>
/// <param name="StoredBytes">Bytes in the store, estimated from how the middle slice packs.</param>
/// <param name="Seconds">Time of an import on this machine, estimated from how long the slices took to read and to pack.</param>
public sealed record Inspection(
    string Format, int Frames, VolumeShape Shape, SampleType Samples, VoxelType Type, FileGeometry? Geometry, IReadOnlyList<string> Remarks, ValueHistogram Histogram,
    long StoredBytes, double Seconds)
{
    private const int Bins = 512;
    private float[] _middle = [];

    /// <summary>Slices that values were read from: the range and the histogram are theirs.</summary>
    public int SlicesRead { get; private init; }

    /// <summary>Voxels of them that are no finite number.</summary>
    public long NotFinite { get; private init; }

    /// <summary>Looks at a file or folder.</summary>
    /// <param name="path">File or folder.</param>
    /// <param name="hints">Shape, dtype and byte offset of a raw file.</param>
    /// <param name="time">Times the reading.</param>
    /// <param name="confine">Asked for every file that a header names; null for any.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="blobs">Where blob: looks, or null.</param>
    /// <exception cref="VolumeFormatException">It cannot be read.</exception>
    public static Inspection Of(string path, VolumeManifest hints, TimeProvider time, Func<string, string>? confine, CancellationToken ct, IBlobStore? blobs = null)
    {
        using var file = VolumeFiles.Open(path, hints, confine, blobs);
        using var source = file.Open(0);
        var s = file.Shape;
        var slice = new byte[s.SliceCount * file.Type.Size()];
        var wanted = new[] { s.Z / 4, s.Z / 2, s.Z * 3 / 4 }.Distinct().ToArray();
        var values = new float[wanted.Length][];
        var started = time.GetTimestamp();
        var packed = 0;
        for (var i = 0; i < wanted.Length; i++)
        {
            ct.ThrowIfCancellationRequested();
            source.ReadSlice(wanted[i], slice);
            DenseLevels.ToFloat(slice, file.Type, values[i] = new float[s.SliceCount]);
            if (wanted[i] == s.Z / 2)
            {
                using var zstd = new ZstdCompressor(1);
                packed = zstd.Compress(slice, new byte[ZstdCompressor.Bound(slice.Length)]);
            }
        }

        var spent = time.GetElapsedTime(started).TotalSeconds;
        var all = values.SelectMany(v => v).Where(float.IsFinite).ToArray();
        var read = values.Sum(v => (long)v.Length);
        var remarks = file.Remarks.Concat(source.Findings()).ToList();
        if (all.Length < read)
        {
            remarks.Add($"{read - all.Length} of the {read} voxels that were read are no finite numbers (NaN or infinite); they stay so.");
        }

        // The pyramid adds a seventh.
        var voxels = (double)s.Count * file.Frames;
        var bytes = voxels * file.Type.Size();
        return new Inspection(
            file.Format, file.Frames, s, file.Samples, file.Type, file.Geometry, remarks, HistogramOf(all),
            (long)(bytes * packed / slice.Length * 8 / 7), spent / wanted.Length * s.Z * file.Frames)
        {
            _middle = values[Array.IndexOf(wanted, s.Z / 2)],
            SlicesRead = wanted.Length,
            NotFinite = read - all.Length,
        };
    }

    // Bins need a width, which the range of a single value has not: it stays a single value.
    private static ValueHistogram HistogramOf(float[] values)
    {
        var (least, most) = values.Length == 0 ? (0f, 0f) : (values.Min(), values.Max());
        var bins = new long[Bins];
        if (most > least)
        {
            HistogramKernel.Accumulate<float>(values, least, most, bins);
            return ValueHistogram.Of(least, most, bins);
        }

        bins[0] = values.Length;
        return new ValueHistogram(least, least, bins, least, least, least);
    }

    /// <summary>The middle slice across z in grey, from black to white over the histogram's window.</summary>
    public RenderedImage MiddleSlice()
    {
        var image = new RenderedImage(Shape.X, Shape.Y, PixelLayout.Grey);
        var (low, high) = Histogram.Window;
        var scale = 255 / Math.Max(high - low, 1e-30);
        var pixels = image.Pixels.Span;
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = float.IsFinite(_middle[i]) ? (byte)Math.Clamp((_middle[i] - low) * scale, 0, 255) : (byte)0;
        }

        return image;
    }
}
