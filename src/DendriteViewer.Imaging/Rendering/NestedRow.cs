using DendriteViewer.Kernels.ColorMapping;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>Lays a finer scan over a slice: its colours by its own window where it has voxels, and what was there elsewhere.</summary>
internal static class NestedRow
{
    /// <summary>Colours rows of a finer scan's values, NaN outside of it, into a picture.</summary>
    /// <param name="image">The picture, grey or of three channels.</param>
    /// <param name="map">The slices' colours.</param>
    /// <param name="look">The finer scan's window.</param>
    public static SliceRow Over(RenderedImage image, ColorMap map, NestedLook look)
    {
        var (low, high) = ((float)look.WindowLow, (float)look.WindowHigh);
        var channels = RenderedImage.Channels(image.Layout);
        return (u, v, values) =>
        {
            // A row crosses the field in one run, since a box is convex; along a curved sheet it may have holes.
            var (from, to) = (0, values.Length);
            while (from < to && float.IsNaN(values[from]))
            {
                from++;
            }

            while (to > from && float.IsNaN(values[to - 1]))
            {
                to--;
            }

            if (from == to)
            {
                return;
            }

            var inside = values[from..to];
            Span<byte> colors = stackalloc byte[channels * inside.Length];
            if (channels == 1)
            {
                WindowKernel.ToGrey(inside, low, high, 0, colors);
                if (map.IsInverted)
                {
                    WindowKernel.Invert(colors);
                }
            }
            else
            {
                WindowKernel.ToRgb(inside, low, high, map.Colors, SliceRenderer.Outside, colors);
            }

            var pixels = image.Pixels.Span.Slice(channels * (v * image.Width + u + from), colors.Length);
            for (var i = 0; i < inside.Length; i++)
            {
                if (!float.IsNaN(inside[i]))
                {
                    colors.Slice(channels * i, channels).CopyTo(pixels[(channels * i)..]);
                }
            }
        };
    }
}
