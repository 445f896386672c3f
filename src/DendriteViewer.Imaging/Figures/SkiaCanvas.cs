using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Rendering;
using SkiaSharp;

namespace DendriteViewer.Imaging.Figures;

/// <summary>Draws a figure by Skia: on pixels, or on a page of PDF. The canvas has been scaled to units of 1/96 inch.</summary>
internal sealed class SkiaCanvas(SKCanvas canvas) : FigureCanvas
{
    /// <inheritdoc/>
    public override void Path(IReadOnlyList<FigurePoint> points, bool isClosed, Stroke? stroke, Ink? fill = null)
    {
        using var builder = new SKPathBuilder();
        builder.AddPoly([.. points.Select(p => new SKPoint((float)p.X, (float)p.Y))], isClosed);
        using var path = builder.Detach();
        if (fill is { } ink)
        {
            using var paint = PaintOf(ink);
            canvas.DrawPath(path, paint);
        }

        if (stroke is { } line)
        {
            using var paint = PaintOf(line);
            canvas.DrawPath(path, paint);
        }
    }

    /// <inheritdoc/>
    public override void Circle(FigurePoint center, double radius, Stroke stroke)
    {
        using var paint = PaintOf(stroke);
        canvas.DrawCircle((float)center.X, (float)center.Y, (float)radius, paint);
    }

    /// <inheritdoc/>
    public override void Text(string text, FigurePoint at, TextStyle style)
    {
        using var font = FigureFont.Of(style.Size);
        var align = style.Anchor switch { TextAnchor.Middle => SKTextAlign.Center, TextAnchor.End => SKTextAlign.Right,
            _ => SKTextAlign.Left };
        if (style.Halo is { } halo)
        {
            // As a shape: in a PDF the letters would else be found twice.
            var left = at.X - FigureFont.Measure(text, style.Size) * style.Anchor switch { TextAnchor.Middle => 0.5, TextAnchor.End => 1,
                _ => 0 };
            using var around = font.GetTextPath(text, new SKPoint((float)left, (float)at.Y));
            using var border = PaintOf(new Stroke(halo, style.HaloWidth));
            canvas.DrawPath(around, border);
        }

        using var paint = PaintOf(style.Ink);
        canvas.DrawText(text, (float)at.X, (float)at.Y, align, font, paint);
    }

    /// <inheritdoc/>
    public override void Picture(RenderedImage image, FigureBox box)
    {
        using var pixels = ImageOf(image);
        canvas.DrawImage(
            pixels, SKRect.Create((float)box.X, (float)box.Y, (float)box.Width, (float)box.Height),
                new SKSamplingOptions(SKFilterMode.Nearest));
    }

    /// <inheritdoc/>
    public override IDisposable Clip(FigureBox box)
    {
        var restore = new SKAutoCanvasRestore(canvas, doSave: true);
        canvas.ClipRect(SKRect.Create((float)box.X, (float)box.Y, (float)box.Width, (float)box.Height));
        return restore;
    }

    private static SKImage ImageOf(RenderedImage image)
    {
        if (image.Layout == PixelLayout.Rgb)
        {
            // Skia knows no pixels of three bytes.
            var wide = new byte[4 * image.Width * image.Height];
            var narrow = image.Pixels.Span;
            for (int i = 0, o = 0; o < wide.Length; i += 3, o += 4)
            {
                (wide[o], wide[o + 1], wide[o + 2], wide[o + 3]) = (narrow[i], narrow[i + 1], narrow[i + 2], 255);
            }

            return SKImage.FromPixelCopy(new SKImageInfo(image.Width, image.Height, SKColorType.Rgb888x, SKAlphaType.Opaque), wide);
        }

        var type = image.Layout == PixelLayout.Grey ? SKColorType.Gray8 : SKColorType.Rgb888x;
        return SKImage.FromPixelCopy(new SKImageInfo(image.Width, image.Height, type, SKAlphaType.Opaque), image.Pixels.Span);
    }

    private static SKPaint PaintOf(Ink ink) => new()
    {
        IsAntialias = true, Color = new SKColor((byte)(ink.Color >> 16), (byte)(ink.Color >> 8), (byte)ink.Color,
            (byte)Math.Round(255 * ink.Opacity)),
    };

    private static SKPaint PaintOf(Stroke stroke)
    {
        var paint = PaintOf(stroke.Ink);
        (paint.Style, paint.StrokeWidth, paint.StrokeJoin) = (SKPaintStyle.Stroke, (float)stroke.Width, SKStrokeJoin.Round);
        if (stroke.IsDashed)
        {
            paint.PathEffect = SKPathEffect.CreateDash([(float)Stroke.Dash, (float)Stroke.Dash], 0);
        }

        return paint;
    }
}
