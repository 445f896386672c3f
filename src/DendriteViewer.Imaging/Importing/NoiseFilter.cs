using System.Numerics;
using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Filtering;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Importing;

/// <summary>Filters against noise.</summary>
public enum NoiseFilterKind
{
    /// <summary>Median of 3 × 3 × 3.</summary>
    Median,

    /// <summary>Non-local means.</summary>
    Nlm,
}

/// <summary>A stored volume, filtered slice by slice; memory goes with a few layers of it.</summary>
internal sealed class NoiseFilter : IDisposable
{
    /// <summary>Of non-local means: how much surroundings may differ, in standard deviations of the noise.</summary>
    public const float Strength = 0.8f;
    private const int Band = 16;

    private readonly VolumeReader _reader;
    private readonly PyramidLevel _level;
    private readonly NoiseFilterKind _kind;
    private readonly SlidingSlices _slices;
    private readonly Dictionary<int, float[]> _padded = [];
    private readonly float[] _target;

    private NoiseFilter(VolumeReader reader, NoiseFilterKind kind, float sigma)
    {
        (_reader, _level, _kind, Sigma) = (reader, reader.Levels[0], kind, sigma);
        _slices = new SlidingSlices(reader, _level);
        _target = new float[_level.Shape.SliceCount];
    }

    /// <summary>The noise's standard deviation, in the volume's values.</summary>
    public float Sigma { get; }

    /// <summary>Measures the noise in three slices.</summary>
    /// <exception cref="VolumeFormatException">There is none: the volume holds labels, or one value.</exception>
    public static async Task<NoiseFilter> OfAsync(VolumeReader reader, NoiseFilterKind kind, CancellationToken ct)
    {
        var level = reader.Levels[0];
        var found = new List<float>();
        using (var slices = new SlidingSlices(reader, level))
        {
            foreach (var z in new[] { level.Shape.Z / 4, level.Shape.Z / 2, level.Shape.Z * 3 / 4 }.Distinct())
            {
                await slices.HoldAsync(z, z + 1, ct);
                found.Add(NonLocalMeans.Noise(slices.Slices[z].AsSpan(0, (int)level.Shape.SliceCount), level.Shape.X));
            }
        }

        found.Sort();
        var sigma = found[found.Count / 2];
        return sigma > 0 || kind != NoiseFilterKind.Nlm ? new NoiseFilter(reader, kind, sigma) : throw new VolumeFormatException("No noise is to be seen in it that non-local means could take away; leave denoise out.");
    }

    /// <summary>Fills one filtered slice; asked for in order.</summary>
    public async ValueTask FillAsync(int z, Memory<byte> target, CancellationToken ct)
    {
        var (s, reach) = (_level.Shape, _kind == NoiseFilterKind.Median ? 1 : NonLocalMeans.Margin);
        await _slices.HoldAsync(z - reach, z + reach + 1, ct);
        float[] At(int i) => _slices.Slices[Math.Clamp(i, 0, s.Z - 1)]!;
        if (_kind == NoiseFilterKind.Median)
        {
            // Bands by rows of the slices, one more on each side than is kept.
            NeighbourhoodFilters.Median(At(z - 1), At(z), At(z + 1), s.Y, s.X, _target);
        }
        else
        {
            foreach (var gone in _padded.Keys.Where(k => k < z - reach).ToArray())
            {
                _padded.Remove(gone);
            }

            var window = Enumerable.Range(z - reach, 2 * reach + 1).Select(i => Math.Clamp(i, 0, s.Z - 1)).Select(i => _padded.TryGetValue(i, out var p) ? p : _padded[i] = Pad(At(i))).ToArray();
            Parallel.For(0,
                (s.Y + Band - 1) / Band, ComputeLane.Options(),
                band => NonLocalMeans.Filter(window, s.X, band * Band, Math.Min(s.Y, (band + 1) * Band), Sigma, Strength * Sigma, _target));
        }

        Store(At(z).AsSpan(0, (int)s.SliceCount), target.Span);
    }

    public void Dispose() => _slices.Dispose();

    // Wider by the margin on each side, by the nearest values; what is no number is 0, which is taken back in the end.
    private float[] Pad(ReadOnlySpan<float> slice)
    {
        var (s, m) = (_level.Shape, NonLocalMeans.Margin);
        var wide = s.X + 2 * m;
        var padded = new float[(s.Y + 2 * m) * wide];
        for (var y = 0; y < s.Y + 2 * m; y++)
        {
            var row = slice.Slice(Math.Clamp(y - m, 0, s.Y - 1) * s.X, s.X);
            for (var x = 0; x < wide; x++)
            {
                var v = row[Math.Clamp(x - m, 0, s.X - 1)];
                padded[y * wide + x] = float.IsFinite(v) ? v : 0;
            }
        }

        return padded;
    }

    private void Store(ReadOnlySpan<float> original, Span<byte> target)
    {
        switch (_reader.Type)
        {
            case VoxelType.UInt8: Round(MemoryMarshal.Cast<byte, byte>(target)); break;
            case VoxelType.Int8: Round(MemoryMarshal.Cast<byte, sbyte>(target)); break;
            case VoxelType.UInt16: Round(MemoryMarshal.Cast<byte, ushort>(target)); break;
            case VoxelType.Int16: Round(MemoryMarshal.Cast<byte, short>(target)); break;
            default:
                var floats = MemoryMarshal.Cast<byte, float>(target);
                for (var i = 0; i < floats.Length; i++)
                {
                    floats[i] = float.IsFinite(original[i]) ? _target[i] : original[i];
                }

                break;
        }
    }

    private void Round<T>(Span<T> target) where T : unmanaged, INumber<T>
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = T.CreateSaturating(MathF.Round(_target[i]));
        }
    }
}
