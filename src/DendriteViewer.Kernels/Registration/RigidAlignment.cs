using System.Numerics;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Registration;

/// <summary>A turn and a shift of index coordinates (z, y, x): p ↦ R·(p − c) + c + t, with R orthogonal in µm.</summary>
/// <param name="Rotation">Nine numbers, row major, in µm axes z, y, x.</param>
/// <param name="Shift">z, y, x in µm.</param>
public sealed record RigidMotion(double[] Rotation, (double Z, double Y, double X) Shift)
{
    /// <summary>No motion.</summary>
    public static RigidMotion None { get; } = new([1, 0, 0, 0, 1, 0, 0, 0, 1], default);

    /// <summary>Where a place, in µm from the centre, goes.</summary>
    public (double Z, double Y, double X) Apply(double z, double y, double x) => (
        Rotation[0] * z + Rotation[1] * y + Rotation[2] * x + Shift.Z,
        Rotation[3] * z + Rotation[4] * y + Rotation[5] * x + Shift.Y,
        Rotation[6] * z + Rotation[7] * y + Rotation[8] * x + Shift.X);

    /// <summary>Angle of the turn in degrees.</summary>
    public double AngleDeg => Math.Acos(Math.Clamp((Rotation[0] + Rotation[4] + Rotation[8] - 1) / 2, -1, 1)) * 180 / Math.PI;

    /// <summary>This motion after the opposite of a small one, given as shift and turn vectors.</summary>
    public RigidMotion AfterInverse(ReadOnlySpan<double> small)
    {
        // The inverse of p ↦ Q p + s is p ↦ Qᵀ (p − s).
        var q = Exp(small[3], small[4], small[5]);
        double[] r = new double[9], qt = [q[0], q[3], q[6], q[1], q[4], q[7], q[2], q[5], q[8]];
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                r[3 * i + j] = Rotation[3 * i] * qt[j] + Rotation[3 * i + 1] * qt[3 + j] + Rotation[3 * i + 2] * qt[6 + j];
            }
        }

        double sz = small[0], sy = small[1], sx = small[2];
        return new RigidMotion(r, (
            Shift.Z - (r[0] * sz + r[1] * sy + r[2] * sx), Shift.Y - (r[3] * sz + r[4] * sy + r[5] * sx), Shift.X - (r[6] * sz + r[7] * sy + r[8] * sx)));
    }

    // Rodrigues' formula: the rotation by |w| about w.
    private static double[] Exp(double wz, double wy, double wx)
    {
        var a = Math.Sqrt(wz * wz + wy * wy + wx * wx);
        var (s, c) = a < 1e-12 ? (1.0, 0.5) : (Math.Sin(a) / a, (1 - Math.Cos(a)) / (a * a));
        double[] k = [0, -wx, wy, wx, 0, -wz, -wy, wz, 0], r = new double[9];
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                r[3 * i + j] = (i == j ? 1 : 0) + s * k[3 * i + j] + c * (k[3 * i] * k[j] + k[3 * i + 1] * k[3 + j] + k[3 * i + 2] * k[6 + j]);
            }
        }

        return r;
    }
}

/// <summary>How well two scans lie on one another after registration.</summary>
/// <param name="Motion">From the fixed scan's places to the moving scan's, µm about the centre.</param>
/// <param name="Correlation">Of the two scans' values at the places used, −1 to 1.</param>
/// <param name="Spread">Typical difference of the values: 1.4826 times the median.</param>
/// <param name="Points">Places used.</param>
/// <param name="Gain">What the moving scan's values are multiplied by to be the fixed scan's.</param>
/// <param name="Offset">What is then added.</param>
public sealed record Alignment(RigidMotion Motion, double Correlation, double Spread, int Points, double Gain, double Offset);

