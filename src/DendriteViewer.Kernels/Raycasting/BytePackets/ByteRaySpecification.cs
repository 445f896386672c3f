using System.Numerics;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// What byte packets draw, one ray and one plane at a time: voxels become bytes (<see cref="ByteMapping"/>), a ray is sampled where it
/// meets the planes of its tile (<see cref="SlicePlan"/>), trilinearly, and a sample is rounded to one of 256 levels. A step from one
/// plane to the next shows all levels between its ends (<see cref="ByteTransfer"/>); the first step of a ray has no length and shows its
/// own level. What is shaded takes the mean of the gradients at both ends. Empty space is not known here: it shows nothing.
/// </summary>
internal static unsafe class ByteRaySpecification
{
    // Of the gradient's squared length in levels: a flat place has no side.
    internal const float LeastFloor = 1e-3f;

    /// <summary>
    /// Draws a picture in the same tiles as the packets; pixels of tiles that byte packets leave to others stay as they are.
    /// </summary>
    /// <param name="job">The picture.</param>
    /// <param name="transfer">Its transfer function by level.</param>
    /// <param name="tile">Pixels of the largest tile each way.</param>
    public static void Render(RayJob job, ByteTransfer transfer, int tile)
    {
        using var plan = new SlicePlan();
        for (var v = 0; v < job.Height; v += tile)
        {
            for (var u = 0; u < job.Width; u += tile)
            {
                RenderTile(job, transfer, plan, u, v, tile);
            }
        }
    }

    private static void RenderTile(RayJob job, ByteTransfer transfer, SlicePlan plan, int u0, int v0, int size)
    {
        if (u0 >= job.Width || v0 >= job.Height || size < ByteRaycaster.LeastTile)
        {
            return;
        }

        if (!plan.TryMake(job, u0, v0, size))
        {
            var half = size / 2;
            RenderTile(job, transfer, plan, u0, v0, half);
            RenderTile(job, transfer, plan, u0 + half, v0, half);
            RenderTile(job, transfer, plan, u0, v0 + half, half);
            RenderTile(job, transfer, plan, u0 + half, v0 + half, half);
            return;
        }

        for (var v = v0; v < Math.Min(v0 + size, job.Height); v++)
        {
            for (var u = u0; u < Math.Min(u0 + size, job.Width); u++)
            {
                job.Target.Span[v * job.Width + u] = Trace(job, transfer, plan, u, v);
            }
        }
    }

    private static uint Trace(RayJob job, ByteTransfer transfer, SlicePlan plan, int u, int v)
    {
        var s = job.Settings;
        transfer = transfer.ForSteps(plan.Length);
        var line = plan.LineOf(job, u, v);
        var (first, end) = plan.Clip(line, s.Clip);
        if (s.Mode != RayMode.Composite)
        {
            return Project(job, transfer, plan, line, first, end);
        }

        var part = Math.Min(line.Length * SlicePlan.Step / plan.Length, 1);
        var (color, through) = (Vector3.Zero, 1f);
        var (before, gradientBefore) = (-1, Vector3.Zero);
        for (var m = first; m < end && through > ByteRaycaster.Finished; m++)
        {
            var level = (int)MathF.Floor(Sample(job, transfer, plan, line, m, out var gradient) + 0.5f);
            (before, gradientBefore) = before < 0 ? (level, gradient) : (before, gradientBefore);
            var opacity = part * transfer.Between(before, level, out var middle);
            if (opacity > 0)
            {
                var c = PackedColor.Unpack(transfer.Colors[middle]);
                color += through * opacity * (s.Shaded ? Shade(s, transfer.Mapping, c, (gradient + gradientBefore) / 2) : c);
                through -= through * opacity;
            }

            (before, gradientBefore) = (level, gradient);
        }

        return PackedColor.Pack(color, 1 - through, s.Background);
    }

    private static uint Project(RayJob job, ByteTransfer transfer, SlicePlan plan, SlicePlan.Line line, int first, int end)
    {
        var s = job.Settings;
        if (first == end)
        {
            return PackedColor.Pack(Vector3.Zero, 0, s.Background);
        }

        var (least, most, sum) = (float.MaxValue, float.MinValue, 0f);
        for (var m = first; m < end; m++)
        {
            var level = Sample(job, transfer, plan, line, m, out _);
            (least, most, sum) = (MathF.Min(least, level), MathF.Max(most, level), sum + level);
        }

        var shown = s.Mode switch { RayMode.Minimum => least, RayMode.Mean => sum / (end - first), _ => most };
        return PackedColor.Pack(PackedColor.Unpack(s.Transfer.Color(transfer.Mapping.ValueOf(shown))), 1, s.Background);
    }

    // The level on plane m, not rounded, and its gradient in levels a voxel (x, y, z).
    private static float Sample(RayJob job, ByteTransfer transfer, SlicePlan plan, SlicePlan.Line line, int m, out Vector3 gradient)
    {
        var h = plan.First + m * SlicePlan.Step;
        float column = line.Column + h * line.ColumnSlope, row = line.Row + h * line.RowSlope, w = plan.Weights[m] / 32768f;
        int c = (int)MathF.Floor(column), r = (int)MathF.Floor(row), k = plan.Slices[m];
        float fc = column - c, fr = row - r;
        var levels = new Vector4[2];
        for (var side = 0; side < 2; side++)
        {
            levels[side] = new Vector4(At(k + side, r, c), At(k + side, r, c + 1), At(k + side, r + 1, c), At(k + side, r + 1, c + 1));
        }

        var plane = Vector4.Lerp(levels[0], levels[1], w);
        var across = levels[1] - levels[0];
        float near = plane.X + (plane.Y - plane.X) * fc, far = plane.Z + (plane.W - plane.Z) * fc;
        gradient = default;
        gradient[plan.Column] = (plane.Y - plane.X) + ((plane.W - plane.Z) - (plane.Y - plane.X)) * fr;
        gradient[plan.Row] = far - near;
        float slopeNear = across.X + (across.Y - across.X) * fc, slopeFar = across.Z + (across.W - across.Z) * fc;
        gradient[plan.Axis] = slopeNear + (slopeFar - slopeNear) * fr;
        return near + (far - near) * fr;

        float At(int slice, int row, int column)
        {
            Span<int> at = stackalloc int[3];
            (at[plan.Axis], at[plan.Row], at[plan.Column]) = (slice, row, column);
            return transfer.Mapping.Of(job.Volume.At(at[2], at[1], at[0]));
        }
    }

    private static Vector3 Shade(RaycastSettings s, ByteMapping mapping, Vector3 color, Vector3 gradient)
    {
        var g = gradient * s.GradientScale;
        var inverse = 1 / MathF.Sqrt(g.LengthSquared() + MathF.Max(s.GradientFloor / (mapping.Level * mapping.Level), LeastFloor));
        float head = MathF.Abs(Vector3.Dot(g, s.HeadLight)) * inverse, key = MathF.Abs(Vector3.Dot(g, s.KeyLight)) * inverse;
        return color * (RaycastSettings.Ambient + RaycastSettings.HeadDiffuse * head + RaycastSettings.KeyDiffuse * key)
            + new Vector3(RaycastSettings.Specular * MathF.Pow(head, 16) * 255);
    }
}
