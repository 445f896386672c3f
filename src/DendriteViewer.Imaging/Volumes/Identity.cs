using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DendriteViewer.Imaging.Volumes;

/// <summary>Name of a dataset in the store and in addresses: lower case letters, digits and single hyphens, at most 64.</summary>
public readonly partial record struct DatasetId
{
    private readonly string? _value;

    private DatasetId(string value) => _value = value;

    /// <summary>The text.</summary>
    public string Value => _value ?? throw new InvalidOperationException("The dataset id was never set.");

    /// <summary>Reads an id; false where the text is none.</summary>
    public static bool TryParse(string? text, out DatasetId id)
    {
        var ok = text is not null && Pattern().IsMatch(text);
        id = ok ? new DatasetId(text!) : default;
        return ok;
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static DatasetId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is no dataset id: use lower case letters, digits and hyphens, at most 64, starting with a letter or digit.");

    /// <summary>An id made from a name: what is neither letter nor digit becomes a hyphen.</summary>
    public static DatasetId FromName(string name)
    {
        var b = new StringBuilder();
        foreach (var c in name.ToLowerInvariant().Normalize(NormalizationForm.FormD))
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                b.Append(c);
            }
            else if (b.Length > 0 && b[^1] != '-' && char.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                b.Append('-');
            }
        }

        var text = b.ToString(0, Math.Min(b.Length, 64)).Trim('-');
        return new DatasetId(text.Length > 0 ? text : "dataset");
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9]|-(?!-)){0,63}(?<!-)$")]
    private static partial Regex Pattern();
}

/// <summary>Which volume of a dataset: how it was taken, and when, in hours of plating.</summary>
public readonly partial record struct VolumeKey(string Modality, double Hours)
{
    /// <summary>Hours of plating, to six decimals, as folders and links name them.</summary>
    public double Hours { get; init; } = Math.Round(Hours, 6);

    /// <summary>Name of the timestep in the store: <c>t0.5</c>.</summary>
    public string TimestepName => "t" + Hours.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>Whether a modality's name can be a folder's.</summary>
    public static bool IsModality(string? text) => text is not null && ModalityPattern().IsMatch(text);

    /// <inheritdoc/>
    public override string ToString() => $"{Modality} at {Hours.ToString("0.######", CultureInfo.InvariantCulture)} h";

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}$")]
    private static partial Regex ModalityPattern();
}
