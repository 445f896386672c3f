using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>
/// One volume of an array: its z, y and x, wherever they stand among the axes, at one place along time. Other axes have one element.
/// </summary>
internal sealed class ChunkedVolume
{
    private readonly AxisOrder _axes;
    private readonly int _frame;
    private readonly byte[] _fill;

    /// <param name="array">The array.</param>
    /// <param name="axes">Which of its axes are z, y, x and time.</param>
    /// <param name="frame">Which of the times.</param>
    /// <exception cref="VolumeFormatException">Sizes are beyond what can be read.</exception>
    public ChunkedVolume(ChunkedArray array, AxisOrder axes, int frame = 0)
    {
        (Array, _axes, _frame) = (array, axes, frame);
        if (array.Shape.Any(s => s is <= 0 or > int.MaxValue) || array.Chunk.Any(s => s <= 0) || Product(array.Shape) > (UInt128)1 << 60)
        {
            var (shape, chunk) = (string.Join(" × ", array.Shape), string.Join(" × ", array.Chunk));
            throw new VolumeFormatException($"{Name} says that it has {shape} voxels in chunks of {chunk}; its metadata is damaged.");
        }

        Shape = new VolumeShape((int)Of(array.Shape, axes.Z, 1), (int)Of(array.Shape, axes.Y, 1), (int)Of(array.Shape, axes.X, 1));
        Chunk = new VolumeShape(Of(array.Chunk, axes.Z, 1), Of(array.Chunk, axes.Y, 1), Of(array.Chunk, axes.X, 1));
        var chunkBytes = Product(array.Chunk.Select(c => (long)c)) * (UInt128)SampleBytes;
        if (Shape.SliceCount * Math.Max(4, SampleBytes) > int.MaxValue || chunkBytes > int.MaxValue)
        {
            var chunk = string.Join(" × ", array.Chunk);
            throw new VolumeFormatException(
                $"{Name}: a slice of {Shape.Y} × {Shape.X}, or a chunk of {chunk}, is larger than 2 GiB, which is not supported.");
        }

        Frames = (int)Of(array.Shape, axes.Time, 1);

        // Chunks keep their byte order; the fill, which is little endian, is turned to it.
        _fill = array.BigEndian ? array.Fill.Reverse().ToArray() : array.Fill;
    }

    /// <summary>The array.</summary>
    public ChunkedArray Array { get; }

    /// <summary>Where it lies, for people.</summary>
    public string Name => Array.Name;

    /// <summary>Voxels along z, y, x.</summary>
    public VolumeShape Shape { get; }

    /// <summary>Voxels of a chunk.</summary>
    public VolumeShape Chunk { get; }

    /// <summary>Chunks along z, y, x.</summary>
    public VolumeShape ChunkCount => new((Shape.Z + Chunk.Z - 1) / Chunk.Z, (Shape.Y + Chunk.Y - 1) / Chunk.Y, (Shape.X + Chunk.X - 1) / Chunk.X);

    /// <summary>Bytes of a sample.</summary>
    public int SampleBytes => Array.Samples.Size();

    /// <summary>Volumes, one after another in time.</summary>
    public int Frames { get; }

    /// <summary>Place of a chunk in the array.</summary>
    public long[] At(VoxelIndex chunk)
    {
        var at = new long[Array.Shape.Length];
        Set(_axes.Time, _axes.Time >= 0 ? _frame / Array.Chunk[_axes.Time] : 0);
        Set(_axes.Z, chunk.Z);
        Set(_axes.Y, chunk.Y);
        Set(_axes.X, chunk.X);
        return at;

        void Set(int axis, int place)
        {
            if (axis >= 0)
            {
                at[axis] = place;
            }
        }
    }

    /// <summary>Reads a chunk; null where it is absent.</summary>
    /// <exception cref="VolumeFormatException">It is damaged.</exception>
    public async ValueTask<ChunkSamples?> ReadAsync(VoxelIndex chunk, CancellationToken ct)
    {
        var at = At(chunk);
        return await Array.ReadPackedAsync(at, ct) is { } packed ? Array.Unpack(at, packed) : null;
    }