/// <summary>
/// Finds how a scan lies to another by turning and shifting it until values agree at the places where the fixed scan is steep.
/// </summary>
/// <remarks>
/// Gauss–Newton with the slopes of the fixed scan, so that they are computed once (the inverse compositional form of S. Baker,
/// I. Matthews, Int. J. Comput. Vis. 56, 221, 2004); each place weighs by Tukey's biweight of its difference, so that what grew or
/// vanished between the scans does not pull. Brightness and contrast of the moving scan are fitted in each round.
/// </remarks>
public sealed class RigidAlignment
{
    private const int MostSearched = 4000;
    private const int MostSorted = 20_000;
    private readonly FeaturePoint[] _points;
    private readonly float[] _moving;
    private readonly (int Z, int Y, int X) _shape;
    private readonly (double Z, double Y, double X) _size;
    private readonly (double Z, double Y, double X) _fixedCenter;
    private readonly (double Z, double Y, double X) _movingCenter;
    private readonly float[] _values;

    /// <param name="points">Of the fixed scan.</param>
    /// <param name="fixedCenter">Index coordinates about which turns go.</param>
    /// <param name="moving">The other scan, z · y · x voxels in C order.</param>
    /// <param name="shape">Its voxels.</param>
    /// <param name="size">Edges of a voxel of both, µm.</param>
    /// <param name="movingCenter">Index coordinates of the same world point in the moving scan, before registration.</param>
    public RigidAlignment(
        FeaturePoint[] points, (double Z, double Y, double X) fixedCenter, float[] moving, (int Z, int Y, int X) shape, (double Z, double Y, double X) size,
        (double Z, double Y, double X) movingCenter)
    {
        (_points, _fixedCenter, _moving, _shape, _size, _movingCenter, _values) = (points, fixedCenter, moving, shape, size, movingCenter, new float[points.Length]);
    }

    /// <summary>The shift of at most so many voxels each way, in whole voxels, after which values correlate best; to start from.</summary>
    public RigidMotion SearchShift(int reach)
    {
        var shifts = (from z in Enumerable.Range(-reach, 2 * reach + 1) from y in Enumerable.Range(-reach, 2 * reach + 1) from x in Enumerable.Range(-reach, 2 * reach + 1) select (z, y, x)).ToArray();
        var best = (Score: double.NegativeInfinity, Shift: (0, 0, 0));
        if (_points.Length > MostSearched)
        {
            var thinned = Enumerable.Range(0, MostSearched).Select(i => _points[(long)i * _points.Length / MostSearched]).ToArray();
            return new RigidAlignment(thinned, _fixedCenter, _moving, _shape, _size, _movingCenter).SearchShift(reach);
        }

        foreach (var s in shifts.OrderBy(s => s.z * s.z + s.y * s.y + s.x * s.x))
        {
            var motion = new RigidMotion(RigidMotion.None.Rotation, (s.z * _size.Z, s.y * _size.Y, s.x * _size.X));
            Sample(motion);
            var c = Correlate(null).Correlation;
            if (c > best.Score + 1e-9)
            {
                best = (c, s);
            }
        }

        return new RigidMotion(RigidMotion.None.Rotation, (best.Shift.Item1 * _size.Z, best.Shift.Item2 * _size.Y, best.Shift.Item3 * _size.X));
    }

    /// <summary>Improves a motion until it changes by less than a thousandth of a voxel.</summary>
    /// <param name="start">What to begin with.</param>
    /// <param name="rounds">At most so many rounds.</param>
    /// <param name="solve">Solves the symmetric 6 × 6 equations A x = b; null where they are singular.</param>
    public Alignment Improve(RigidMotion start, int rounds, Func<double[,], double[], double[]?> solve)
    {
        var motion = start;
        var state = (Correlation: 0.0, Gain: 1.0, Offset: 0.0, Spread: 0.0);
        for (var round = 0; round < rounds; round++)
        {
            Sample(motion);
            state = Fit();
            var (a, b) = Equations(state.Gain, state.Offset, state.Spread);
            if (solve(a, b) is not { } step)
            {
                break;
            }

            motion = motion.AfterInverse(step);
            var reach = Math.Max(_fixedCenter.Z * _size.Z, Math.Max(_fixedCenter.Y * _size.Y, _fixedCenter.X * _size.X));
            if (step.Take(3).Max(Math.Abs) + reach * step.Skip(3).Max(Math.Abs) < 1e-3 * Math.Min(_size.Z, Math.Min(_size.Y, _size.X)))
            {
                break;
            }
        }

        Sample(motion);
        state = Fit();
        return new Alignment(motion, state.Correlation, state.Spread, _values.Count(v => !float.IsNaN(v)), state.Gain, state.Offset);
    }

