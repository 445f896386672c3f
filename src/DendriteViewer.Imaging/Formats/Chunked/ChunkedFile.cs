using System.Buffers;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>A volume of Zarr v2 or v3, OME-Zarr or N5: a folder or a zip archive. The chunks that a layer of slices needs are read at once.</summary>
internal sealed class ChunkedFile : VolumeFile
{
    // Chunks thicker than what this holds of them are read more than once.
    private const long MostLayer = 1L << 30;
    private readonly ChunkedArray _array;
    private readonly int _space;
    private readonly string _name;

    /// <param name="array">The array.</param>
    /// <param name="axes">Name of each axis, slowest first: t, c, z, y, x.</param>
    /// <param name="geometry">Where it lies.</param>
    /// <param name="remarks">What was not taken.</param>
    public ChunkedFile(ChunkedArray array, IReadOnlyList<char> axes, FileGeometry? geometry, IReadOnlyList<string> remarks)
    {
        (_array, Geometry, Remarks) = (array, geometry, remarks);
        _name = array.Key.Length == 0 ? array.Store.Path : $"{array.Store.Path}/{array.Key}";
        var leading = axes.Where(a => a is 't' or 'c').ToArray();
        _space = axes.Count - leading.Length;
        if (axes.Count != array.Shape.Length || axes.Take(leading.Length).Any(a => a is not ('t' or 'c')) || !axes.Skip(leading.Length).SequenceEqual("zyx"[(3 - _space)..]))
        {
            throw new VolumeFormatException($"{_name} has the axes {string.Join(", ", axes)}, but a scan has z, y and x, and before them t for time; write it in that order.");
        }

        if (leading.Count(a => a == 't') > 1 || leading.Count(a => a == 'c') > 1 || (leading.IndexOf('c') is >= 0 and var c && array.Shape[c] != 1))
        {
            throw new VolumeFormatException($"{_name} has {array.Shape[Math.Max(0, leading.IndexOf('c'))]} channels, but a scan has one; write the one to import by itself.");
        }

        var shape = array.Shape[leading.Length..];
        if (array.Shape.Any(s => s is <= 0 or > int.MaxValue) || array.Chunk.Any(s => s <= 0) || shape.Aggregate((UInt128)1, (a, b) => a * (UInt128)b) > (UInt128)1 << 50)
        {
            throw new VolumeFormatException($"{_name} says that it has {string.Join(" × ", array.Shape)} voxels in chunks of {string.Join(" × ", array.Chunk)}; its metadata is damaged.");
        }

        int At(int fromEnd) => _space >= fromEnd ? (int)array.Shape[^fromEnd] : 1;
        Shape = new VolumeShape(At(3), At(2), At(1));
        if (Shape.SliceCount * Math.Max(4, array.Samples.Size()) > int.MaxValue || array.Chunk.Aggregate((UInt128)array.Samples.Size(), (a, b) => a * (UInt128)b) > int.MaxValue)
        {
            throw new VolumeFormatException($"{_name}: a slice of {Shape.Y} × {Shape.X}, or a chunk of {string.Join(" × ", array.Chunk)}, is larger than 2 GiB, which is not supported.");
        }

        Frames = leading.IndexOf('t') is >= 0 and var t ? (int)array.Shape[t] : 1;
        TimeAxis = leading.IndexOf('t');
        Fingerprint = array.Store.Fingerprint() + "|" + array.Key;
    }

    public override string Format => _array.Format;

    public override VolumeShape Shape { get; }

    public override SampleType Samples => _array.Samples;

    public override int Frames { get; }

    public override FileGeometry? Geometry { get; }

    public override IReadOnlyList<string> Remarks { get; }

    public override string Fingerprint { get; }

    private int TimeAxis { get; }

    public override ISliceSource Open(int frame) => new Reader(this, frame);

    public override void Dispose()
    {
        _array.Store.Dispose();
        base.Dispose();
    }

    private sealed class Reader(ChunkedFile file, int frame) : ISliceSource
    {
        private readonly int _sample = file._array.Samples.Size();
        private byte[] _layer = [];
        private int _from, _count;

        public VolumeShape Shape => file.Shape;

        public VoxelType Type => file.Type;

        public string Fingerprint => $"{file.Fingerprint}|{frame}";

