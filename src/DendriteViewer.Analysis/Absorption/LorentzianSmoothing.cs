using System.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace DendriteViewer.Analysis.Absorption;

/// <summary>Smooths a curve on energies that are not equally spaced, as Larch's <c>smooth</c> does.</summary>
internal static class LorentzianSmoothing
{
    /// <summary>
    /// Convolves with a Lorentzian of a half width, on a grid as fine as that width, and goes back to the energies by straight lines. The
    /// curve is mirrored at both ends.
    /// </summary>
    public static double[] Smooth(ReadOnlySpan<double> energies, double[] values, double width)
    {
        var from = width * Math.Truncate((energies[0] - 5 * width) / width);
        var to = width * Math.Truncate((energies[^1] + 5 * width) / width);
        var points = Math.Min(1 + (int)(Math.Abs(to - from + width * 0.1) / width), 50 * values.Length);
        var step = (to - from) / (points - 1);
        var grid = new double[points];
        for (int i = 0, near = 0; i < points; i++)
        {
            grid[i] = Lines.At(energies, values, from + i * step, ref near);
        }

        var mirrored = new double[3 * points - 1];
        for (var i = 0; i < mirrored.Length; i++)
        {
            mirrored[i] = i < points - 1 ? grid[points - 1 - i]
                : i < 2 * points - 1 ? grid[i - (points - 1)] : grid[points - 1 - (i - (2 * points - 1))];
        }

        var window = new double[2 * points];
        for (var i = 0; i < window.Length; i++)
        {
            window[i] = 1 / (1 + Math.Pow(i - points, 2));
        }

        var sum = window.Sum();
        var smooth = Convolve(mirrored, window, points);
        var result = new double[energies.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var place = Math.Clamp((energies[i] - from) / step, 0, points - 1);
            var below = Math.Min((int)place, points - 2);
            result[i] = (smooth[below] + (place - below) * (smooth[below + 1] - smooth[below])) / sum;
        }

        return result;
    }

    // The part of a convolution where the window lies inside the data wholly; by Fourier transforms, since the window is as long as a scan.
    private static double[] Convolve(double[] data, double[] window, int count)
    {
        var size = 1;
        while (size < data.Length + window.Length)
        {
            size *= 2;
        }

        var (product, factor) = (new Complex[size], new Complex[size]);
        for (var i = 0; i < size; i++)
        {
            product[i] = i < data.Length ? data[i] : 0;
            factor[i] = i < window.Length ? window[i] : 0;
        }

        Fourier.Forward(product, FourierOptions.AsymmetricScaling);
        Fourier.Forward(factor, FourierOptions.AsymmetricScaling);
        for (var i = 0; i < size; i++)
        {
            product[i] *= factor[i];
        }

        Fourier.Inverse(product, FourierOptions.AsymmetricScaling);
        return [.. Enumerable.Range(window.Length - 1, count).Select(i => product[i].Real)];
    }
}
