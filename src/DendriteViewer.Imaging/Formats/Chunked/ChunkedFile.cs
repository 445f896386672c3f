using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>
/// A volume of Zarr v2 or v3, OME-Zarr or N5, wherever its keys lie. The chunks that a layer of slices needs are read at once.
/// </summary>
internal sealed class ChunkedFile : VolumeFile
{
    // Chunks thicker than what this holds of them are read more than once.
    private const long MostLayer = 1L << 30;
    private readonly ChunkedArray _array;
    private readonly AxisOrder _axes;
    private readonly ChunkedVolume _first;
    private readonly IReadOnlySet<long> _written = new HashSet<long>();

    /// <param name="image">The image, of which the finest level is read.</param>
    /// <exception cref="VolumeFormatException">No chunk of it is there, or sizes are beyond what can be read.</exception>
    public ChunkedFile(ChunkedImage image)
    {
        (_array, _axes, Geometry) = (image.Levels[0].Array, image.Axes, image.Geometry);
        _first = new ChunkedVolume(_array, _axes);
        Fingerprint = _array.Store.Fingerprint() + "|" + _array.Key;
        Format = image.Format;
        _array = _array with { Listing = ChunkListing.Of(_array) };
        if (_array.Listing is { Count: 0 })
        {
            throw new VolumeFormatException(AbsentChunks.NoneThere(_array));
        }

        if (_array.Listing is not null && _axes.Time >= 0)
        {
            _written = _array.Listing.PlacesAlong(_axes.Time);
        }

        Remarks = [.. image.Remarks, .. AbsentChunks.Remarks(_array, _axes.Time, _written)];
    }

    public override string Format { get; }

    public override VolumeShape Shape => _first.Shape;

    public override SampleType Samples => _array.Samples;

    public override int Frames => _first.Frames;

    public override FileGeometry? Geometry { get; }

    public override IReadOnlyList<string> Remarks { get; }

    public override string Fingerprint { get; }

    /// <inheritdoc/>
    public override ISliceSource Open(int frame)
    {
        if (_array.Listing is not null && _axes.Time >= 0 && !_written.Contains(frame / _array.Shard[_axes.Time]))
        {
            throw new VolumeFormatException(
                $"{_array.Name} has no chunk of frame {frame}, so nothing was ever written there; import the others, each with its frame in"
                + " dataset.json.");
        }

        return new Reader(this, new ChunkedVolume(_array, _axes, frame), frame);
    }

    public override void Dispose()
    {
        _array.Store.Dispose();
        base.Dispose();
    }

    private sealed class Reader(ChunkedFile file, ChunkedVolume volume, int frame) : ISliceSource
    {
        private readonly AbsentChunks _absent = new(volume);
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

        public IReadOnlyList<string> Findings() => _absent.Findings();

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
                var isNew = _absent.Begin(_from / deep);
                Parallel.For(0, chunks.Y * chunks.X, ComputeLane.Options(), i =>
                {
                    var chunk = new VoxelIndex(_from / deep, i / chunks.X, i % chunks.X);
                    var samples = KeyStore.Wait(() => volume.ReadAsync(chunk, CancellationToken.None));
                    if (isNew)
                    {
                        _absent.Note(chunk, samples is null);
                    }

                    volume.Place(samples, chunk, box, _layer);
                });
                _absent.CheckFirstLayer();
            }
            catch (Exception e) when (e is AggregateException or VolumeFormatException)
            {
                // One chunk's sentence says enough.
                _count = 0;
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw((e as AggregateException)?.InnerExceptions[0] ?? e);
            }
        }
    }
}
