using System.Reflection;
using System.Text.RegularExpressions;

namespace DendriteViewer.Web.Tests;

/// <summary>Which project may see which, and which feature which; see docs/architecture.md.</summary>
public sealed class ArchitectureTests
{
    private static readonly string Source = Path.Combine(FindRepository(), "src");

    [Theory]
    [InlineData("DendriteViewer.Kernels", "")]
    [InlineData("DendriteViewer.Hdf5", "")]
    [InlineData("DendriteViewer.Imaging", "DendriteViewer.Kernels DendriteViewer.Hdf5")]
    [InlineData("DendriteViewer.Analysis", "DendriteViewer.Imaging")]
    [InlineData("DendriteViewer.Cli", "DendriteViewer.Analysis")]
    [InlineData("DendriteViewer.Web", "DendriteViewer.Analysis")]
    public void Projects_ReferenceOnlyTheOneBelow(string project, string allowed)
    {
        var text = File.ReadAllText(Path.Combine(Source, project, project + ".csproj"));
        var references = Regex.Matches(text, "<ProjectReference Include=\"[^\"]*?([^/\"]+)\\.csproj\"").Select(m => m.Groups[1].Value);
        Assert.Equal(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries), references);
    }

    [Theory]
    [InlineData("DendriteViewer.Kernels", "DendriteViewer.Imaging|DendriteViewer.Web|Microsoft.AspNetCore|Azure")]
    [InlineData(
        "DendriteViewer.Imaging",
        "DendriteViewer.Analysis|DendriteViewer.Web|DendriteViewer.Cli|Microsoft.AspNetCore|Microsoft.EntityFrameworkCore|MudBlazor")]
    [InlineData(
        "DendriteViewer.Analysis",
        "DendriteViewer.Web|DendriteViewer.Cli|Microsoft.AspNetCore|Microsoft.EntityFrameworkCore|MudBlazor")]
    [InlineData("DendriteViewer.Cli", "DendriteViewer.Web|Microsoft.AspNetCore")]
    public void Namespaces_ThatAreForbidden_AreNotUsed(string project, string forbidden) => Assert.Empty(Uses(project, "", forbidden));

    // A feature that takes another's name takes its public face, never its store.
    [Theory]
    [InlineData("Annotations", "ShareLinks|ImportHandler")]
    [InlineData("Sharing", "SiteLog|ImportHandler")]
    [InlineData("Jobs", "SiteLog|ShareLinks")]
    [InlineData("Viewing", "ShareLinks|ImportHandler|DendriteDb")]
    [InlineData("Streaming", "ShareLinks|ImportHandler|DendriteDb")]
    [InlineData("Catalog", "ShareLinks|DendriteDb")]
    public void Features_DoNotUseEachOthersStores(string feature, string forbidden) => Assert.Empty(Uses("DendriteViewer.Web", feature, forbidden));

    [Fact]
    public void Rendering_DoesNotKnowImporting() => Assert.Empty(Uses("DendriteViewer.Imaging", "Rendering", @"DendriteViewer\.Imaging\.(Importing|Formats)"));

    // A loop without them runs on the thread pool, where a server answers requests; see docs/decisions/0022-threads-for-rendering.md.
    [Theory]
    [InlineData("DendriteViewer.Kernels")]
    [InlineData("DendriteViewer.Imaging")]
    [InlineData("DendriteViewer.Analysis")]
    public void ParallelLoops_TakeTheOptionsOfTheirCallersLane(string project)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Source, project), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/")))
        {
            var text = File.ReadAllText(file);
            Assert.All(Regex.Matches(text, @"Parallel\.For\w*\("), loop => Assert.Contains(
                "ComputeLane.Options(", text.Substring(loop.Index, Math.Min(240, text.Length - loop.Index)), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void UnsafeCode_StandsInKernelsAlone()
    {
        foreach (var project in new[] { "DendriteViewer.Hdf5", "DendriteViewer.Imaging", "DendriteViewer.Analysis", "DendriteViewer.Web", "DendriteViewer.Cli" })
        {
            Assert.Empty(Uses(project, "", @"\bunsafe\b(?!-)"));
        }
    }

    [Fact]
    public void Components_TakeFewServices()
    {
        foreach (var component in typeof(DendriteViewer.Web.Components.App).Assembly.GetTypes().Where(t => typeof(Microsoft.AspNetCore.Components.ComponentBase).IsAssignableFrom(t)))
        {
            var injected = component.GetProperties(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
                .Count(p => p.GetCustomAttribute<Microsoft.AspNetCore.Components.InjectAttribute>() is not null);
            Assert.True(injected <= 6, $"{component.Name} takes {injected} services");
        }
    }

    private static IEnumerable<string> Uses(string project, string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Source, project, folder), "*.*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal))
            .Where(f => !f.Contains("/obj/") && !f.Contains("/bin/") && Path.GetFileName(f) != "_Imports.razor")
            .SelectMany(f => File.ReadLines(f).Where(l => !l.TrimStart().StartsWith("//", StringComparison.Ordinal) && Regex.IsMatch(l, pattern)).Select(l => $"{Path.GetFileName(f)}: {l.Trim()}"));

    internal static string FindRepository()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "DendriteViewer.sln")))
            {
                return d.FullName;
            }
        }

        throw new InvalidOperationException("The tests run from inside the repository.");
    }
}
