using ILGPU;

namespace DendriteViewer.Kernels.Downsampling;

/// <summary>What every voxel of a halved volume shares.</summary>
public struct DownsampleArguments
{
    /// <summary>Voxels of the full volume.</summary>
    public int Z, Y, X;
}

/// <summary>
/// Halves volumes on a device, one work item a voxel of the halved volume, whose slices follow one another down:
/// <see cref="MeanDownsampler"/> to the last bit for integers, to a float's rounding for floats.
/// </summary>
internal static class DownsampleProgram
{
    /// <summary>Voxels of one type: read as integers or floats, and written.</summary>
    public interface IVoxels
    {
        /// <summary>Whether means are floats.</summary>
        bool IsFloat { get; }

        /// <summary>A voxel.</summary>
        float Read(ArrayView<byte> from, long at);

        /// <summary>Writes a voxel that the type can hold.</summary>
        void Write(ArrayView<byte> to, long at, float value);
    }

    /// <summary>8-bit unsigned.</summary>
    public readonly struct UInt8Voxels : IVoxels
    {
        public bool IsFloat => false;

        public float Read(ArrayView<byte> from, long at) => from[at];

        public void Write(ArrayView<byte> to, long at, float value) => to[at] = (byte)(int)value;
    }

    /// <summary>8-bit signed.</summary>
    public readonly struct Int8Voxels : IVoxels
    {
        public bool IsFloat => false;

        public float Read(ArrayView<byte> from, long at) => from.Cast<sbyte>()[at];

        public void Write(ArrayView<byte> to, long at, float value) => to.Cast<sbyte>()[at] = (sbyte)(int)value;
    }

    /// <summary>16-bit unsigned.</summary>
    public readonly struct UInt16Voxels : IVoxels
    {
        public bool IsFloat => false;

        public float Read(ArrayView<byte> from, long at) => from.Cast<ushort>()[at];

        public void Write(ArrayView<byte> to, long at, float value) => to.Cast<ushort>()[at] = (ushort)(int)value;
    }

    /// <summary>16-bit signed.</summary>
    public readonly struct Int16Voxels : IVoxels
    {
        public bool IsFloat => false;

        public float Read(ArrayView<byte> from, long at) => from.Cast<short>()[at];

        public void Write(ArrayView<byte> to, long at, float value) => to.Cast<short>()[at] = (short)(int)value;
    }

    /// <summary>32-bit float.</summary>
    public readonly struct FloatVoxels : IVoxels
    {
        public bool IsFloat => true;

        public float Read(ArrayView<byte> from, long at) => from.Cast<float>()[at];

        public void Write(ArrayView<byte> to, long at, float value) => to.Cast<float>()[at] = value;
    }

    /// <summary>The kernel.</summary>
    public static void Mean<TVoxels>(ArrayView<byte> from, ArrayView<byte> to, DownsampleArguments a) where TVoxels : struct, IVoxels
    {
        int halfZ = (a.Z + 1) / 2, halfY = (a.Y + 1) / 2, halfX = (a.X + 1) / 2;
        int x = Grid.GlobalIndex.X, row = Grid.GlobalIndex.Y, y = row % halfY, z = row / halfY;
        if (x < halfX && z < halfZ)
        {
            // Sums of eight voxels of at most 16 bits are exact in a float, and so are their quarters and eighths.
            var sum = 0f;
            var n = 0;
            for (var i = 0; i < 8; i++)
            {
                int cz = 2 * z + (i >> 2), cy = 2 * y + (i >> 1 & 1), cx = 2 * x + (i & 1);
                var isInside = cz < a.Z && cy < a.Y && cx < a.X;
                sum += isInside ? default(TVoxels).Read(from, ((long)cz * a.Y + cy) * a.X + cx) : 0;
                n += isInside ? 1 : 0;
            }

            // Integers are rounded half up.
            var mean = default(TVoxels).IsFloat ? sum / n : MathF.Floor(sum / n + 0.5f);
            default(TVoxels).Write(to, ((long)z * halfY + y) * halfX + x, mean);
        }
    }
}
