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
    private readonly IReadOnlyList<char> _axes;
    private readonly ChunkedVolume _first;

    /// <param name="array">The array.</param>
    /// <param name="axes">Name of each axis, slowest first: t, c, z, y, x.</param>
    /// <param name="geometry">Where it lies.</param>
    /// <param name="remarks">What was not taken.</param>
    /// <exception cref="VolumeFormatException">The axes are others, or sizes are beyond what can be read.</exception>
    public ChunkedFile(ChunkedArray array, IReadOnlyList<char> axes, FileGeometry? geometry, IReadOnlyList<string> remarks)
    {
        (_array, _axes, Geometry, Remarks) = (array, axes, geometry, remarks);
        _first = new ChunkedVolume(array, axes);
        Fingerprint = array.Store.Fingerprint() + "|" + array.Key;
    }

    public override string Format => _array.Format;

    public override VolumeShape Shape => _first.Shape;

    public override SampleType Samples => _array.Samples;

    public override int Frames => _first.Frames;

    public override FileGeometry? Geometry { get; }

    public override IReadOnlyList<string> Remarks { get; }

    public override string Fingerprint { get; }

    public override ISliceSource Open(int frame) => new Reader(this, new ChunkedVolume(_array, _axes, frame), frame);

    public override void Dispose()
    {
        _array.Store.Dispose();
        base.Dispose();
    }

    private sealed class Reader(ChunkedFile file, ChunkedVolume volume, int frame) : ISliceSource
    {
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

            var bytes = (int)(Shape.SliceCount * volume.SampleBytes);
            volume.ToVoxels(_layer.AsSpan((z - _from) * bytes, bytes), target);
        }

        public void Dispose()
        {
        }

        // The slices of the chunks that slice z lies in, as many as memory is given for.
        private void Load(int z)
        {
            var deep = volume.Chunk.Z;
            var slice = Shape.SliceCount * volume.SampleBytes;
            var first = z / deep * deep;
            var most = (int)Math.Clamp(MostLayer / slice, 1, deep);
            _from = first + (z - first) / most * most;
            _count = Math.Min(Math.Min(most, first + deep - _from), Shape.Z - _from);
            if (_layer.Length < _count * slice)
            {
                _layer = new byte[_count * slice];
            }

            var chunks = volume.ChunkCount;
            var box = new VoxelBox(new(_from, 0, 0), new(_from + _count, Shape.Y, Shape.X));
            try
            {
                Parallel.For(0, chunks.Y * chunks.X, i =>
                {
                    var chunk = new VoxelIndex(_from / deep, i / chunks.X, i % chunks.X);
                    volume.Place(KeyStore.Wait(volume.ReadAsync(chunk, CancellationToken.None)), chunk, box, _layer);
                });
            }
            catch (AggregateException e)
            {
                // One chunk's sentence says enough.
                _count = 0;
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            }
        }
    }
}
