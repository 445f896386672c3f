using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Small changes of a placement, as numbers in µm: a shift, then what turn and scale (or the nine numbers of a linear map) move at a
/// distance
/// ρ from a centre C: p ↦ C + L·(p − C) + t, where L is e^[ω/ρ]·(1 + s/ρ) or 1 + G/ρ.
/// </summary>
/// <remarks>Axes are z, y, x. The skew matrix of ω is ((0, −ωx, ωy), (ωx, 0, −ωz), (−ωy, ωz, 0)).</remarks>
/// <param name="model">Which of them there are: 6, 7 or 12.</param>
/// <param name="center">C, µm in the fixed frame.</param>
/// <param name="rho">ρ, µm.</param>
internal sealed class LocalMotion(PlacementModel model, WorldPoint center, double rho)
{
    /// <summary>How many numbers.</summary>
    public int Count => CountOf(model);

    /// <summary>How many numbers a model has.</summary>
    public static int CountOf(PlacementModel model) => model switch
    {
        PlacementModel.Rigid => 6, PlacementModel.Similarity => 7, _ => 12,
    };

    /// <summary>How the place of a point changes with each number: 3 × <see cref="Count"/>, row major.</summary>
    public void Jacobian(WorldPoint p, Span<double> j)
    {
        var n = Count;
        double z = (p.Z - center.Z) / rho, y = (p.Y - center.Y) / rho, x = (p.X - center.X) / rho;
        j.Clear();
        (j[0], j[n + 1], j[2 * n + 2]) = (1, 1, 1);
        if (model == PlacementModel.Affine)
        {
            for (var r = 0; r < 3; r++)
            {
                (j[r * n + 3 + 3 * r], j[r * n + 4 + 3 * r], j[r * n + 5 + 3 * r]) = (z, y, x);
            }

            return;
        }

        // K·q for each of ω's components, K being the skew matrix of Rotation below and q = (z, y, x).
        (j[n + 3], j[2 * n + 3]) = (-x, y);
        (j[4], j[2 * n + 4]) = (x, -z);
        (j[5], j[n + 5]) = (-y, z);
        if (model == PlacementModel.Similarity)
        {
            (j[6], j[n + 6], j[2 * n + 6]) = (z, y, x);
        }
    }

    /// <summary>A placement, changed.</summary>
    /// <param name="placement">To the fixed frame.</param>
    /// <param name="step">The numbers.</param>
    public AffineTransform Apply(AffineTransform placement, ReadOnlySpan<double> step)
    {
        Span<double> l = stackalloc double[9];
        if (model == PlacementModel.Affine)
        {
            for (var i = 0; i < 9; i++)
            {
                l[i] = step[3 + i] / rho + (i % 4 == 0 ? 1 : 0);
            }
        }
        else
        {
            Rotation(step[3] / rho, step[4] / rho, step[5] / rho, l);
            var scale = model == PlacementModel.Similarity ? 1 + step[6] / rho : 1;
            foreach (ref var v in l)
            {
                v *= scale;
            }
        }

        return About(center, l, step[0], step[1], step[2]).After(placement);
    }

    /// <summary>The map p ↦ C + L·(p − C) + t.</summary>
    public static AffineTransform About(WorldPoint c, ReadOnlySpan<double> l, double tz, double ty, double tx) => new(
    [
        l[0], l[1], l[2], c.Z + tz - l[0] * c.Z - l[1] * c.Y - l[2] * c.X,
        l[3], l[4], l[5], c.Y + ty - l[3] * c.Z - l[4] * c.Y - l[5] * c.X,
        l[6], l[7], l[8], c.X + tx - l[6] * c.Z - l[7] * c.Y - l[8] * c.X,
    ]);

    /// <summary>The rotation by |ω| about ω (Rodrigues' formula), nine numbers row major.</summary>
    public static void Rotation(double z, double y, double x, Span<double> target)
    {
        var a = Math.Sqrt(z * z + y * y + x * x);
        var (s, c) = a < 1e-9 ? (1.0, 0.5) : (Math.Sin(a) / a, (1 - Math.Cos(a)) / (a * a));
        ReadOnlySpan<double> k = [0, -x, y, x, 0, -z, -y, z, 0];
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                target[3 * i + j] = (i == j ? 1 : 0) + s * k[3 * i + j] + c * (k[3 * i] * k[j] + k[3 * i + 1] * k[3 + j] + k[3 * i
                    + 2] * k[6 + j]);
            }
        }
    }
}
