using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>What lies near a plane: all that will be read of any block.</summary>
internal readonly struct BlockSheet
{
    private readonly Vector3 _normal;
    private readonly float _w;
    private readonly float _reach;

    // Of the normal's y; 0 where rows of a slice are all as near.
    private readonly float _inverse;
    private readonly bool _isLimited;

    /// <param name="normal">The plane's unit normal n.</param>
    /// <param name="w">n·p + w = 0 on the plane.</param>
    /// <param name="reach">How far from the plane samples lie, in voxels.</param>
    public BlockSheet(Vector3 normal, float w, float reach)
    {
        // A sample reads voxels up to one away, and Rows asks at the middle of 17 entries.
        (_normal, _w, _isLimited) = (normal, w, true);
        _reach = reach + 9 * MathF.Abs(normal.X) + MathF.Abs(normal.Y) + MathF.Abs(normal.Z);
        _inverse = MathF.Abs(normal.Y) < 1e-4f ? 0 : 1 / normal.Y;
    }

    /// <summary>No limit.</summary>
    public static BlockSheet Everything => default;

    /// <summary>Rows of a slice of entries, <paramref name="To"/> exclusive; none where they are equal.</summary>
    public readonly record struct Range(int From, int To);

    /// <summary>Rows of entries, of each slice of the block that begins at (z, y, x), that samples in the sheet read.</summary>
    /// <returns>Whether there is any.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Rows(int z, int y, int x, Span<Range> rows)
    {
        if (!_isLimited)
        {
            rows.Fill(new Range(0, BlockWindow.Edge));
            return true;
        }

        var any = false;
        var at = _normal.Z * z + _normal.Y * y + _normal.X * (x + 8) + _w;
        for (var k = 0; k < rows.Length; k++, at += _normal.Z)
        {
            if (_inverse == 0)
            {
                rows[k] = MathF.Abs(at) <= _reach + 0.01f ? new Range(0, BlockWindow.Edge) : default;
            }
            else
            {
                float a = (-_reach - at) * _inverse, b = (_reach - at) * _inverse;
                var from = MathF.Max(MathF.Min(MathF.Min(a, b), BlockWindow.Edge), 0);
                var to = MathF.Max(MathF.Min(MathF.Max(a, b) + 1, BlockWindow.Edge), from);
                rows[k] = new Range((int)from, (int)to);
            }

            any |= rows[k].From < rows[k].To;
        }

        return any;
    }

    /// <summary>
    /// The same, sixteen slices at once, from a first row to the row behind the last: where rows of each slice begin and end.
    /// </summary>
    /// <returns>Whether there is any row.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Rows(int z, int y, int x, int first, int end, out Vector512<int> from, out Vector512<int> to)
    {
        (from, to) = (Vector512.Create(first), Vector512.Create(end));
        if (!_isLimited)
        {
            return first < end;
        }

        var at = Vector512.Create(_normal.Z * z + _normal.Y * y + _normal.X * (x + 8) + _w)
            + Vector512.CreateSequence(0f, 1f) * _normal.Z;
        if (_inverse == 0)
        {
            var near = Vector512.LessThanOrEqual(Vector512.Abs(at), Vector512.Create(_reach + 0.01f));
            to = Vector512.ConditionalSelect(near.AsInt32(), to, from);
        }
        else
        {
            Vector512<float> a = (Vector512.Create(-_reach) - at) * _inverse, b = (Vector512.Create(_reach) - at) * _inverse;
            var (low, high) = (Vector512.Create((float)first), Vector512.Create((float)end));
            from = Vector512.ConvertToInt32Native(Vector512.Max(Vector512.Min(Vector512.Min(a, b), high), low));
            to = Vector512.ConvertToInt32Native(Vector512.Max(Vector512.Min(Vector512.Max(a, b) + Vector512<float>.One, high), low));
        }

        return Vector512.LessThanAny(from, to);
    }
}
