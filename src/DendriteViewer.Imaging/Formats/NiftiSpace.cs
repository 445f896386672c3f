using System.Globalization;

namespace DendriteViewer.Imaging.Formats;

/// <summary>
/// Where a NIfTI header says that its voxels lie: the sform, else the qform, else the spacing alone; x, y, z of voxel and world, the origin
/// in the middle of the first voxel.
/// </summary>
internal static class NiftiSpace
{
    /// <summary>The geometry; null, and a remark, where it has no unit or is no size.</summary>
    /// <param name="h">The header.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="remarks">Takes what was not taken, and what disagrees.</param>
    public static FileGeometry? Of(NiftiHeader h, string path, List<string> remarks)
    {
        if ((h.Units & 7) switch { 1 => 1e6, 2 => 1e3, 3 => 1, _ => (double?)null } is not { } unit)
        {
            var shown = string.Join(" × ", Enumerable.Range(1, 3)
                .Select(i => h.Pixdim(i).ToString("0.######", CultureInfo.InvariantCulture)));
            remarks.Add($"It gives a spacing of {shown} without a unit (xyzt_units is {h.Units}), so it was not taken.");
            return null;
        }

        var pixdim = Enumerable.Range(1, 3).Select(i => unit * h.Pixdim(i)).ToArray();
        var sform = h.SformCode > 0 ? Sform(h, unit) : default;
        var qform = h.QformCode > 0 ? Qform(h, unit, pixdim, remarks) : default;
        if (sform.Steps is not null && qform.Steps is not null && Differ(sform, qform))
        {
            remarks.Add("Its sform and qform say different things of where its voxels lie; the sform is taken.");
        }

        if (sform.Steps is not null && LengthUnits.TryGeometry(sform.Steps, sform.Middle, path, "sform", remarks) is { } bySform)
        {
            var size = bySform.Transform.VoxelSize;
            if (!Near(size.X, pixdim[0]) || !Near(size.Y, pixdim[1]) || !Near(size.Z, pixdim[2]))
            {
                remarks.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Its sform says that a voxel is of {size.Z:0.######} × {size.Y:0.######} × {size.X:0.######} µm (z, y, x), its "
                    + $"pixdim of {pixdim[2]:0.######} × {pixdim[1]:0.######} × {pixdim[0]:0.######}; the sform is taken."));
            }

            return bySform;
        }

        if (pixdim.Any(p => !(p > 0) || !double.IsFinite(p)))
        {
            var shown = string.Join(" × ", pixdim.Select(p => p.ToString("0.######", CultureInfo.InvariantCulture)));
            remarks.Add($"Its pixdim says that a voxel is of {shown} µm (x, y, z), which is no size, so it was not taken; give "
                + $"voxelSizeUm.");
            return null;
        }

        return qform.Steps is not null && LengthUnits.TryGeometry(qform.Steps, qform.Middle, path, "qform", remarks) is { } byQform
            ? byQform
            : LengthUnits.TryGeometry(
                [[pixdim[0], 0, 0], [0, pixdim[1], 0], [0, 0, pixdim[2]]], [.. pixdim.Select(p => p / 2)], path, "pixdim", remarks);
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) <= 0.01 * Math.Abs(a);

    // By more than a hundredth of a voxel's size.
    private static bool Differ((double[][] Steps, double[] Middle) a, (double[][] Steps, double[] Middle) b)
    {
        var size = a.Steps.Max(step => step.Max(Math.Abs));
        return a.Steps.Zip(b.Steps, (s, t) => s.Zip(t, (u, v) => Math.Abs(u - v)).Max()).Max() > 0.01 * size
            || a.Middle.Zip(b.Middle, (u, v) => Math.Abs(u - v)).Max() > size;
    }

    private static (double[][] Steps, double[] Middle) Sform(NiftiHeader h, double unit) => (
        [.. Enumerable.Range(0, 3).Select(i => Enumerable.Range(0, 3).Select(k => unit * h.Srow(k, i)).ToArray())],
        [.. Enumerable.Range(0, 3).Select(k => unit * h.Srow(k, 3))]);

    private static (double[][] Steps, double[] Middle) Qform(NiftiHeader h, double unit, double[] size, List<string> remarks)
    {
        double b = h.Quatern(0), c = h.Quatern(1), d = h.Quatern(2), rest = 1 - (b * b + c * c + d * d), a = Math.Sqrt(Math.Max(0, rest)),
            q = h.Pixdim(0) < 0 ? -1 : 1;
        if (!(rest > -0.01))
        {
            remarks.Add("The quaternion of its qform is none, so it was not taken.");
            return default;
        }

        double[][] r =
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ];
        var scale = new[] { size[0], size[1], q * size[2] };
        return (
            [.. Enumerable.Range(0, 3).Select(i => Enumerable.Range(0, 3).Select(k => r[k][i] * scale[i]).ToArray())],
            [.. Enumerable.Range(0, 3).Select(k => unit * h.Qoffset(k))]);
    }
}
