namespace DendriteViewer.Web.Annotations;

/// <summary>What becomes of a line of a file of sites.</summary>
public enum ImportOutcome
{
    /// <summary>It is a new site.</summary>
    Added,

    /// <summary>It changes a site that is there.</summary>
    Changed,

    /// <summary>The site is there and is the same.</summary>
    Unchanged,

    /// <summary>It could be read, and is left out so that nobody's work is overwritten or doubled.</summary>
    Skipped,

    /// <summary>It cannot be read, or its values cannot be.</summary>
    Wrong,
}

/// <summary>What becomes of one line.</summary>
/// <param name="Line">The line of the file, from 1.</param>
/// <param name="Outcome">What becomes of it.</param>
/// <param name="Site">The site's label or id as the file has it; may be empty.</param>
/// <param name="Why">What changes, or why the line is left out; empty where nothing is to be said.</param>
public sealed record ImportLine(int Line, ImportOutcome Outcome, string Site, string Why);

/// <summary>What a person chooses about a file of sites.</summary>
/// <param name="SkipWrong">Take the good lines where others are wrong; else a wrong line refuses the file.</param>
/// <param name="OverwriteNewer">Change sites too that somebody changed after the file was written; else their lines are skipped.</param>
/// <param name="ByPlace">What has no known id changes what is at its place; else it is skipped as being there already.</param>
/// <param name="Define">Labels and fields that the file has and the dataset lacks are added; else they are left out.</param>
public sealed record ImportChoice(bool SkipWrong = false, bool OverwriteNewer = false, bool ByPlace = false, bool Define = true);

/// <summary>Labels and fields that a file has and the dataset lacks.</summary>
/// <param name="Labels">Names of the labels.</param>
/// <param name="Fields">Names of the fields.</param>
/// <param name="AreAdded">Whether they are added; else they are left out with what carries them.</param>
/// <param name="MayAdd">Whether the person may add them.</param>
/// <param name="Losing">How many sites and annotations of the file lose labels or values with them.</param>
public sealed record ImportedSchema(
    IReadOnlyList<string> Labels, IReadOnlyList<string> Fields, bool AreAdded, bool MayAdd, int Losing)
{
    private const int MostNames = 8;

    /// <summary>What they are, as “the labels crack, void and the field width”.</summary>
    public string Names => string.Join(" and ", new[] { Named("label", Labels), Named("field", Fields) }.Where(n => n.Length > 0));

    /// <summary>One sentence of what becomes of them.</summary>
    public string Sentence => AreAdded ? $"Adds {Names}, which this dataset does not have yet."
        : $"Leaves out {Names}" + (Losing > 0 ? $", with their values in {Losing} {(Losing == 1 ? "line" : "lines")}" : "")
            + (MayAdd ? "." : "; curators and owners of the dataset can bring them in.");

    private static string Named(string noun, IReadOnlyList<string> names) => names.Count == 0 ? ""
        : $"the {noun}{(names.Count == 1 ? "" : "s")} {string.Join(", ", names.Take(MostNames))}"
            + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");
}

/// <summary>What a file of sites does, or would do: a count for each outcome, and the lines of which something is to be said.</summary>
/// <param name="Added">New sites.</param>
/// <param name="Changed">Sites that are changed.</param>
/// <param name="Unchanged">Sites that are there already.</param>
/// <param name="Skipped">Lines left out so that nothing is overwritten or doubled.</param>
/// <param name="Wrong">Lines that cannot be read, or whose values cannot be.</param>
/// <param name="Applied">Whether it was written; false of a preview and of a file that was refused.</param>
/// <param name="Lines">Lines that are wrong, skipped, changed and added, in that order, then by line.</param>
/// <param name="LeftOut">How many of those lines are not in the list, since it would be too long.</param>
public sealed record ImportReport(
    int Added, int Changed, int Unchanged, int Skipped, int Wrong, bool Applied, IReadOnlyList<ImportLine> Lines, int LeftOut)
{
    /// <summary>Labels and fields that the file has and the dataset lacks; null where there are none.</summary>
    public ImportedSchema? Schema { get; init; }

    /// <summary>A sentence for each label and field of the file that is taken for one of another name, or by its id alone.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether there is something to write.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsChange => Added + Changed > 0 || Schema is { AreAdded: true };

    /// <summary>Lines that a report names at most.</summary>
    public const int MostLines = 1000;

    /// <summary>A report of these lines.</summary>
    internal static ImportReport Of(IReadOnlyCollection<ImportLine> lines)
    {
        int Count(ImportOutcome outcome) => lines.Count(l => l.Outcome == outcome);
        var told = lines.Where(l => l.Outcome != ImportOutcome.Unchanged)
            .OrderByDescending(l => Rank(l.Outcome)).ThenBy(l => l.Line).ToArray();
        return new ImportReport(
            Count(ImportOutcome.Added), Count(ImportOutcome.Changed), Count(ImportOutcome.Unchanged), Count(ImportOutcome.Skipped),
            Count(ImportOutcome.Wrong), Applied: false, [.. told.Take(MostLines)], Math.Max(0, told.Length - MostLines));
    }

    /// <summary>This report and that of the file's other lines.</summary>
    internal ImportReport With(ImportReport other)
    {
        var told = Lines.Concat(other.Lines).OrderByDescending(l => Rank(l.Outcome)).ThenBy(l => l.Line).ToArray();
        return new ImportReport(
            Added + other.Added, Changed + other.Changed, Unchanged + other.Unchanged, Skipped + other.Skipped, Wrong + other.Wrong,
            Applied, [.. told.Take(MostLines)], LeftOut + other.LeftOut + Math.Max(0, told.Length - MostLines));
    }

    /// <summary>One sentence about a file that was refused: how many lines are wrong, and the first.</summary>
    public string? Refusal(string file) => Wrong == 0
        ? null
        : $"{file} has {(Wrong == 1 ? "a wrong line" : $"{Wrong} wrong lines")}; nothing was taken. Line {Lines[0].Line}: {Lines[0].Why}";

    /// <summary>Refuses a file with wrong lines that are not to be skipped.</summary>
    /// <exception cref="ArgumentException">It has some.</exception>
    internal void RefuseWrong(ImportChoice choice)
    {
        if (Wrong > 0 && !choice.SkipWrong)
        {
            throw new ArgumentException(Refusal("The file"));
        }
    }

    private static int Rank(ImportOutcome outcome) => outcome switch
    {
        ImportOutcome.Wrong => 3,
        ImportOutcome.Skipped => 2,
        ImportOutcome.Changed => 1,
        _ => 0,
    };
}
