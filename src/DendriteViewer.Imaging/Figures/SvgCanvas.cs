using System.Buffers;
using System.Globalization;
using System.Security;
using System.Text;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Figures;

/// <summary>
/// Draws a figure as SVG 1.1. Skia can write SVG too, but places every letter by itself and writes a halo as a second text; here each text
/// is one element that a drawing program edits and a search finds once.
/// </summary>
internal sealed class SvgCanvas : FigureCanvas
{
    private readonly StringBuilder _body = new();
    private int _clips;

    /// <summary>The whole file.</summary>
    /// <param name="width">Width in units; it is written in mm.</param>
    /// <param name="height">Height in units.</param>
    /// <param name="title">What the figure shows.</param>
    public string ToSvg(double width, double height, string title) => string.Create(CultureInfo.InvariantCulture,
        $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1"
         width="{width * Millimetre:0.####}mm" height="{height * Millimetre:0.####}mm" viewBox="0 0 {width:0.####} {height:0.####}">
        <title>{Escaped(title)}</title>
        {_body}</svg>

        """);

    private const double Millimetre = 25.4 / 96;

    /// <inheritdoc/>
    public override void Path(IReadOnlyList<FigurePoint> points, bool isClosed, Stroke? stroke, Ink? fill = null) => Add(
        $"""<path d="M{string.Join('L', points.Select(p => $"{N(p.X)} {N(p.Y)}"))}{(isClosed ? "Z" : "")}" {Fill(fill)}{Line(stroke)}/>""");

    /// <inheritdoc/>
    public override void Circle(FigurePoint center, double radius, Stroke stroke) =>
        Add($"""<circle cx="{N(center.X)}" cy="{N(center.Y)}" r="{N(radius)}" {Fill(null)}{Line(stroke)}/>""");

    /// <inheritdoc/>
    public override void Text(string text, FigurePoint at, TextStyle style)
    {
        var anchor = style.Anchor switch { TextAnchor.Middle => "middle", TextAnchor.End => "end", _ => "start" };
        var halo = style.Halo is { } h ? $"{Line(new Stroke(h, style.HaloWidth))} paint-order=\"stroke\"" : "";
        Add($"""
            <text x="{N(at.X)}" y="{N(at.Y)}" font-family="{FigureFont.Family}" font-size="{N(style.Size)}" text-anchor="{anchor}"
             {Fill(style.Ink)}{halo}>{Escaped(text)}</text>
            """);
    }

    /// <inheritdoc/>
    public override void Picture(RenderedImage image, FigureBox box)
    {
        var png = new ArrayBufferWriter<byte>();
        PngEncoder.Encode(image, png, System.IO.Compression.CompressionLevel.Optimal);
        Add($"""
            <image x="{N(box.X)}" y="{N(box.Y)}" width="{N(box.Width)}" height="{N(box.Height)}" preserveAspectRatio="none"
             xlink:href="data:image/png;base64,{Convert.ToBase64String(png.WrittenSpan)}"/>
            """);
    }

    /// <inheritdoc/>
    public override IDisposable Clip(FigureBox box)
    {
        var id = $"clip{++_clips}";
        Add($"""<clipPath id="{id}"><rect x="{N(box.X)}" y="{N(box.Y)}" width="{N(box.Width)}" height="{N(box.Height)}"/></clipPath>""");
        Add($"""<g clip-path="url(#{id})">""");
        return new End(this);
    }

    private void Add(string element) => _body.Append(element).Append('\n');

    private static string Fill(Ink? ink) => ink is not { } i ? "fill=\"none\""
        : $"fill=\"#{i.Color:x6}\"{(i.Opacity < 1 ? $" fill-opacity=\"{N(i.Opacity)}\"" : "")}";

    private static string Line(Stroke? stroke) => stroke is not { } s ? "" :
        $" stroke=\"#{s.Ink.Color:x6}\" stroke-width=\"{N(s.Width)}\" stroke-linejoin=\"round\""
        + (s.Ink.Opacity < 1 ? $" stroke-opacity=\"{N(s.Ink.Opacity)}\"" : "")
        + (s.IsDashed ? $" stroke-dasharray=\"{N(Stroke.Dash)}\"" : "");

    // XML has no control characters, not even escaped, and no halves of characters.
    private static string Escaped(string text) => SecurityElement.Escape(string.Concat(
        text.EnumerateRunes().Where(r => !Rune.IsControl(r)).Select(r => r.ToString())));

    private static string N(double v) => v.ToString("0.###", CultureInfo.InvariantCulture);

    private sealed class End(SvgCanvas canvas) : IDisposable
    {
        public void Dispose() => canvas.Add("</g>");
    }
}