    /// <summary>
    /// What displacement would still improve the agreement in each cell of a grid over the fixed scan, z y x in µm: the local
    /// misregistration. Null where a cell has too few places to tell.
    /// </summary>
    public (double Z, double Y, double X)?[] Local(RigidMotion motion, (int Z, int Y, int X) cells, (int Z, int Y, int X) fixedShape, int leastPoints)
    {
        Sample(motion);
        var (_, gain, offset, spread) = Fit();
        var n = cells.Z * cells.Y * cells.X;
        var sums = new double[n, 9];
        var counts = new int[n];
        for (var i = 0; i < _points.Length; i++)
        {
            if (float.IsNaN(_values[i]))
            {
                continue;
            }

            ref readonly var p = ref _points[i];
            var r = gain * _values[i] + offset - p.Value;
            var w = Tukey(r, spread);
            var cell = (p.Z * cells.Z / fixedShape.Z * cells.Y + p.Y * cells.Y / fixedShape.Y) * cells.X + p.X * cells.X / fixedShape.X;
            double gz = p.Gz / _size.Z, gy = p.Gy / _size.Y, gx = p.Gx / _size.X;
            counts[cell] += w > 0 ? 1 : 0;
            ReadOnlySpan<double> add = [gz * gz, gz * gy, gz * gx, gy * gy, gy * gx, gx * gx, gz * r, gy * r, gx * r];
            for (var k = 0; k < 9; k++)
            {
                sums[cell, k] += w * add[k];
            }
        }

        var result = new (double, double, double)?[n];
        for (var c = 0; c < n; c++)
        {
            double a = sums[c, 0], b = sums[c, 1], d = sums[c, 2], e = sums[c, 3], f = sums[c, 4], g = sums[c, 5];
            double p = sums[c, 6], q = sums[c, 7], r = sums[c, 8];
            var det = a * (e * g - f * f) - b * (b * g - f * d) + d * (b * f - e * d);
            if (counts[c] >= leastPoints && det > 1e-9 * Math.Pow((a + e + g) / 3, 3))
            {
                // Cramer's rule; the moving scan lies off by the opposite of what its values should move by.
                result[c] = (
                    -(p * (e * g - f * f) - b * (q * g - f * r) + d * (q * f - e * r)) / det,
                    -(a * (q * g - f * r) - p * (b * g - f * d) + d * (b * r - q * d)) / det,
                    -(a * (e * r - q * f) - b * (b * r - q * d) + p * (b * f - e * d)) / det);
            }
        }

        return result;
    }

    private void Sample(RigidMotion motion) => Parallel.For(0, (_points.Length + 8191) / 8192, ComputeLane.Options(), chunk =>
    {
        for (var i = chunk * 8192; i < Math.Min(_points.Length, (chunk + 1) * 8192); i++)
        {
            ref readonly var p = ref _points[i];
            var (z, y, x) = motion.Apply((p.Z - _fixedCenter.Z) * _size.Z, (p.Y - _fixedCenter.Y) * _size.Y, (p.X - _fixedCenter.X) * _size.X);
            _values[i] = Value(z / _size.Z + _movingCenter.Z, y / _size.Y + _movingCenter.Y, x / _size.X + _movingCenter.X);
        }
    });

    // Trilinear over values smoothed by (1, 2, 1) in each axis, as the fixed scan's are: a tent of two voxels each way.
    private float Value(double z, double y, double x)
    {
        if (!(z >= 2 && y >= 2 && x >= 2 && z < _shape.Z - 3 && y < _shape.Y - 3 && x < _shape.X - 3))
        {
            return float.NaN;
        }

        int kz = (int)z, ky = (int)y, kx = (int)x;
        Vector4 wz = Taps((float)(z - kz)), wy = Taps((float)(y - ky)), wx = Taps((float)(x - kx));
        var sum = 0f;
        for (var a = 0; a < 4; a++)
        {
            for (var b = 0; b < 4; b++)
            {
                var row = ((long)(kz + a - 1) * _shape.Y + ky + b - 1) * _shape.X + kx - 1;
                sum += wz[a] * wy[b] * Vector4.Dot(wx, new Vector4(_moving.AsSpan((int)row, 4)));
            }
        }

        return sum;
    }

