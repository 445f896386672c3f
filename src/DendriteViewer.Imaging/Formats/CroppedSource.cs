using System.Buffers;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats;

/// <summary>A box of voxels: from the first, up to and without the last, along z, y, x.</summary>
public readonly record struct VoxelBox(VoxelIndex From, VoxelIndex To)
{
    /// <summary>Voxels along each axis.</summary>
    public VolumeShape Shape => new(To.Z - From.Z, To.Y - From.Y, To.X - From.X);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{From.Z}:{To.Z},{From.Y}:{To.Y},{From.X}:{To.X}");
}

/// <summary>A box cut out of another source.</summary>
internal sealed class CroppedSource(ISliceSource source, VoxelBox box) : ISliceSource
{
    public VolumeShape Shape => box.Shape;

    public VoxelType Type => source.Type;

    public string Fingerprint => source.Fingerprint;

    public bool InAnyOrder => source.InAnyOrder;

    public void ReadSlice(int z, Span<byte> target)
    {
        var voxel = source.Type.Size();
        var bytes = (int)(source.Shape.SliceCount * voxel);
        var whole = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            source.ReadSlice(box.From.Z + z, whole.AsSpan(0, bytes));
            var row = Shape.X * voxel;
            for (var y = 0; y < Shape.Y; y++)
            {
                whole.AsSpan(((box.From.Y + y) * source.Shape.X + box.From.X) * voxel, row).CopyTo(target[(y * row)..]);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    public void Dispose() => source.Dispose();
}
