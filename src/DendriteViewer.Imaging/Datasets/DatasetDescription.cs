using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>
/// What people say of a dataset: its name, and what stands under <c>about</c> in dataset.json. It is found by search and shown beside the
/// pictures; no number depends on it, and it may be changed as often as somebody likes while voxels stay as they are.
/// </summary>
/// <param name="Name">What people call the experiment, 1 to 200 characters.</param>
/// <param name="Description">Free text, up to 4000 characters.</param>
/// <param name="Tags">Words to find it by: up to 32, of up to 40 characters, none twice.</param>
/// <param name="Sample">What was scanned, up to 200 characters.</param>
/// <param name="Operator">Who scanned it, up to 200 characters.</param>
/// <param name="Instrument">With which instrument or beamline, up to 200 characters.</param>
/// <param name="Custom">Anything else by name: up to 64 pairs, names of up to 80 and values of up to 1000 characters.</param>
public sealed record DatasetDescription(
    string Name, string Description, IReadOnlyList<string> Tags, string Sample, string Operator, string Instrument,
    IReadOnlyList<KeyValuePair<string, string>> Custom)
{
    /// <summary>Characters of a name.</summary>
    public const int MostName = 200;

    /// <summary>Characters of the description.</summary>
    public const int MostDescription = 4000;

    /// <summary>Number of tags.</summary>
    public const int MostTags = 32;

    /// <summary>Characters of a tag.</summary>
    public const int MostTag = 40;

    /// <summary>Characters of sample, operator and instrument.</summary>
    public const int MostField = 200;

    /// <summary>Number of pairs.</summary>
    public const int MostCustom = 64;

    /// <summary>Characters of a pair's name.</summary>
    public const int MostKey = 80;

    /// <summary>Characters of a pair's value.</summary>
    public const int MostValue = 1000;

    /// <summary>What a manifest says.</summary>
    public static DatasetDescription Of(DatasetManifest manifest) => new(
        manifest.Name, manifest.About?.Description ?? "", [.. (manifest.About?.Tags ?? []).Select(t => t ?? "")],
        manifest.About?.Sample ?? "", manifest.About?.Operator ?? "", manifest.About?.Instrument ?? "",
        [.. (manifest.About?.Custom ?? []).Select(p => KeyValuePair.Create(p.Key, p.Value ?? ""))]);

    /// <summary>The same without spaces around texts, without empty tags and pairs, and with each tag once.</summary>
    public DatasetDescription Trimmed() => new(
        Name.Trim(), Description.Trim(),
        [.. Tags.Select(t => t.Trim()).Where(t => t.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)],
        Sample.Trim(), Operator.Trim(), Instrument.Trim(),
        [.. Custom.Select(p => KeyValuePair.Create(p.Key.Trim(), p.Value.Trim())).Where(p => p.Key.Length > 0 || p.Value.Length > 0)]);

    /// <summary>The first thing that is wrong: the field as dataset.json names it, and what is; null where all is well.</summary>
    public (string Field, string Sentence)? Problem()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            return ("name", "is empty; give the experiment a name");
        }

        foreach (var (field, text, most) in new[]
        {
            ("name", Name, MostName), ("about.description", Description, MostDescription), ("about.sample", Sample, MostField),
            ("about.operator", Operator, MostField), ("about.instrument", Instrument, MostField),
        })
        {
            if (Problem(field, text, most, mayHaveLines: most == MostDescription) is { } problem)
            {
                return problem;
            }
        }

        return TagProblem() ?? CustomProblem();
    }

    /// <summary>A manifest that says this; what else stands there stays.</summary>
    /// <exception cref="VolumeFormatException">Something is wrong; the sentence names the field.</exception>
    public DatasetManifest ApplyTo(DatasetManifest manifest)
    {
        if (Problem() is { } problem)
        {
            var (field, sentence) = problem;
            throw new VolumeFormatException($"{field} {sentence}.");
        }

        var about = (manifest.About ?? new AboutManifest()) with
        {
            Description = OrNull(Description), Tags = Tags.Count == 0 ? null : [.. Tags], Sample = OrNull(Sample),
            Operator = OrNull(Operator), Instrument = OrNull(Instrument),
            Custom = Custom.Count == 0 ? null : new Dictionary<string, string>(Custom),
        };
        return manifest with { Name = Name, About = about == new AboutManifest() ? null : about };
    }

    /// <summary>All texts that a search looks through.</summary>
    public IEnumerable<string> Texts() =>
        [Name, Description, Sample, Operator, Instrument, .. Tags, .. Custom.SelectMany(p => new[] { p.Key, p.Value })];

    /// <summary>
    /// What two people wrote of the same text, put together field by field: what one alone changed is taken from them.
    /// </summary>
    /// <param name="before">What both began from.</param>
    /// <param name="theirs">What the other has saved.</param>
    /// <param name="conflicts">Receives the fields that both changed, each otherwise; in the result they are this one's.</param>
    public DatasetDescription MergedWith(DatasetDescription before, DatasetDescription theirs, ICollection<string> conflicts)
    {
        T Pick<T>(string field, T mine, T other, T first, Func<T, T, bool> same)
        {
            if (same(mine, first))
            {
                return other;
            }

            if (!same(other, first) && !same(mine, other))
            {
                conflicts.Add(field);
            }

            return mine;
        }

        string Text(string field, Func<DatasetDescription, string> of) =>
            Pick(field, of(this), of(theirs), of(before), string.Equals);
        return new DatasetDescription(
            Text("name", d => d.Name), Text("description", d => d.Description),
            Pick("tags", Tags, theirs.Tags, before.Tags, (a, b) => a.SequenceEqual(b)),
            Text("sample", d => d.Sample), Text("operator", d => d.Operator), Text("instrument", d => d.Instrument),
            Pick("custom", Custom, theirs.Custom, before.Custom, (a, b) => a.SequenceEqual(b)));
    }

    /// <inheritdoc/>
    public bool Equals(DatasetDescription? other) => other is not null
        && (Name, Description, Sample, Operator, Instrument)
            == (other.Name, other.Description, other.Sample, other.Operator, other.Instrument)
        && Tags.SequenceEqual(other.Tags) && Custom.SequenceEqual(other.Custom);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Description, Sample, Operator, Instrument, Tags.Count, Custom.Count);

    private (string, string)? TagProblem()
    {
        if (Tags.Count > MostTags)
        {
            return ("about.tags", $"has {Tags.Count} tags; give {MostTags} at most");
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var tag in Tags)
        {
            if (string.IsNullOrWhiteSpace(tag) || tag.Length > MostTag || tag.Any(char.IsControl) || tag.Contains(',') || !seen.Add(tag))
            {
                return ("about.tags", $"has {OneLine.Quote(tag ?? "")}; a tag has 1 to {MostTag} characters, no comma, and stands once");
            }
        }

        return null;
    }

    private (string, string)? CustomProblem()
    {
        if (Custom.Count > MostCustom)
        {
            return ("about.custom", $"has {Custom.Count} pairs; give {MostCustom} at most");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in Custom)
        {
            if (string.IsNullOrWhiteSpace(key) || key.Length > MostKey || key.Any(char.IsControl) || !seen.Add(key))
            {
                return ("about.custom", $"has the name {OneLine.Quote(key)}; a name has 1 to {MostKey} characters and stands once");
            }

            if (Problem($"about.custom.{key}", value ?? "", MostValue, mayHaveLines: true) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static (string, string)? Problem(string field, string text, int most, bool mayHaveLines) =>
        text.Length > most ? (field, $"has {text.Length} characters; give {most} at most")
        : text.Any(c => char.IsControl(c) && !(mayHaveLines && c is '\n' or '\r' or '\t'))
            ? (field, "holds control characters; leave them out")
        : null;

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}
