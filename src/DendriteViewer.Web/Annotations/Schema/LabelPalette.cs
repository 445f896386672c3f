namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>
/// Colours of labels. They are of Paul Tol's "light" scheme (SRON/EPS/TN/09-002), which is made to be told apart by readers with any common
/// colour blindness, without its cyan, since cyan is lithium here. All are light, so that they are seen on their dark halo.
/// </summary>
public static class LabelPalette
{
    /// <summary>Each colour and its name.</summary>
    public static readonly IReadOnlyList<(string Value, string Name)> Colors =
    [
        ("#77aadd", "Light blue"), ("#eedd88", "Light yellow"), ("#ffaabb", "Pink"), ("#44bb99", "Mint"), ("#bbcc33", "Pear"),
        ("#ee8866", "Salmon"), ("#aaaa00", "Olive"), ("#dddddd", "Pale grey"),
    ];

    /// <summary>The name of a colour; the colour itself where it is none of them.</summary>
    public static string NameOf(string? value) => Colors.FirstOrDefault(c => c.Value == value).Name ?? value ?? "";

    /// <summary>The first colour that no label has, or the one that follows.</summary>
    public static string Next(AnnotationSchema schema) =>
        Colors.Select(c => c.Value).FirstOrDefault(c => schema.Labels.All(l => l.Retired || l.Color != c))
        ?? Colors[schema.Labels.Count % Colors.Count].Value;
}
