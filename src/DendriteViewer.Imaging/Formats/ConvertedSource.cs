using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats;

/// <summary>What a stored value was: slope · stored + intercept.</summary>
public sealed record ValueScale(double Slope, double Intercept);

/// <summary>
/// Another source's values, a range of them spread over all that an unsigned type has; values beyond are cut, what is no number
/// becomes the least.
/// </summary>
internal sealed class ConvertedSource : ISliceSource
{
    private readonly ISliceSource _source;
    private readonly double _most;

    /// <param name="source">The values.</param>
    /// <param name="type">UInt8 or UInt16.</param>
    /// <param name="low">What becomes 0.</param>
    /// <param name="high">What becomes the type's largest.</param>
    public ConvertedSource(ISliceSource source, VoxelType type, double low, double high)
    {
        (_source, Type, _most) = (source, type, type == VoxelType.UInt8 ? byte.MaxValue : ushort.MaxValue);
        Scale = new ValueScale((high - low) / _most, low);
    }

    public VolumeShape Shape => _source.Shape;

    public VoxelType Type { get; }

    public string Fingerprint => _source.Fingerprint;

    public bool InAnyOrder => _source.InAnyOrder;

    /// <summary>What stored values were.</summary>
    public ValueScale Scale { get; }

    public void ReadSlice(int z, Span<byte> target)
    {
        var count = (int)Shape.SliceCount;
        var bytes = count * _source.Type.Size();
        var raw = ArrayPool<byte>.Shared.Rent(bytes);
        var values = ArrayPool<float>.Shared.Rent(count);
        try
        {
            _source.ReadSlice(z, raw.AsSpan(0, bytes));
            DenseLevels.ToFloat(raw.AsSpan(0, bytes), _source.Type, values.AsSpan(0, count));
            if (Type == VoxelType.UInt8)
            {
                Convert(values.AsSpan(0, count), target);
            }
            else
            {
                Convert(values.AsSpan(0, count), MemoryMarshal.Cast<byte, ushort>(target));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
            ArrayPool<float>.Shared.Return(values);
        }
    }

    public void Dispose() => _source.Dispose();

    private void Convert<T>(ReadOnlySpan<float> values, Span<T> target) where T : unmanaged, INumber<T>
    {
        var (slope, intercept) = (1 / Scale.Slope, Scale.Intercept);
        for (var i = 0; i < values.Length; i++)
        {
            var v = Math.Round((values[i] - intercept) * slope);
            target[i] = T.CreateTruncating(v > 0 ? Math.Min(v, _most) : 0);
        }
    }
}
