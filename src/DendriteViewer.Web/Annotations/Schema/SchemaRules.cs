using System.Globalization;
using System.Text;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>What a schema may be, whoever sends it. What cannot be is refused in one sentence.</summary>
public static class SchemaRules
{
    /// <summary>Labels, and fields, of a dataset at most; retired ones included.</summary>
    public const int Most = 60;

    /// <summary>Characters of a name, a choice or a unit at most.</summary>
    public const int MostName = 40;

    private const int MostChoices = 50;

    /// <summary>What a field can be of, as fields name it.</summary>
    public static readonly IReadOnlyList<string> Kinds =
        ["site", .. Enum.GetNames<MeasurementKind>().Select(n => n.ToLowerInvariant())];

    /// <summary>The schema as it is kept: names trimmed, ids made for what is new.</summary>
    /// <param name="wanted">As it was sent.</param>
    /// <param name="before">As it is; ids that it does not have are made anew.</param>
    /// <exception cref="ArgumentException">It cannot be; the sentence names the label or field.</exception>
    public static AnnotationSchema Check(AnnotationSchema wanted, AnnotationSchema before)
    {
        Check(wanted.Labels.Count <= Most,
            $"A dataset has at most {Most} labels, retired ones included; it would have {wanted.Labels.Count}.");
        Check(wanted.Fields.Count <= Most,
            $"A dataset has at most {Most} fields, retired ones included; it would have {wanted.Fields.Count}.");
        var (names, keys) = (new HashSet<string>(StringComparer.OrdinalIgnoreCase), new HashSet<int>());
        var ids = new Ids(before.Labels.Select(l => l.Id));
        var labels = new List<AnnotationLabel>();
        foreach (var given in wanted.Labels)
        {
            var label = given with { Name = Name("label", given.Name), Color = given.Color ?? "" };
            label = label with { Id = ids.Of(label.Id, label.Name) };
            Check(label.Retired || names.Add(label.Name), $"Two labels are called {label.Name}; name one otherwise.");
            Check(LabelPalette.Colors.Any(c => c.Value == label.Color),
                $"Label {label.Name} has the colour '{SiteRules.Short(label.Color)}'; choose one of the palette.");
            Check(label.Key is null or (>= 1 and <= 9), $"Label {label.Name} has the key {label.Key}; keys are 1 to 9.");
            label = label.Retired ? label with { Key = null } : label;
            Check(label.Key is not { } key || keys.Add(key), $"Two labels have the key {label.Key}; give one another key.");
            labels.Add(label);
        }

        names.Clear();
        ids = new Ids(before.Fields.Select(f => f.Id));
        var fields = wanted.Fields.Select(f => Field(f, ids, names)).ToArray();
        return before with { Labels = new(labels), Fields = new(fields) };
    }

    /// <summary>
    /// Whether an id is a name, letter by letter: what is called so elsewhere has it for that name alone. α phase and β phase are both
    /// phase, and what has no ASCII letters is x.
    /// </summary>
    internal static bool IsSpelled(string id, string name) => id == Slug(name) && name.Normalize(NormalizationForm.FormD)
        .All(c => char.IsAscii(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark);

    private static AnnotationField Field(AnnotationField given, Ids ids, HashSet<string> names)
    {
        var field = given with
        {
            Name = Name("field", given.Name), Unit = (given.Unit ?? "").Trim(), Choices = given.Choices ?? ValueList<string>.Empty,
            For = given.For ?? ValueList<string>.Empty,
        };
        field = field with { Id = ids.Of(field.Id, field.Name) };
        Check(field.Retired || names.Add(field.Name), $"Two fields are called {field.Name}; name one otherwise.");
        Check(Enum.IsDefined(field.Type), $"Field {field.Name} has a type that is none of choice, number, text and yesNo.");
        Check(field.Unit.Length <= MostName && !field.Unit.Any(char.IsControl),
            $"Field {field.Name} has a unit that is too long; shorten it.");
        if (field.Type != FieldType.Number)
        {
            field = field with { Unit = "", Least = null, Most = null };
        }

        Check(!(field.Least is { } l && !double.IsFinite(l)) && !(field.Most is { } m && !double.IsFinite(m)),
            $"Field {field.Name} has a limit that is not a number; correct it.");
        Check(field.Least is not { } least || field.Most is not { } most || least <= most,
            $"Field {field.Name} goes from {given.Least} to {given.Most}; give the smaller number first.");
        var choices = field.Type == FieldType.Choice ? field.Choices.Select(c => Name($"choice of field {field.Name}", c)).ToArray() : [];
        Check(field.Type != FieldType.Choice || choices.Length is >= 1 and <= MostChoices,
            $"Field {field.Name} offers {choices.Length} choices; give 1 to {MostChoices}.");
        Check(choices.Distinct(StringComparer.OrdinalIgnoreCase).Count() == choices.Length,
            $"Field {field.Name} offers a choice twice; take one out.");
        var unknown = field.For.FirstOrDefault(k => !Kinds.Contains(k));
        Check(unknown is null, $"Field {field.Name} is for '{SiteRules.Short(unknown ?? "")}'; kinds are {string.Join(", ", Kinds)}.");
        return field with { Choices = new(choices), For = new(field.For.Distinct()) };
    }

    private static string Name(string what, string? name)
    {
        var trimmed = (name ?? "").Trim();
        Check(trimmed.Length is > 0 and <= MostName, trimmed.Length == 0
            ? $"A {what} has no name; give one."
            : $"A {what} is called '{SiteRules.Short(trimmed)}', which has {trimmed.Length} characters; give at most {MostName}.");
        Check(!trimmed.Any(char.IsControl) && !trimmed.Contains(';'),
            $"A {what} has a semicolon or a character that cannot be shown in its name.");
        return trimmed;
    }

    // Letters, digits and _, so that it is a column's name in any program.
    private static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (var c in name.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(c);
            }
            else if (slug.Length > 0 && slug[^1] != '_' && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                slug.Append('_');
            }
        }

        return slug.ToString().Trim('_') is { Length: > 0 } word ? word : "x";
    }

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise);
        }
    }

    // What is there keeps its id, which nothing new gets. What is new gets one from its name.
    private sealed class Ids(IEnumerable<string> known)
    {
        private readonly HashSet<string> _known = [.. known], _taken = [.. known];

        public string Of(string? id, string name)
        {
            if (id is not null && _known.Remove(id))
            {
                return id;
            }

            var stem = Slug(name);
            for (var n = 1; ; n++)
            {
                if (_taken.Add(n == 1 ? stem : $"{stem}_{n}"))
                {
                    return n == 1 ? stem : $"{stem}_{n}";
                }
            }
        }
    }
}