    // (1, 2, 1)/4 at k and at k + 1, mixed.
    private static Vector4 Taps(float t) => new Vector4(1 - t, 2 - t, 1 + t, t) / 4;

    // Gain and offset that bring the moving values to the fixed ones, and how far they then are off.
    private (double Correlation, double Gain, double Offset, double Spread) Fit()
    {
        var off = new List<float>(MostSorted);
        var every = Math.Max(1, _values.Length / MostSorted);
        var spread = double.PositiveInfinity;
        var fit = (Correlation: 0.0, Gain: 1.0, Offset: 0.0);
        for (var round = 0; round < 3; round++)
        {
            fit = Correlate(double.IsPositiveInfinity(spread) ? null : (fit.Gain, fit.Offset, spread));
            off.Clear();
            for (var i = 0; i < _values.Length; i += every)
            {
                if (!float.IsNaN(_values[i]))
                {
                    off.Add(Math.Abs((float)(fit.Gain * _values[i] + fit.Offset - _points[i].Value)));
                }
            }

            off.Sort();
            spread = off.Count == 0 ? 0 : 1.4826 * off[off.Count / 2];
        }

        return (fit.Correlation, fit.Gain, fit.Offset, spread);
    }

    private (double Correlation, double Gain, double Offset) Correlate((double Gain, double Offset, double Spread)? weighted)
    {
        double n = 0, m = 0, f = 0, mm = 0, ff = 0, mf = 0;
        for (var i = 0; i < _values.Length; i++)
        {
            double a = _values[i], b = _points[i].Value;
            if (double.IsNaN(a))
            {
                continue;
            }

            var w = weighted is var (gain, offset, spread) ? Tukey(gain * a + offset - b, spread) : 1;
            n += w;
            m += w * a;
            f += w * b;
            mm += w * a * a;
            ff += w * b * b;
            mf += w * a * b;
        }

        if (n == 0)
        {
            return (0, 1, 0);
        }

        double vm = mm / n - m / n * (m / n), vf = ff / n - f / n * (f / n), c = mf / n - m / n * (f / n);
        if (vm <= 0 || vf <= 0)
        {
            return (0, 1, 0);
        }

        // The gain that treats both as noisy; a regression's would shrink contrast while the scans are still apart.
        var g = c > 0 ? Math.Sqrt(vf / vm) : 1;
        return (c / Math.Sqrt(vm * vf), g, f / n - g * (m / n));
    }

    private (double[,] A, double[] B) Equations(double gain, double offset, double spread)
    {
        var a = new double[6, 6];
        var b = new double[6];
        Span<double> j = stackalloc double[6];
        for (var i = 0; i < _points.Length; i++)
        {
            if (float.IsNaN(_values[i]))
            {
                continue;
            }

            ref readonly var p = ref _points[i];
            var r = gain * _values[i] + offset - p.Value;
            var w = Tukey(r, spread);
            if (w == 0)
            {
                continue;
            }

            double gz = p.Gz / _size.Z, gy = p.Gy / _size.Y, gx = p.Gx / _size.X;
            double z = (p.Z - _fixedCenter.Z) * _size.Z, y = (p.Y - _fixedCenter.Y) * _size.Y, x = (p.X - _fixedCenter.X) * _size.X;
            (j[0], j[1], j[2]) = (gz, gy, gx);

            // A turn w moves p by w × p in (z, y, x) order: g·(w × p) = w·(p × g).
            (j[3], j[4], j[5]) = (y * gx - x * gy, x * gz - z * gx, z * gy - y * gz);
            for (var k = 0; k < 6; k++)
            {
                b[k] += w * j[k] * r;
                for (var l = k; l < 6; l++)
                {
                    a[k, l] += w * j[k] * j[l];
                }
            }
        }

        for (var k = 0; k < 6; k++)
        {
            for (var l = 0; l < k; l++)
            {
                a[k, l] = a[l, k];
            }
        }

        return (a, b);
    }

    private static double Tukey(double r, double spread)
    {
        var t = r / (4.685 * Math.Max(spread, 1e-9));
        return Math.Abs(t) < 1 ? (1 - t * t) * (1 - t * t) : 0;
    }
}
