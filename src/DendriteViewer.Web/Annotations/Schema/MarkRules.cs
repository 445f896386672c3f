using System.Globalization;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>
/// What labels and values of fields a site or annotation may have by its dataset's schema. What an edit leaves as it was is not judged
/// again, since the schema may have changed since. That a required field is empty is told, and refuses nothing.
/// </summary>
public static class MarkRules
{
    /// <summary>Characters of a text at most.</summary>
    public const int MostText = 1000;

    private const int MostLabels = 20;

    /// <summary>What fields call the kind of a measurement.</summary>
    public static string KindOf(Measurement m) => m.Kind.ToString().ToLowerInvariant();

    /// <summary>Checks the labels and values of something.</summary>
    /// <param name="schema">The dataset's.</param>
    /// <param name="name">What a sentence calls it, as “Site N3”.</param>
    /// <param name="kind">Its kind: site, or a measurement's kind.</param>
    /// <param name="after">Its labels and values.</param>
    /// <param name="before">Those that it had; null of a new one.</param>
    /// <exception cref="ArgumentException">One cannot be; the sentence names it and says what can.</exception>
    public static void Check(
        AnnotationSchema schema, string name, string kind, (ValueList<string> Labels, FieldValues Fields) after,
        (ValueList<string> Labels, FieldValues Fields)? before)
    {
        Check(after.Labels.Count <= MostLabels, $"{name} has {after.Labels.Count} labels; give at most {MostLabels}.");
        Check(after.Labels.Distinct().Count() == after.Labels.Count, $"{name} has a label twice; take one away.");
        foreach (var label in after.Labels.Where(l => before?.Labels.Contains(l) != true))
        {
            Check(schema.Label(label) is { Retired: false }, $"{name} has the label '{SiteRules.Short(label)}', which {Offered(schema)}.");
        }

        foreach (var (id, value) in after.Fields.Where(v => before is null || !v.Value.Equals(before.Value.Fields[v.Key])))
        {
            var field = schema.Field(id);
            Check(field is { Retired: false },
                $"{name} has a value of the field '{SiteRules.Short(id)}', which this dataset does not have.");
            Check(field!.IsOf(kind), $"{name} has a value of {field.Name}, which is only for {string.Join(", ", field.For)}.");
            var problem = ProblemOf(field, value);
            Check(problem is null, $"{name}: {problem}");
        }
    }

    /// <summary>The value that a typed text is; null of an empty one.</summary>
    /// <param name="field">The field.</param>
    /// <param name="text">As it was typed, with a decimal point.</param>
    /// <exception cref="ArgumentException">It is none; the sentence says what can be.</exception>
    public static FieldValue? Parse(AnnotationField field, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var trimmed = text.Trim();
        var value = field.Type switch
        {
            FieldType.Number => double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? new FieldValue(null, number) : new FieldValue(trimmed),
            FieldType.YesNo => trimmed.ToLowerInvariant() switch
            {
                "yes" or "true" or "1" => new FieldValue(null, null, true),
                "no" or "false" or "0" => new FieldValue(null, null, false),
                _ => new FieldValue(trimmed),
            },
            FieldType.Choice => new FieldValue(
                field.Choices.FirstOrDefault(c => c.Equals(trimmed, StringComparison.OrdinalIgnoreCase)) ?? trimmed),
            _ => new FieldValue(text),
        };
        return ProblemOf(field, value) is { } problem ? throw new ArgumentException(problem) : value;
    }

    // Why a value cannot be, a sentence; null where it can.
    private static string? ProblemOf(AnnotationField field, FieldValue value)
    {
        var said = SiteRules.Short(value.ToString());
        return field.Type switch
        {
            FieldType.Number when value.Number is not { } n || !double.IsFinite(n) =>
                $"{field.Name} is '{said}', not a number; correct it.",
            FieldType.Number when value.Number < field.Least || value.Number > field.Most =>
                $"{field.Name} is {said}; give {Range(field)}.",
            FieldType.YesNo when value.Yes is null => $"{field.Name} is '{said}'; it is yes or no.",
            FieldType.Choice when value.Text is null || !field.Choices.Contains(value.Text) =>
                $"{field.Name} is '{said}'; it is one of {string.Join(", ", field.Choices)}.",
            FieldType.Text when value.Text is null => $"{field.Name} is a text; put it in quotation marks.",
            FieldType.Text when value.Text!.Length > MostText =>
                $"{field.Name} has {value.Text.Length} characters; give at most {MostText}.",
            FieldType.Text when value.Text!.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) =>
                $"{field.Name} has a character that cannot be shown; take it out.",
            _ => null,
        };
    }

    private static string Range(AnnotationField field)
    {
        var unit = field.Unit.Length > 0 ? " " + field.Unit : "";
        return (field.Least, field.Most) switch
        {
            ({ } least, { } most) => $"{SiteRules.N(least)} to {SiteRules.N(most)}{unit}",
            ({ } least, null) => $"{SiteRules.N(least)}{unit} or more",
            _ => $"{SiteRules.N(field.Most ?? 0)}{unit} or less",
        };
    }

    private static string Offered(AnnotationSchema schema)
    {
        var names = schema.Labels.Where(l => !l.Retired).Select(l => l.Name).ToArray();
        return names.Length == 0 ? "this dataset does not have; a curator defines labels" : $"is none of {string.Join(", ", names)}";
    }

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
