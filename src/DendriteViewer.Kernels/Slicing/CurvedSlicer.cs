using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// Draws curved sheets through a volume, tiles over all cores, one pixel at a time by <see cref="SliceScalar.At"/>: the same samples as
/// plain slices take. Of a flat sheet it is the plain slice.
/// </summary>
public static class CurvedSlicer
{
    private const int Tile = 32;

    /// <summary>The value of pixel (u, v); NaN where the sheet is not known or lies outside the volume.</summary>
    public static float Pixel(PagedVolume volume, CurvedSliceGeometry sheet, int u, int v)
    {
        var height = sheet.IsInside(u, v) ? sheet.HeightAt(u, v) : float.NaN;
        if (float.IsNaN(height))
        {
            return float.NaN;
        }

        Vector3 along = sheet.Along, step = sheet.SlabStep * along;
        var p = (Vector3)sheet.Origin + u * (Vector3)sheet.Right + v * (Vector3)sheet.Down + height * along
            - (sheet.SlabSamples - 1) * 0.5f * step;
        var (sum, least, most, n) = (0f, float.PositiveInfinity, float.NegativeInfinity, 0);
        for (var s = 0; s < sheet.SlabSamples; s++, p += step)
        {
            var value = SliceScalar.At(volume, p.Z, p.Y, p.X, sheet.Interpolation);
            if (!float.IsNaN(value))
            {
                (sum, least, most, n) = (sum + value, MathF.Min(least, value), MathF.Max(most, value), n + 1);
            }
        }

        return n == 0 ? float.NaN : sheet.Mode switch { SlabMode.Minimum => least, SlabMode.Maximum => most, _ => sum / n };
    }

    /// <summary>Samples a sheet; every row of every tile goes to <paramref name="row"/>, from several threads.</summary>
    /// <param name="volume">What is sliced; where bricks are missing, coarser ones stand in.</param>
    /// <param name="sheet">The sheet, in index coordinates of the volume's grid.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="row">Takes the values.</param>
    /// <param name="superseded">Stops between tiles.</param>
    /// <returns>False where <paramref name="superseded"/> was signalled; the slice is then incomplete.</returns>
    public static bool Render(
        PagedVolume volume, CurvedSliceGeometry sheet, int width, int height, SliceRow row, CancellationToken superseded = default)
    {
        var across = (width + Tile - 1) / Tile;
        var tiles = across * ((height + Tile - 1) / Tile);
        Parallel.For(0, tiles, ComputeLane.Options(), (tile, loop) =>
        {
            ComputeLane.GiveWay();
            if (superseded.IsCancellationRequested)
            {
                loop.Stop();
                return;
            }

            int u0 = tile % across * Tile, v0 = tile / across * Tile;
            Span<float> values = stackalloc float[Math.Min(Tile, width - u0)];
            for (var v = v0; v < Math.Min(v0 + Tile, height); v++)
            {
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = Pixel(volume, sheet, u0 + i, v);
                }

                row(u0, v, values);
            }
        });
        return !superseded.IsCancellationRequested;
    }
}
