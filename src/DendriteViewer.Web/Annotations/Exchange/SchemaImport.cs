using System.Text.RegularExpressions;
using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>
/// What the labels and fields of a file make of the dataset's. One that has the same name is taken for the same, since ids are made anew in
/// every dataset: α phase may be phase in one and phase_2 in the next. Only in a file of this dataset an id says which it is, whatever it
/// is called by now. Others are added, with the file's ids where they are free, or left out together with what carries them. Values of a
/// field that is of another type or unit in the dataset are refused, since they mean something else. What was taken by an id alone is said.
/// </summary>
internal sealed partial class SchemaImport
{
    private readonly Dictionary<string, string?> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _clashes = new(StringComparer.Ordinal);
    private readonly List<string> _newLabels = [], _newFields = [];
    private readonly HashSet<string> _noted = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private readonly bool _isOwn;

    private SchemaImport(AnnotationSchema before, bool isOwn) =>
        (Before, After, ForMarks, _isOwn) = (before, before, before, isOwn);

    /// <summary>A sentence for each label and field that was taken for one of another name, or by its id alone.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The dataset's labels and fields as they are.</summary>
    public AnnotationSchema Before { get; }

    /// <summary>As they are after the import.</summary>
    public AnnotationSchema After { get; private set; }

    /// <summary>Those by which the file's marks are judged: what the file retired is what its marks carry.</summary>
    public AnnotationSchema ForMarks { get; private set; }

    /// <summary>Whether the import adds to them.</summary>
    public bool IsChange { get; private set; }

    /// <summary>Plans what becomes of a file's labels and fields.</summary>
    /// <param name="now">The dataset's.</param>
    /// <param name="file">The file's; null where it has none.</param>
    /// <param name="isOwn">Whether the file was written of this dataset, so that ids are the same.</param>
    /// <param name="adds">Whether those that the dataset lacks are added; else they are left out.</param>
    /// <exception cref="ArgumentException">They cannot be; the sentence names the label or field.</exception>
    public static SchemaImport Of(AnnotationSchema now, AnnotationSchema? file, bool isOwn, bool adds)
    {
        var plan = new SchemaImport(now, isOwn);
        var labels = (file?.Labels ?? ValueList<AnnotationLabel>.Empty).Where(l => !plan.IsKnown(l)).ToArray();
        var fields = (file?.Fields ?? ValueList<AnnotationField>.Empty).Where(f => !plan.IsKnown(f)).ToArray();
        plan._newLabels.AddRange(labels.Select(l => SiteRules.Short(l.Name ?? "")));
        plan._newFields.AddRange(fields.Select(f => SiteRules.Short(f.Name ?? "")));
        if (adds && labels.Length + fields.Length > 0)
        {
            plan.Add(labels, fields);
        }

        return plan;
    }

    /// <summary>The file with the dataset's ids; without the labels and values of what is left out.</summary>
    /// <returns>It, and how many of its marks lose something.</returns>
    public (ReadMarks File, int Losing) Apply(ReadMarks file)
    {
        // A file with fields of its own says all the values of what it gives values of.
        var (marks, losing, isWhole) = (new List<ReadMark>(file.Marks.Count), 0, file.Schema is not null);
        foreach (var mark in file.Marks)
        {
            var (labels, fields) = mark.Site is { } site ? (site.Labels, site.Fields) : (mark.Drawn?.Labels, mark.Drawn?.Fields);
            Note(labels, fields, mark.Site?.AreLabelsNames ?? mark.AreLabelsNames);
            var clash = fields?.Select(f => _clashes.GetValueOrDefault(f.Key)).FirstOrDefault(w => w is not null);
            if (mark.Wrong is null && clash is { } wrong)
            {
                marks.Add(mark with { Wrong = wrong, Site = mark.Site is { } refused ? refused with { Wrong = wrong } : null });
                continue;
            }

            losing += labels?.Any(l => IsLeftOut(_labels, l)) == true || fields?.Any(f => IsLeftOut(_fields, f.Key)) == true ? 1 : 0;
            marks.Add(mark with
            {
                Site = mark.Site is { } s
                    ? s with
                    {
                        Labels = Mapped(s.Labels, s.AreLabelsNames), Fields = Mapped(s.Fields),
                        Emptied = Emptied(s.Emptied, isWhole && s.Fields is not null),
                    }
                    : null,
                Drawn = mark.Drawn is { } d
                    ? d with { Labels = Mapped(d.Labels, mark.AreLabelsNames)!, Fields = Mapped(d.Fields)! } : null,
                Emptied = Emptied(mark.Emptied, isWhole && mark.Drawn is not null && !mark.Unsaid.HasFlag(Unsaid.Fields)),
            });
        }

        return (file with { Marks = marks }, losing);
    }

