using System.Text;
using System.Text.RegularExpressions;

namespace DendriteViewer.Web.Tests.Hosting.Authorization;

/// <summary>
/// The expected outcomes, as authorization.txt has them: sections, in each a line for what is asked for, in it a word for each kind of
/// visitor.
/// </summary>
public sealed partial class AuthorizationTable
{
    private const string Head = """
        # Who may do what: every route, hub method and page, asked for by one visitor of each kind against one running app.
        # AuthorizationTableTests compares. DENDRITE_WRITE=1 dotnet test --filter AuthorizationTable writes it anew; review what changed.
        #
        # yes      it was done               no       it was refused, and said to be (403, or the page or hub says so)
        # hidden   answered as if it were not there (404)
        # sign-in  told to sign in           ended    told that the link is not open any more
        #
        # A page with a circuit is a route that answers everybody with its frame; what is in it, the section of pages says. Metrics and
        # health are asked for from the server's own machine; others need a token. Files of wwwroot are for anybody, and are not listed.
        #

        """;

    private static readonly string s_path = Path.Combine(
        ArchitectureTests.FindRepository(), "tests/DendriteViewer.Web.Tests/Hosting/Authorization/authorization.txt");

    private static readonly int s_column = Visitor.Kinds.Max(k => k.Name.Length) + 2;

    private readonly SortedDictionary<string, SortedDictionary<string, Outcome[]>> _sections = new(StringComparer.Ordinal);

    /// <summary>The rows of a section: what is asked for, and its outcomes in the order of the columns.</summary>
    public SortedDictionary<string, Outcome[]> Section(string name) =>
        _sections.TryGetValue(name, out var rows) ? rows
            : _sections[name] = new SortedDictionary<string, Outcome[]>(StringComparer.Ordinal);

    /// <summary>The table as it is stored.</summary>
    /// <param name="isReplaced">Whether it is about to be written anew, so that it may have other columns.</param>
    public static AuthorizationTable Load(bool isReplaced)
    {
        var table = new AuthorizationTable();
        SortedDictionary<string, Outcome[]>? section = null;
        foreach (var line in (File.Exists(s_path) ? File.ReadLines(s_path) : []).Where(l => l.Length > 0 && l[0] != '#'))
        {
            var cells = Gap().Split(line);
            if (line[0] == '[')
            {
                section = table.Section(cells[0].Trim('[', ']'));
                Assert.True(isReplaced || Visitor.Kinds.Select(k => k.Name).SequenceEqual(cells[1..]),
                    "The table has other columns than there are kinds of visitors; write it anew by DENDRITE_WRITE=1 and review it.");
            }
            else
            {
                section![cells[0]] = [.. cells[1..].Select(Parse)];
            }
        }

        return table;
    }

    /// <summary>Replaces the stored file.</summary>
    public void Save()
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var (name, meaning) in Visitor.Kinds)
        {
            text.Append($"# {name.PadRight(s_column)}{meaning}\n");
        }

        var wide = _sections.Values.SelectMany(s => s.Keys).Concat(_sections.Keys.Select(s => $"[{s}]")).Max(k => k.Length) + 2;
        foreach (var (name, rows) in _sections)
        {
            text.Append('\n').Append(Line($"[{name}]", Visitor.Kinds.Select(k => k.Name)));
            foreach (var (asked, outcomes) in rows)
            {
                text.Append(Line(asked, outcomes.Select(TextOf)));
            }
        }

        File.WriteAllText(s_path, text.ToString());

        string Line(string first, IEnumerable<string> cells) =>
            (first.PadRight(wide) + string.Concat(cells.Select(c => c.PadRight(s_column)))).TrimEnd() + "\n";
    }

    /// <summary>What differs between the stored rows of a section and those that were seen, a sentence each.</summary>
    public IEnumerable<string> Differences(string section, IReadOnlyDictionary<string, Outcome[]> seen)
    {
        var stored = Section(section);
        foreach (var (asked, outcomes) in seen)
        {
            if (!stored.TryGetValue(asked, out var expected))
            {
                yield return $"{asked} has no line in authorization.txt; write the table anew by DENDRITE_WRITE=1 and review the line.";
                continue;
            }

            foreach (var ((kind, _), now, before) in Visitor.Kinds.Zip(outcomes, expected).Where(c => c.Second != c.Third))
            {
                yield return $"{asked} as {kind}: the table says '{TextOf(before)}', but it was '{TextOf(now)}'.";
            }
        }

        foreach (var gone in stored.Keys.Except(seen.Keys))
        {
            yield return $"{gone} is in authorization.txt, but not in the app; write the table anew by DENDRITE_WRITE=1.";
        }
    }

    private static string TextOf(Outcome outcome) => outcome == Outcome.SignIn ? "sign-in" : outcome.ToString().ToLowerInvariant();

    private static Outcome Parse(string text) => Enum.GetValues<Outcome>().First(o => TextOf(o) == text);

    [GeneratedRegex(" {2,}")]
    private static partial Regex Gap();
}
