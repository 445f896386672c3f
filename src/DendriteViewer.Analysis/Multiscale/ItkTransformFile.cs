using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Placements as ITK's transform files (.tfm). ITK counts x, y, z, and a registration's transform maps points of the <b>fixed</b> image to
/// points of the moving one, since that is what resampling needs; so the file holds the inverse of the placement. Points are µm, and the
/// outer corner of voxel 0 is 0: an image given to ITK has half a voxel as its origin.
/// </summary>
public static class ItkTransformFile
{
    private const string Head = "#Insight Transform File V1.0";

    /// <summary>Whether text begins as such a file does.</summary>
    public static bool IsIt(string text) => text.StartsWith("#Insight Transform File", StringComparison.Ordinal);

    /// <summary>Writes the transform from dataset µm to moving µm.</summary>
    /// <param name="matrix">From moving µm to dataset µm, z, y, x.</param>
    public static string Write(AffineTransform matrix)
    {
        var m = matrix.Inverse().Rows;
        string N(double v) => v.ToString("R", CultureInfo.InvariantCulture);
        var numbers = new[] { m[10], m[9], m[8], m[6], m[5], m[4], m[2], m[1], m[0], m[11], m[7], m[3] };
        return $"{Head}\n#Transform 0\nTransform: AffineTransform_double_3_3\nParameters: "
            + $"{string.Join(' ', numbers.Select(N))}\nFixedParameters: 0 0 0\n";
    }

    /// <summary>Reads one linear transform: affine, Euler, versor rigid, similarity or translation.</summary>
    /// <returns>From moving µm to dataset µm, z, y, x.</returns>
    /// <exception cref="VolumeFormatException">It is no such file, or holds another kind of transform, or several.</exception>
    public static AffineTransform Read(string text, string file)
    {
        var fields = text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.Split(':', 2)).Where(p => p.Length == 2).Select(p => (Key: p[0].Trim(), Value: p[1].Trim())).ToArray();
        if (!IsIt(text) || fields.Count(f => f.Key == "Transform") != 1)
        {
            throw new VolumeFormatException($"{file} does not hold exactly one transform of ITK's text format; write it with "
                + $"itk.transformwrite or SimpleITK.");
        }

        var kind = fields.First(f => f.Key == "Transform").Value;
        double[] p = Numbers("Parameters"), center = Numbers("FixedParameters");
        var (linear, shift, about) = Parts(kind.Split('_')[0], p, center);
        if (linear is null || shift is null)
        {
            throw new VolumeFormatException(
                $"{file} holds a {OneLine.Quote(kind)} with {p.Length} parameters, which is not read; use AffineTransform, "
                    + $"Euler3DTransform, "
                + "VersorRigid3DTransform, Similarity3DTransform or TranslationTransform of three dimensions.");
        }

        // y = A·(x − c) + c + t, components x, y, z; turned round to z, y, x.
        var rows = new double[12];
        for (var r = 0; r < 3; r++)
        {
            var t = shift[r] + about[r];
            for (var c = 0; c < 3; c++)
            {
                rows[4 * (2 - r) + 2 - c] = linear[3 * r + c];
                t -= linear[3 * r + c] * about[c];
            }

            rows[4 * (2 - r) + 3] = t;
        }

        try
        {
            return new AffineTransform(rows).Inverse();
        }
        catch (ArgumentException e)
        {
            throw new VolumeFormatException($"{file} holds a transform that cannot be inverted; correct it.", e);
        }

        double[] Numbers(string key)
        {
            var found = fields.Where(f => f.Key == key).Select(f => f.Value).FirstOrDefault() ?? "";
            return found.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(t =>
                double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && double.IsFinite(v) ? v
                : throw new VolumeFormatException($"{file}: '{OneLine.Quote(t)}' among the {key} is no number; correct it.")).ToArray();
        }
    }

    private static (double[]? Linear, double[]? Shift, double[] About) Parts(string kind, double[] p, double[] center)
    {
        var about = center.Length >= 3 ? center[..3] : [0, 0, 0];
        return (kind, p.Length) switch
        {
            ("AffineTransform" or "MatrixOffsetTransformBase", 12) => (p[..9], p[9..], about),
            ("TranslationTransform", 3) => ([1, 0, 0, 0, 1, 0, 0, 0, 1], p, [0, 0, 0]),
            ("VersorRigid3DTransform", 6) => (Versor(p[0], p[1], p[2], 1), p[3..], about),
            ("Similarity3DTransform", 7) => (Versor(p[0], p[1], p[2], p[6]), p[3..6], about),
            ("Euler3DTransform", 6) => (Euler(p[0], p[1], p[2], center is [_, _, _, not 0, ..]), p[3..], about),
            _ => (null, null, about),
        };
    }

    // The right part of a unit quaternion.
    private static double[] Versor(double x, double y, double z, double scale)
    {
        var w = Math.Sqrt(Math.Max(0, 1 - x * x - y * y - z * z));
        double[] r =
        [
            1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
            2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
            2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y),
        ];
        return [.. r.Select(v => scale * v)];
    }

    // ITK turns about y, then x, then z, unless the file says z, y, x.
    private static double[] Euler(double x, double y, double z, bool isZyx)
    {
        var (cx, sx, cy, sy, cz, sz) = (Math.Cos(x), Math.Sin(x), Math.Cos(y), Math.Sin(y), Math.Cos(z), Math.Sin(z));
        double[] rx = [1, 0, 0, 0, cx, -sx, 0, sx, cx], ry = [cy, 0, sy, 0, 1, 0, -sy, 0, cy], rz = [cz, -sz, 0, sz, cz, 0, 0, 0, 1];
        return isZyx ? Times(Times(rz, ry), rx) : Times(Times(rz, rx), ry);

        static double[] Times(double[] a, double[] b) =>
            [.. Enumerable.Range(0, 9).Select(i => a[i / 3 * 3] * b[i % 3] + a[i / 3 * 3 + 1] * b[3 + i % 3] + a[i / 3 * 3 + 2] * b[6
                + i % 3])];
    }
}
