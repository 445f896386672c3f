using DendriteViewer.Kernels.ColorMapping;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// A colour table of 256 entries, interpolated in sRGB between published anchor colours. All are fit for colour-blind readers: but for the
/// diverging one their lightness only rises, so that order is seen without any hue, and the diverging one goes from cyan to amber, which no
/// common colour blindness takes for each other. Each may be turned around: its name then ends with <see cref="InvertedSuffix"/>.
/// </summary>
public sealed class ColorMap
{
    /// <summary>What the name of a map that is turned around ends with.</summary>
    public const string InvertedSuffix = "-inverted";

    private readonly ColorMap? _other;

    private ColorMap(string name, params int[] anchors)
    {
        Name = name;
        Colors = new Rgb[256];
        for (var i = 0; i < 256; i++)
        {
            var at = i / 255.0 * (anchors.Length - 1);
            var k = Math.Min((int)at, anchors.Length - 2);
            Colors[i] = new Rgb(Mix(16), Mix(8), Mix(0));

            byte Mix(int shift) => (byte)Math.Round(
                ((anchors[k] >> shift) & 255) * (1 - (at - k)) + ((anchors[k + 1] >> shift) & 255) * (at - k));
        }

        _other = new ColorMap(this);
    }

    private ColorMap(ColorMap upright)
    {
        (Name, _other, IsInverted) = (upright.Name + InvertedSuffix, upright, true);
        Colors = [.. Enumerable.Reverse(upright.Colors)];
    }

    /// <summary>Grey, viridis, inferno, cividis and a diverging map from cyan over grey to amber.</summary>
    public static IReadOnlyList<ColorMap> All { get; } =
    [
        new("grey", 0x000000, 0xffffff),
        new("viridis", 0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725),
        new("inferno", 0x000004, 0x210c4a, 0x57106e, 0x8a226a, 0xbc3754, 0xe45a31, 0xf98e09, 0xf9cb35, 0xfcffa4),
        new("cividis", 0x00224e, 0x123570, 0x3b496c, 0x575d6d, 0x707173, 0x8a8678, 0xa59c74, 0xc3b369, 0xe1cc55, 0xfee838),
        new("diverging", 0x00677f, 0x2fb5d2, 0xa9dbe6, 0xf2f2f2, 0xf2cf95, 0xe09f3e, 0x8a5300),
    ];

    /// <summary>
    /// Of differences: cyan where the timestep shown is darker than the other, amber where it is brighter, near white where they agree.
    /// </summary>
    public static ColorMap Difference => Find("diverging");

    /// <summary>Black to white.</summary>
    public static ColorMap Grey => All[0];

    /// <summary>What links and menus call it.</summary>
    public string Name { get; }

    /// <summary>256 colours.</summary>
    public Rgb[] Colors { get; }

    /// <summary>Whether the map is one of <see cref="All"/> turned around.</summary>
    public bool IsInverted { get; }

    /// <summary>The same map turned around.</summary>
    public ColorMap Inverted => _other!;

    /// <summary>Whether the map is black to white, so that a picture needs one byte a pixel.</summary>
    public bool IsGrey => ReferenceEquals(this, Grey);

    /// <summary>The map of a name, turned around where the name says so; or grey.</summary>
    public static ColorMap Find(string? name) => TryFind(name) ?? Grey;

    /// <summary>The map of a name, turned around where the name says so; or null.</summary>
    public static ColorMap? TryFind(string? name)
    {
        foreach (var map in All)
        {
            if (map.Name == name || map.Inverted.Name == name)
            {
                return map.Name == name ? map : map.Inverted;
            }
        }

        return null;
    }
}