    /// <summary>What is to be told of it; null where the dataset has all that the file has.</summary>
    /// <param name="mayAdd">Whether the person may define labels and fields.</param>
    /// <param name="losing">How many marks lose something.</param>
    public ImportedSchema? Report(bool mayAdd, int losing) => _newLabels.Count + _newFields.Count == 0 ? null
        : new ImportedSchema(_newLabels, _newFields, IsChange, mayAdd, losing);

    private static bool IsLeftOut(Dictionary<string, string?> known, string id) => known.TryGetValue(id, out var to) && to is null;

    private bool IsKnown(AnnotationLabel label)
    {
        var same = Before.Labels.Select(l => (Label: l, Rank: RankOf(l.Id == label.Id, IsSameName(l.Name, label.Name), l.Retired)))
            .Where(l => l.Rank is not null).OrderBy(l => l.Rank).Select(l => l.Label).FirstOrDefault();
        if (same is not null && !IsSameName(same.Name, label.Name))
        {
            Note($"label {label.Id}", $"The label {SiteRules.Short(label.Name ?? "")} of the file is called {same.Name} by now.");
        }

        return (_labels[label.Id ?? ""] = same?.Id) is not null;
    }

    private bool IsKnown(AnnotationField field)
    {
        var alike = Before.Fields.Select(f => (Field: f, Rank: RankOf(f.Id == field.Id, IsSameName(f.Name, field.Name), f.Retired)))
            .Where(f => f.Rank is not null).OrderBy(f => f.Rank).Select(f => f.Field).ToArray();
        if (Array.Find(alike, f => f.Type == field.Type && f.Unit == UnitOf(field)) is { } same)
        {
            if (!IsSameName(same.Name, field.Name))
            {
                Note($"field {field.Id}", $"The field {SiteRules.Short(field.Name ?? "")} of the file is called {same.Name} by now.");
            }

            _fields[field.Id ?? ""] = same.Id;
            return true;
        }

        // What is retired hinders no new one.
        if (Array.Find(alike, f => !f.Retired) is { } other)
        {
            _clashes[field.Id ?? ""] = $"It has a value of {SiteRules.Short(field.Name ?? "")}, which is {Word(field)} in the file and "
                + $"{Word(other)} in this dataset ({other.Name}); convert the values, or name the field otherwise in the file.";
            return true;
        }

        _fields[field.Id ?? ""] = null;
        return false;
    }

    // The very same comes first, then what is called so and offered. An id alone is of this dataset's files, where it comes before names.
    private int? RankOf(bool isId, bool isName, bool retired) =>
        isId && (isName || _isOwn) ? 0 : isName ? retired ? 2 : 1 : null;

    // What the file's own labels and fields do not explain, and this dataset knows by an id that need not mean the same.
    private void Note(ValueList<string>? labels, FieldValues? fields, bool areNames)
    {
        if (_isOwn)
        {
            return;
        }

        foreach (var label in labels ?? ValueList<string>.Empty)
        {
            if (Before.Label(label) is { } known && (areNames ? MarkColumns.Named(Before, label) is null : !_labels.ContainsKey(label))
                && !SchemaRules.IsSpelled(label, known.Name))
            {
                Note($"label {label}", $"The label '{label}' is taken for {known.Name}, whose id that is here; the file does not say what "
                    + "it is called there. See that it means the same.");
            }
        }

        foreach (var (id, _) in fields ?? FieldValues.Empty)
        {
            if (Before.Field(id) is { } known && !_fields.ContainsKey(id) && !_clashes.ContainsKey(id)
                && !SchemaRules.IsSpelled(id, known.Name))
            {
                Note($"field {id}", $"Values of the field '{id}' are taken for {known.Name}, whose id that is here; the file does not say "
                    + "what it is called there. See that it means the same.");
            }
        }
    }

