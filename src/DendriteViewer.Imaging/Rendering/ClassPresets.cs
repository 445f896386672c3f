using System.Globalization;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// Transfer functions for a scan of which nothing is known but its values: air is transparent, and what is denser is lighter, grey to
/// white. A class is the more transparent the more of it lies on a line of sight, so that a wall or a casing does not hide what is in it.
/// </summary>
public static class ClassPresets
{
    /// <summary>All that is not air.</summary>
    public const string All = TransferPresets.All;

    /// <summary>What is around the sample and in its pores.</summary>
    public const string Air = "air";

    /// <summary>What is neither air nor the densest.</summary>
    public const string Soft = "soft";

    /// <summary>The densest class.</summary>
    public const string Dense = "dense";

    // Optical depths of a class on its mean path: of what lies around the rest, and of what is spread through a sample without pores. The
    // more of the sample is pores, through which one looks in, the more solid the rest is drawn.
    private const double Casing = 0.35, Spread = 1.5, MostDepth = 30;

    /// <summary>The presets of a scan: soft only where there is something between air and the densest.</summary>
    public static IReadOnlyList<string> NamesOf(ScanClasses classes) => classes.Visible.Count() switch
    {
        0 or 1 when classes.Air < 0 => [All],
        0 or 1 => [All, Air],
        _ => [All, Air, Soft, Dense],
    };

    /// <summary>What the colours of a preset mean: each class that is seen, with the values that it holds.</summary>
    /// <param name="name">A name of <see cref="NamesOf"/>.</param>
    /// <param name="classes">The scan's classes.</param>
    public static IReadOnlyList<(int Color, string Meaning)> LegendOf(string name, ScanClasses classes)
    {
        var visible = classes.Visible.ToArray();
        var count = classes.Classes.Count;
        return [.. ShownOf(name, classes).Select(c => (Grey(Array.IndexOf(visible, c), visible.Length), NameOf(c) + ValuesOf(c)))];

        // Several classes between air and the densest are counted, so that no two entries have one name.
        string NameOf(int c) => c == classes.Air ? Air : c == visible[^1] ? Dense
            : visible.Length == 2 ? Soft : $"{Soft} {Array.IndexOf(visible, c) + 1}";

        string ValuesOf(int c)
        {
            var (from, to) = (Rounded(classes.Classes[c].From), Rounded(classes.Classes[c].To));
            return count == 1 ? "" : c == 0 ? $", below {to}" : c == count - 1 ? $", above {from}" : $", {from} to {to}";
        }
    }

    // Three digits are as near as a threshold is known.
    private static string Rounded(double value)
    {
        var unit = value == 0 ? 1 : Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - 2);
        return (Math.Round(value / unit) * unit).ToString("G7", CultureInfo.InvariantCulture);
    }

    private static int[] ShownOf(string name, ScanClasses classes)
    {
        var visible = classes.Visible.ToArray();
        return name switch { Air => [classes.Air], Soft => visible[..^1], Dense => visible[^1..], _ => visible };
    }

    /// <summary>A preset, or null where the scan has none of that name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="classes">The scan's classes.</param>
    /// <param name="padding">The value of the padding, which is never seen; null for none.</param>
    public static TransferFunction? Find(string name, ScanClasses classes, double? padding)
    {
        if (!NamesOf(classes).Contains(name))
        {
            return null;
        }

        var visible = classes.Visible.ToArray();
        var shown = ShownOf(name, classes);
        var points = new List<TransferPoint>();
        for (var c = 0; c < classes.Classes.Count; c++)
        {
            if (c > 0)
            {
                // Between two classes the fainter of the two goes on, so that an edge between air and bone is no shell of its own.
                var (a, b) = (Look(c - 1), Look(c));
                var color = a.Opacity < b.Opacity ? b.Color : a.Color;
                points.Add(new TransferPoint(classes.Classes[c].From, color, Math.Min(a.Opacity, b.Opacity)));
            }

            var look = Look(c);
            points.Add(new TransferPoint(classes.Classes[c].Mean, look.Color, look.Opacity));
        }

        return TransferFunction.Of(padding is { } p ? Without(points, p, classes) : points);

        (int Color, double Opacity) Look(int c) => (
            Grey(Array.IndexOf(visible, c), visible.Length),
            Array.IndexOf(shown, c) < 0 ? 0 : OpacityOf(classes.Classes[c], name == Air ? 1 - classes.Fill : classes.Fill));
    }

    // So that the class's mean path has the optical depth that it should.
    private static double OpacityOf(ScanClass c, double fill)
    {
        var spread = Math.Min(Spread / Math.Pow(Math.Max(fill, 1e-3), 1.5), MostDepth);
        var depth = Casing + (spread - Casing) * Math.Clamp((c.Inward - 0.1) / 0.2, 0, 1);
        return 1 - Math.Exp(-depth / Math.Max(c.PathVoxels, 1));
    }

    // Grey to white by rank; white where there is one class alone.
    private static int Grey(int rank, int count)
    {
        var level = rank < 0 ? 0xC8 : count == 1 ? 0xF0 : (int)Math.Round(0xB8 + (0xFF - 0xB8) * (double)rank / (count - 1));
        return level << 16 | level << 8 | level;
    }

    // A notch at the padding's value, where a class lies on both sides of it.
    private static IEnumerable<TransferPoint> Without(List<TransferPoint> points, double padding, ScanClasses classes)
    {
        var function = TransferFunction.Of(points);
        if (function.At(padding).Opacity == 0)
        {
            return points;
        }

        var width = (classes.Classes[^1].To - classes.Classes[0].From) / 500;
        var color = points.MinBy(p => Math.Abs(p.Value - padding)).Color;
        return
        [
            .. points.Where(p => Math.Abs(p.Value - padding) > 2 * width),
            Edge(-2), new TransferPoint(padding - width, color, 0), new TransferPoint(padding + width, color, 0), Edge(2),
        ];

        TransferPoint Edge(int widths) => new(padding + widths * width, color, function.At(padding + widths * width).Opacity);
    }
}