        public void ReadSlice(int z, Span<byte> target)
        {
            if (z < _from || z >= _from + _count)
            {
                Load(z);
            }

            var bytes = (int)(Shape.SliceCount * _sample);
            var slice = _layer.AsSpan((z - _from) * bytes, bytes);
            if (file.Samples.IsStored() && !file._array.BigEndian)
            {
                slice.CopyTo(target);
                return;
            }

            // Chunks keep their byte order until here; the fill is turned to it when they are made.
            Formats.Samples.Convert(file.Samples, file._array.BigEndian, slice, target, file._name);
        }

        public void Dispose()
        {
        }

        // The slices of the chunks that slice z lies in, as many as memory is given for.
        private void Load(int z)
        {
            var a = file._array;
            var deep = file._space >= 3 ? a.Chunk[^3] : 1;
            var slice = Shape.SliceCount * _sample;
            var first = z / deep * deep;
            var most = (int)Math.Clamp(MostLayer / slice, 1, deep);
            _from = first + (z - first) / most * most;
            _count = Math.Min(Math.Min(most, first + deep - _from), Shape.Z - _from);
            if (_layer.Length < _count * slice)
            {
                _layer = new byte[_count * slice];
            }

            var fill = a.BigEndian ? a.Fill.Reverse().ToArray() : a.Fill;
            int across = Chunks(2), along = Chunks(1);
            try
            {
                Parallel.For(0, across * along, i => Place(_from / deep, i / along, i % along, fill));
            }
            catch (AggregateException e)
            {
                // One chunk's sentence says enough.
                _count = 0;
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            }
        }

        private int Chunks(int fromEnd) => file._space >= fromEnd ? (int)((file._array.Shape[^fromEnd] + file._array.Chunk[^fromEnd] - 1) / file._array.Chunk[^fromEnd]) : 1;

        private void Place(int cz, int cy, int cx, byte[] fill)
        {
            var a = file._array;
            var n = a.Shape.Length;
            var at = new long[n];
            var inside = new int[n];
            if (file.TimeAxis >= 0)
            {
                (at[file.TimeAxis], inside[file.TimeAxis]) = (frame / a.Chunk[file.TimeAxis], frame % a.Chunk[file.TimeAxis]);
            }

            int[] place = [cz, cy, cx];
            for (var k = 0; k < file._space; k++)
            {
                at[n - 1 - k] = place[2 - k];
            }

            var chunk = a.ReadChunk(at);
            var shape = chunk?.Shape ?? a.Chunk;

            // Bytes from one sample to the next along each axis of the chunk.
            var strides = new int[n];
            var stride = _sample;
            for (var k = n - 1; k >= 0; k--)
            {
                strides[a.Order[k]] = stride;
                stride *= shape[a.Order[k]];
            }

            int Extent(int fromEnd) => file._space >= fromEnd ? shape[n - fromEnd] : 1;
            int Step(int fromEnd) => file._space >= fromEnd ? strides[n - fromEnd] : 0;
            int Size(int fromEnd) => file._space >= fromEnd ? a.Chunk[n - fromEnd] : 1;
            int z0 = cz * Size(3), y0 = cy * Size(2), x0 = cx * Size(1);
            var origin = inside.Select((v, k) => v * strides[k]).Sum();
            if (inside.Where((v, k) => v >= shape[k]).Any())
            {
                chunk = null;
            }

            int across = Math.Min(Size(1), Shape.X - x0), down = Math.Min(Size(2), Shape.Y - y0);
            for (var z = Math.Max(z0, _from); z < Math.Min(Math.Min(z0 + Size(3), Shape.Z), _from + _count); z++)
            {
                for (var y = y0; y < y0 + down; y++)
                {
                    var row = _layer.AsSpan((int)((((long)(z - _from) * Shape.Y + y) * Shape.X + x0) * _sample), across * _sample);
                    if (chunk is not { } c || z - z0 >= Extent(3) || y - y0 >= Extent(2))
                    {
                        Repeat(fill, row);
                        continue;
                    }

                    var from = origin + (z - z0) * Step(3) + (y - y0) * Step(2);
                    var have = Math.Min(across, Extent(1));
                    if (Step(1) == _sample)
                    {
                        c.Bytes.AsSpan(from, have * _sample).CopyTo(row);
                    }
                    else
                    {
                        for (var x = 0; x < have; x++)
                        {
                            c.Bytes.AsSpan(from + x * Step(1), _sample).CopyTo(row[(x * _sample)..]);
                        }
                    }

                    Repeat(fill, row[(have * _sample)..]);
                }
            }
        }

        private static void Repeat(byte[] sample, Span<byte> row)
        {
            for (var i = 0; i < row.Length; i += sample.Length)
            {
                sample.CopyTo(row[i..]);
            }
        }
    }
}
