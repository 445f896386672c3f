using System.Globalization;

namespace DendriteViewer.Web.Tests;

/// <summary>
/// Lines of source have 140 columns at most. Older files have longer ones; how many is stored for each in LongLines.txt, and may only fall.
/// DENDRITE_WRITE=1 writes the file anew after lines were shortened.
/// </summary>
public sealed class LineLengthTests
{
    private const int MostColumns = 140;

    [Fact]
    public void SourceFiles_HaveNoMoreLongLinesThanTheyHad()
    {
        var repository = ArchitectureTests.FindRepository();
        var stored = Path.Combine(repository, "tests/DendriteViewer.Web.Tests/LongLines.txt");
        var allowed = File.ReadLines(stored).Select(l => l.Split('\t'))
            .ToDictionary(p => p[1], p => int.Parse(p[0], CultureInfo.InvariantCulture));
        var found = LongLinesByFile(repository);
        if (Environment.GetEnvironmentVariable("DENDRITE_WRITE") is { Length: > 0 })
        {
            var fewer = found.ToDictionary(f => f.Key, f => Math.Min(f.Value, allowed.GetValueOrDefault(f.Key)));
            var kept = fewer.Where(f => f.Value > 0).OrderBy(f => f.Key, StringComparer.Ordinal);
            File.WriteAllLines(stored, kept.Select(f => $"{f.Value}\t{f.Key}"));
            return;
        }

        Assert.Empty(found.Where(f => f.Value > allowed.GetValueOrDefault(f.Key))
            .Select(f => $"{f.Key} has {f.Value} lines over {MostColumns} columns, "
                + $"where {allowed.GetValueOrDefault(f.Key)} are allowed; break them."));
        Assert.Empty(allowed.Where(a => found.GetValueOrDefault(a.Key) < a.Value)
            .Select(a => $"{a.Key} has fewer long lines than LongLines.txt says; "
                + "store that by DENDRITE_WRITE=1 dotnet test --filter LineLength."));
    }

    private static Dictionary<string, int> LongLinesByFile(string repository) =>
        new[] { "src", "tests", "wwwroot" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(repository, folder), "*", SearchOption.AllDirectories))
            .Where(f => Path.GetExtension(f) is ".cs" or ".razor" or ".js")
            .Select(f => Path.GetRelativePath(repository, f).Replace('\\', '/'))
            // Made from the wide packets, whose lines are counted.
            .Where(f => !f.Contains("/Narrower/"))
            .Where(f => !f.Contains("/bin/") && !f.Contains("/obj/") && !f.StartsWith("wwwroot/lib/", StringComparison.Ordinal)
                && !f.StartsWith("src/DendriteViewer.Web/wwwroot/", StringComparison.Ordinal))
            .Select(f => (File: f, Count: File.ReadLines(Path.Combine(repository, f)).Count(l => l.Length > MostColumns)))
            .Where(f => f.Count > 0)
            .ToDictionary(f => f.File, f => f.Count);
}
