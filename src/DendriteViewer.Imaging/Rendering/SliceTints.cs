using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>Colours a row of a slice from its values.</summary>
internal delegate void RowTint(int u, int v, ReadOnlySpan<float> values, Span<byte> pixels);

/// <summary>
/// What is laid over the grey values of a slice: labels, electrolyte darker than a threshold, and stripes where nothing is known.
/// </summary>
internal static class SliceTints
{
    // Labels lie over the grey values, which are still seen through them.
    private const double LabelShare = 0.65;

    // Stripes where there is no interface to follow, in pixels and in grey.
    private const int HatchPeriod = 10, HatchWidth = 2;
    private const byte HatchLight = 96, HatchDark = 36;

    /// <summary>Amber where the electrolyte is darker than the view's threshold; null where the view has none.</summary>
    public static RowTint? Dark(SliceRequest request)
    {
        if (request is not { Dataset: { } dataset, View.Threshold: { } threshold })
        {
            return null;
        }

        var sheet = request.Sheet;
        var limit = (float)threshold;
        return (u, v, values, pixels) =>
        {
            for (var i = 0; i < values.Length; i++)
            {
                if (!(values[i] < limit))
                {
                    continue;
                }

                var p = sheet.At(u + i, v, request.Width, request.Height, request.UmPerPixel);
                var (_, across, along) = InterfaceSurface.Split(dataset.Depth.Axis, p.Z, p.Y, p.X);
                if (dataset.Depth.DepthOf(p).Um > 0 && dataset.Outline?.Contains(across, along) != false)
                {
                    const uint amber = TransferPresets.Void;
                    Blend(pixels.Slice(3 * i, 3), amber >> 16 & 255, amber >> 8 & 255, amber & 255, LabelShare);
                }
            }
        };
    }

    /// <summary>Lays the colours of a row of labels over its pixels, or in their place where the overlay says so; 0 is no label.</summary>
    public static void Labels(ReadOnlySpan<float> labels, Overlay overlay, Span<byte> pixels)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            if (!(labels[i] > 0))
            {
                continue;
            }

            var (r, g, b, opacity) = overlay.Transfer.At(labels[i]);
            if (opacity > 0)
            {
                Blend(pixels.Slice(3 * i, 3), r, g, b, overlay.Replaces ? 1 : LabelShare * Math.Min(1, 2 * opacity));
            }
        }
    }

    /// <summary>
    /// Where a slice follows the interface and none is known above or below the volume's voxels, stripes stand for the picture.
    /// </summary>
    public static void HatchUnknown(SlicePages pages, int u, int v, ReadOnlySpan<float> values, Span<byte> pixels, int channels)
    {
        if (pages.Shape is not CurvedShape shape)
        {
            return;
        }

        for (var i = 0; i < pixels.Length / channels; i++)
        {
            if (float.IsNaN(values[i]) && !shape.Geometry.IsKnown(u + i, v) && shape.IsAcross(pages.Volume, u + i, v))
            {
                pixels.Slice(channels * i, channels).Fill((u + i + v) % HatchPeriod < HatchWidth ? HatchLight : HatchDark);
            }
        }
    }

    private static void Blend(Span<byte> pixel, double r, double g, double b, double share)
    {
        pixel[0] = (byte)(pixel[0] * (1 - share) + r * share);
        pixel[1] = (byte)(pixel[1] * (1 - share) + g * share);
        pixel[2] = (byte)(pixel[2] * (1 - share) + b * share);
    }
}