    private void Note(string of, string sentence)
    {
        if (_noted.Add(of))
        {
            _notes.Add(sentence);
        }
    }

    private static string UnitOf(AnnotationField field) => field.Type == FieldType.Number ? (field.Unit ?? "").Trim() : "";

    private static string Word(AnnotationField field) => field.Type switch
    {
        FieldType.Number => UnitOf(field) is { Length: > 0 } unit ? $"a number in {SiteRules.Short(unit)}" : "a number without a unit",
        FieldType.Choice => "a choice",
        FieldType.YesNo => "yes or no",
        _ => "a text",
    };

    private static bool IsSameName(string a, string? b) => a.Equals(b?.Trim(), StringComparison.OrdinalIgnoreCase);

    // Ids that can be columns stay; keys and colours that cannot be are given up, since neither means anything elsewhere.
    private void Add(AnnotationLabel[] labels, AnnotationField[] fields)
    {
        var keys = Before.Labels.Select(l => l.Key).OfType<int>().ToHashSet();
        var kept = labels.Select(l => l with
        {
            Id = IdRule().IsMatch(l.Id ?? "") ? l.Id! : "",
            Key = l is { Retired: false, Key: >= 1 and <= 9 } && keys.Add(l.Key.Value) ? l.Key : null,
            Color = LabelPalette.Colors.Any(c => c.Value == l.Color) ? l.Color : LabelPalette.Next(Before),
        }).ToArray();
        var named = fields.Select(f => f with { Id = IdRule().IsMatch(f.Id ?? "") ? f.Id! : "" }).ToArray();
        var wanted = Before with { Labels = new(Before.Labels.Concat(kept)), Fields = new(Before.Fields.Concat(named)) };

        // The rules keep the ids of what there is, and make those of what is new.
        var ids = wanted with
        {
            Labels = new(wanted.Labels.Where(l => l.Id.Length > 0)), Fields = new(wanted.Fields.Where(f => f.Id.Length > 0)),
        };
        After = SchemaRules.Check(wanted, ids);
        IsChange = true;
        for (var i = 0; i < labels.Length; i++)
        {
            _labels[labels[i].Id ?? ""] = After.Labels[Before.Labels.Count + i].Id;
        }

        for (var i = 0; i < fields.Length; i++)
        {
            _fields[fields[i].Id ?? ""] = After.Fields[Before.Fields.Count + i].Id;
        }

        ForMarks = After with
        {
            Labels = new(After.Labels.Select((l, i) => i < Before.Labels.Count ? l : l with { Retired = false })),
            Fields = new(After.Fields.Select((f, i) => i < Before.Fields.Count ? f : f with { Retired = false })),
        };
    }

    private ValueList<string>? Mapped(ValueList<string>? labels, bool areNames) => labels is null || areNames ? labels
        : new(labels.Select(l => _labels.TryGetValue(l, out var to) ? to : l).OfType<string>().Distinct());

    private FieldValues? Mapped(FieldValues? values) => values?.Aggregate(FieldValues.Empty, (all, v) =>
        _fields.TryGetValue(v.Key, out var to) ? to is null ? all : all.With(to, v.Value) : all.With(v.Key, v.Value));

    // Fields that somebody defined here since, or of another dataset, are none that the file can speak of.
    private ValueList<string> Emptied(ValueList<string> said, bool all) => new(
        said.Select(f => _fields.TryGetValue(f, out var to) ? to : f).Concat(all ? _fields.Values : []).OfType<string>().Distinct());

    [GeneratedRegex("^[a-z0-9_]{1,60}$")]
    private static partial Regex IdRule();
}
