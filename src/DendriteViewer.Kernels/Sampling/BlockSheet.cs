using System.Numerics;
using System.Runtime.CompilerServices;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>
/// What lies within <paramref name="Reach"/> of a plane (a unit normal n and w: n·p + w = 0), all that will be read of any block.
/// </summary>
internal readonly record struct BlockSheet(Vector3 Normal, float W, float Reach)
{
    /// <summary>No limit.</summary>
    public static BlockSheet Everything { get; } = new(Vector3.Zero, 0, 1);

    // Rows y … of slice z of a block at x that samples in the sheet read.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (int From, int To) Rows(int z, int y, int x)
    {
        var reach = Reach + 9 * MathF.Abs(Normal.X) + MathF.Abs(Normal.Y) + MathF.Abs(Normal.Z);
        var at = Normal.Z * z + Normal.Y * y + Normal.X * (x + 8) + W;
        if (MathF.Abs(Normal.Y) < 1e-4f)
        {
            return MathF.Abs(at) <= reach + 0.01f ? (0, BlockWindow.Edge) : (0, 0);
        }

        var (a, b) = ((-reach - at) / Normal.Y, (reach - at) / Normal.Y);
        return ((int)Math.Clamp(MathF.Min(a, b), 0, BlockWindow.Edge), (int)Math.Clamp(MathF.Max(a, b) + 1, 0, BlockWindow.Edge));
    }
}