    /// <summary>Lays what a chunk has of a box into the box, samples as they are stored.</summary>
    /// <param name="samples">The chunk's samples, or null for the fill.</param>
    /// <param name="chunk">Which chunk.</param>
    /// <param name="box">Voxels, inside the shape.</param>
    /// <param name="target">The box's samples, C order.</param>
    public void Place(ChunkSamples? samples, VoxelIndex chunk, VoxelBox box, Span<byte> target)
    {
        var n = Array.Shape.Length;
        var shape = samples?.Shape ?? Array.Chunk;
        var sample = SampleBytes;

        // Bytes from one sample to the next along each axis of the chunk.
        Span<int> strides = stackalloc int[n];
        var stride = sample;
        for (var k = n - 1; k >= 0; k--)
        {
            strides[Array.Order[k]] = stride;
            stride *= shape[Array.Order[k]];
        }

        var origin = 0;
        if (_axes.Time >= 0)
        {
            var inside = _frame % Array.Chunk[_axes.Time];
            origin = inside * strides[_axes.Time];
            samples = inside < shape[_axes.Time] ? samples : null;
        }

        int z0 = chunk.Z * Chunk.Z, y0 = chunk.Y * Chunk.Y, x0 = chunk.X * Chunk.X;
        int zs = Of(strides, _axes.Z, 0), ys = Of(strides, _axes.Y, 0), xs = Of(strides, _axes.X, 0);
        int deep = Of(shape, _axes.Z, 1), down = Of(shape, _axes.Y, 1), across = Of(shape, _axes.X, 1);
        int fromX = Math.Max(x0, box.From.X), toX = Math.Min(x0 + Chunk.X, box.To.X);
        for (var z = Math.Max(z0, box.From.Z); z < Math.Min(z0 + Chunk.Z, box.To.Z); z++)
        {
            for (var y = Math.Max(y0, box.From.Y); y < Math.Min(y0 + Chunk.Y, box.To.Y); y++)
            {
                var first = ((long)(z - box.From.Z) * box.Shape.Y + y - box.From.Y) * box.Shape.X + fromX - box.From.X;
                var row = target.Slice((int)(first * sample), (toX - fromX) * sample);

                // An N5 chunk at the end may have less than its place.
                var have = samples is null || z - z0 >= deep || y - y0 >= down ? 0 : Math.Clamp(x0 + across - fromX, 0, toX - fromX);
                if (have > 0)
                {
                    ReadOnlySpan<byte> from = samples!.Bytes.AsSpan(origin + (z - z0) * zs + (y - y0) * ys + (fromX - x0) * xs);
                    if (xs == sample)
                    {
                        from[..(have * sample)].CopyTo(row);
                    }
                    else
                    {
                        Gather(from, xs, row, have);
                    }
                }

                for (var i = have * sample; i < row.Length; i += sample)
                {
                    _fill.CopyTo(row[i..]);
                }
            }
        }
    }

    /// <summary>Turns samples, in their order of bytes, into voxels of the store's type; the samples stay as they are.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="voxels">As many voxels.</param>
    /// <param name="isChecked">Whether the volume was accepted before, so that values may be rounded without another look at them.</param>
    public void ToVoxels(ReadOnlySpan<byte> samples, Span<byte> voxels, bool isChecked = false)
    {
        if (Array.Samples.IsStored())
        {
            samples.CopyTo(voxels);
            if (Array.BigEndian)
            {
                Samples.Convert(Array.Samples, bigEndian: true, voxels, voxels, Name);
            }

            return;
        }

        var copy = ArrayPool<byte>.Shared.Rent(samples.Length);
        samples.CopyTo(copy);
        Samples.Convert(Array.Samples, Array.BigEndian, copy.AsSpan(0, samples.Length), voxels, Name, isChecked);
        ArrayPool<byte>.Shared.Return(copy);
    }

    // Samples that lie apart in the chunk, next to one another.
    private void Gather(ReadOnlySpan<byte> from, int step, Span<byte> row, int count)
    {
        switch (SampleBytes)
        {
            case 1: Gather<byte>(from, step, row, count); break;
            case 2: Gather<ushort>(from, step, row, count); break;
            case 4: Gather<uint>(from, step, row, count); break;
            default: Gather<ulong>(from, step, row, count); break;
        }
    }

    private static void Gather<T>(ReadOnlySpan<byte> from, int step, Span<byte> row, int count) where T : unmanaged
    {
        var samples = MemoryMarshal.Cast<byte, T>(from);
        var target = MemoryMarshal.Cast<byte, T>(row);
        step /= Unsafe.SizeOf<T>();
        for (var x = 0; x < count; x++)
        {
            target[x] = samples[x * step];
        }
    }

    private static UInt128 Product(IEnumerable<long> values) =>
        values.Aggregate((UInt128)1, (a, b) => a >= (UInt128)1 << 62 ? a : a * (UInt128)b);

    private static T Of<T>(ReadOnlySpan<T> values, int axis, T otherwise) => axis >= 0 ? values[axis] : otherwise;
}
