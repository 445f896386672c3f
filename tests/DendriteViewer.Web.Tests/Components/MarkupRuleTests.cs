using System.Text.RegularExpressions;

namespace DendriteViewer.Web.Tests.Components;

/// <summary>What no component or script may write, read from their sources: a page that was not looked at cannot break it either.</summary>
public sealed partial class MarkupRuleTests
{
    // The picture of a key, made of a text that is escaped before; and scripts that write the app's own words and numbers. Names of
    // modalities, which the readout has too, are lower case letters, digits and hyphens.
    private static readonly string[] s_makeMarkup =
    [
        "src/DendriteViewer.Web/Accounts/SignIn/QrCode.cs", "wwwroot/viewer/keys.js", "wwwroot/viewer/readout.js",
        "wwwroot/viewer/timeline.js",
    ];

    [Fact]
    public void Sources_MakeNoMarkupOfTexts_SoThatNothingStoredBecomesAnElement()
    {
        var found = Sources(".razor", ".cs", ".js").Where(f => MakesMarkup().IsMatch(f.Text)).Select(f => f.Path);
        Assert.Equal(s_makeMarkup, found);
    }

    [Fact]
    public void Lists_WhoseRowsAreOptions_HaveANameAndNoControlsInThem()
    {
        // A MudList is a listbox, and its rows are options: to a screen reader an option has a text and nothing that could be pressed.
        var lists = Sources(".razor").Where(f => f.Text.Contains("<MudList ", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(lists);
        foreach (var (path, text) in lists)
        {
            Assert.All(List().Matches(text), m => Assert.True(m.Value.Contains("aria-label", StringComparison.Ordinal),
                $"{path}: a MudList has no aria-label."));
            Assert.All(Row().Matches(text), m => Assert.False(Control().IsMatch(m.Value),
                $"{path}: a row of a MudList has a control in it; write <ul> with a button in each <li> instead."));
        }
    }

    private static IEnumerable<(string Path, string Text)> Sources(params string[] endings)
    {
        var repository = ArchitectureTests.FindRepository();
        return new[] { "src/DendriteViewer.Web", "wwwroot" }.Select(f => Path.Combine(repository, f)).Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, "*", SearchOption.AllDirectories))
            .Where(f => endings.Contains(Path.GetExtension(f)))
            .Select(f => (Path: Path.GetRelativePath(repository, f).Replace('\\', '/'), Full: f))
            .Where(f => !f.Path.Contains("/bin/") && !f.Path.Contains("/obj/") && !f.Path.Contains("wwwroot/lib/")
                && !f.Path.StartsWith("src/DendriteViewer.Web/wwwroot/", StringComparison.Ordinal))
            .OrderBy(f => f.Path, StringComparer.Ordinal).Select(f => (f.Path, File.ReadAllText(f.Full)));
    }

    [GeneratedRegex(@"new MarkupString|\(MarkupString\)|AddMarkupContent|(inner|outer)HTML|insertAdjacentHTML|document\.write|\.srcdoc")]
    private static partial Regex MakesMarkup();

    [GeneratedRegex("<MudList [^>]*>")]
    private static partial Regex List();

    [GeneratedRegex("<MudListItem .*?</MudListItem>", RegexOptions.Singleline)]
    private static partial Regex Row();

    [GeneratedRegex("<(MudIconButton|MudButton|MudLink|MudTextField|MudSelect|MudCheckBox|MudSwitch|a|button|input|select|textarea) ")]
    private static partial Regex Control();
}
