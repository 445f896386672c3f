using System.Numerics;
using System.Runtime.CompilerServices;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>A convex part of space with its bounding box: a place p is inside where n·p + w ≥ 0 for every plane (n, w).</summary>
internal readonly ref struct ConvexPart(Vector3 low, Vector3 high, ReadOnlySpan<Vector4> planes)
{
    private readonly ReadOnlySpan<Vector4> _planes = planes;

    public Vector3 Low { get; } = low;

    public Vector3 High { get; } = high;

    /// <summary>Whether a block may touch this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Touches(int z, int y, int x)
    {
        // Half a block and a voxel around, for rounding.
        const float Half = BlockWindow.Edge / 2 + 1;
        var middle = new Vector3(x * BlockWindow.Edge + 8, y * BlockWindow.Edge + 8, z * BlockWindow.Edge + 8);
        foreach (var plane in _planes)
        {
            var n = plane.AsVector3();
            if (Vector3.Dot(n, middle) + plane.W < -Half * Vector3.Dot(Vector3.Abs(n), Vector3.One))
            {
                return false;
            }
        }

        return true;
    }
}
