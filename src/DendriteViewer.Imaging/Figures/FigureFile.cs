using System.Text;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Rendering;
using SkiaSharp;

namespace DendriteViewer.Imaging.Figures;

/// <summary>Writes figures: PNG as pixels; SVG and PDF with text as text, lines as lines, and each picture as the pixels that were
/// drawn.</summary>
public static class FigureFile
{
    private const float PointsPerUnit = 0.75f;

    // Anything above 100 keeps pictures lossless.
    private const int Lossless = 101;

    /// <summary>Formats by the name of their ending, with their media types.</summary>
    public static readonly IReadOnlyDictionary<string, string> MediaTypes = new Dictionary<string, string>
    {
        ["png"] = "image/png", ["svg"] = "image/svg+xml", ["pdf"] = "application/pdf",
    };

    /// <summary>Writes a figure.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="format">png, svg or pdf.</param>
    /// <param name="target">Takes the file's bytes.</param>
    /// <exception cref="ArgumentException">No such format.</exception>
    public static void Write(RenderedFigure figure, string format, Stream target)
    {
        var plan = figure.Plan;
        switch (format)
        {
            case "png":
                using (var pixels = Pixels(figure))
                {
                    PictureFile.WriteFigure(pixels, plan.Scale * FigureSize.UnitsPerInch, target, figure.Description);
                }

                break;
            case "svg":
                var svg = new SvgCanvas();
                figure.Draw(svg);
                target.Write(Encoding.UTF8.GetBytes(svg.ToSvg(plan.Width, plan.Height, figure.Description)));
                break;
            case "pdf":
                var about = new SKDocumentPdfMetadata
                {
                    Title = figure.Description, Creator = "DendriteViewer", RasterDpi = (float)(plan.Scale * FigureSize.UnitsPerInch),
                        EncodingQuality = Lossless,
                };
                using (var document = SKDocument.CreatePdf(target, about))
                {
                    var page = document.BeginPage((float)plan.Width * PointsPerUnit, (float)plan.Height * PointsPerUnit);
                    page.Scale(PointsPerUnit);
                    figure.Draw(new SkiaCanvas(page));
                    document.EndPage();
                    document.Close();
                }

                break;
            default:
                throw new ArgumentException($"'{format}' is no format of figures; use {string.Join(", ", MediaTypes.Keys)}.");
        }
    }

    /// <summary>The figure as pixels.</summary>
    public static RenderedImage Pixels(RenderedFigure figure)
    {
        var plan = figure.Plan;
        using var surface = SKSurface.Create(new SKImageInfo(plan.WidthPixels, plan.HeightPixels, SKColorType.Rgb888x, SKAlphaType.Opaque));
        surface.Canvas.Scale((float)plan.Scale);
        figure.Draw(new SkiaCanvas(surface.Canvas));
        surface.Canvas.Flush();
        var image = new RenderedImage(plan.WidthPixels, plan.HeightPixels, PixelLayout.Rgbx);
        using var drawn = surface.PeekPixels();
        drawn.GetPixelSpan().CopyTo(image.Pixels.Span);
        return image;
    }
}
