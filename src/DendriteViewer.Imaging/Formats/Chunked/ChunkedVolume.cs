using System.Buffers;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>One volume of an array: its last axes are z, y and x, as far as it has them, and before them stand time and a single channel.</summary>
internal sealed class ChunkedVolume
{
    private readonly int _space;
    private readonly int _time;
    private readonly int _frame;
    private readonly byte[] _fill;

    /// <param name="array">The array.</param>
    /// <param name="axes">Name of each axis, slowest first: t, c, z, y, x.</param>
    /// <param name="frame">Which of the times.</param>
    /// <exception cref="VolumeFormatException">The axes are others, or sizes are beyond what can be read.</exception>
    public ChunkedVolume(ChunkedArray array, IReadOnlyList<char> axes, int frame = 0)
    {
        (Array, _frame) = (array, frame);
        Name = array.Key.Length == 0 ? array.Store.Path : $"{array.Store.Path}/{array.Key}";
        var leading = axes.Where(a => a is 't' or 'c').ToArray();
        _space = axes.Count - leading.Length;
        if (axes.Count != array.Shape.Length || axes.Take(leading.Length).Any(a => a is not ('t' or 'c')) || !axes.Skip(leading.Length).SequenceEqual("zyx"[(3 - _space)..]))
        {
            throw new VolumeFormatException($"{Name} has the axes {string.Join(", ", axes)}, but a scan has z, y and x, and before them t for time; write it in that order.");
        }

        if (leading.Count(a => a == 't') > 1 || leading.Count(a => a == 'c') > 1 || (leading.IndexOf('c') is >= 0 and var c && array.Shape[c] != 1))
        {
            throw new VolumeFormatException($"{Name} has {array.Shape[Math.Max(0, leading.IndexOf('c'))]} channels, but a scan has one; write the one to import by itself.");
        }

        var shape = array.Shape[leading.Length..];
        if (array.Shape.Any(s => s is <= 0 or > int.MaxValue) || array.Chunk.Any(s => s <= 0) || shape.Aggregate((UInt128)1, (a, b) => a * (UInt128)b) > (UInt128)1 << 50)
        {
            throw new VolumeFormatException($"{Name} says that it has {string.Join(" × ", array.Shape)} voxels in chunks of {string.Join(" × ", array.Chunk)}; its metadata is damaged.");
        }

        Shape = new VolumeShape((int)Last(array.Shape, 3, 1), (int)Last(array.Shape, 2, 1), (int)Last(array.Shape, 1, 1));
        Chunk = new VolumeShape(Last(array.Chunk, 3, 1), Last(array.Chunk, 2, 1), Last(array.Chunk, 1, 1));
        if (Shape.SliceCount * Math.Max(4, array.Samples.Size()) > int.MaxValue || array.Chunk.Aggregate((UInt128)array.Samples.Size(), (a, b) => a * (UInt128)b) > int.MaxValue)
        {
            throw new VolumeFormatException($"{Name}: a slice of {Shape.Y} × {Shape.X}, or a chunk of {string.Join(" × ", array.Chunk)}, is larger than 2 GiB, which is not supported.");
        }

        _time = leading.IndexOf('t');
        Frames = _time >= 0 ? (int)array.Shape[_time] : 1;

        // Chunks keep their byte order; the fill, which is little endian, is turned to it.
        _fill = array.BigEndian ? array.Fill.Reverse().ToArray() : array.Fill;
    }

    /// <summary>The array.</summary>
    public ChunkedArray Array { get; }

    /// <summary>Where it lies, for people.</summary>
    public string Name { get; }

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
        if (_time >= 0)
        {
            at[_time] = _frame / Array.Chunk[_time];
        }

        int[] place = [chunk.Z, chunk.Y, chunk.X];
        for (var k = 0; k < _space; k++)
        {
            at[^(k + 1)] = place[2 - k];
        }

        return at;
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
        if (_time >= 0)
        {
            var inside = _frame % Array.Chunk[_time];
            origin = inside * strides[_time];
            samples = inside < shape[_time] ? samples : null;
        }

        int Step(ReadOnlySpan<int> of, int fromEnd) => _space >= fromEnd ? of[n - fromEnd] : 0;
        int z0 = chunk.Z * Chunk.Z, y0 = chunk.Y * Chunk.Y, x0 = chunk.X * Chunk.X;
        int zs = Step(strides, 3), ys = Step(strides, 2), xs = Step(strides, 1), deep = Last(shape, 3, 1), down = Last(shape, 2, 1), across = Last(shape, 1, 1);
        int fromX = Math.Max(x0, box.From.X), toX = Math.Min(x0 + Chunk.X, box.To.X);
        for (var z = Math.Max(z0, box.From.Z); z < Math.Min(z0 + Chunk.Z, box.To.Z); z++)
        {
            for (var y = Math.Max(y0, box.From.Y); y < Math.Min(y0 + Chunk.Y, box.To.Y); y++)
            {
                var row = target.Slice((int)((((long)(z - box.From.Z) * box.Shape.Y + y - box.From.Y) * box.Shape.X + fromX - box.From.X) * sample), (toX - fromX) * sample);

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
                        for (var x = 0; x < have; x++)
                        {
                            from.Slice(x * xs, sample).CopyTo(row[(x * sample)..]);
                        }
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
    public void ToVoxels(ReadOnlySpan<byte> samples, Span<byte> voxels)
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
        Samples.Convert(Array.Samples, Array.BigEndian, copy.AsSpan(0, samples.Length), voxels, Name);
        ArrayPool<byte>.Shared.Return(copy);
    }

    private T Last<T>(ReadOnlySpan<T> values, int fromEnd, T otherwise) => _space >= fromEnd ? values[^fromEnd] : otherwise;
}
