using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DendriteViewer.Kernels.Tests.Devices;

/// <summary>What the kernels become for NVIDIA's processors. The table of their instructions is written anew with
/// DENDRITE_WRITE=1.</summary>
[Trait("Category", "Devices")]
public sealed partial class KernelPtxTests
{
    private const string Begin = "<!-- ptx -->", End = "<!-- end -->";

    // Another patch of the C# compiler may write a loop a little differently.
    private const double Tolerance = 0.02;

    [Fact]
    public void Compile_EveryKernel_HasNoLocalMemoryDoublesOrCallsAndTheRecordedLength()
    {
        using var catalogue = new KernelCatalogue();
        var counts = new Dictionary<string, int>();
        foreach (var kernel in KernelCatalogue.All)
        {
            var ptx = catalogue.Compile(kernel);
            Assert.False(ptx.Contains(".local", StringComparison.Ordinal), $"{kernel.Name} keeps something in local memory.");
            Assert.False(Doubles().IsMatch(ptx), $"{kernel.Name} calculates with doubles.");
            Assert.False(Calls().IsMatch(ptx), $"{kernel.Name} calls a function.");
            counts[kernel.Name] = KernelCatalogue.Instructions(ptx);
        }

        Assert.True(counts.Count >= 30, $"Only {counts.Count} kernels were found.");
        if (Environment.GetEnvironmentVariable("DENDRITE_WRITE") == "1")
        {
            Write(counts);
        }

        var recorded = Read();
        Assert.Equal(counts.Keys.Order(StringComparer.Ordinal), recorded.Keys.Order(StringComparer.Ordinal));
        Assert.All(counts, c => Assert.True(
            Math.Abs(c.Value - recorded[c.Key]) <= Tolerance * recorded[c.Key],
            $"{c.Key} has {c.Value} instructions, docs/devices.md says {recorded[c.Key]}; run this test with DENDRITE_WRITE=1."));
    }

    private static string Document => Path.Combine(Root(), "docs", "devices.md");

    private static Dictionary<string, int> Read()
    {
        var text = File.ReadAllText(Document);
        var table = text[text.IndexOf(Begin, StringComparison.Ordinal)..text.IndexOf(End, StringComparison.Ordinal)];
        return Rows().Matches(table).ToDictionary(m => m.Groups[1].Value, m => int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    private static void Write(Dictionary<string, int> counts)
    {
        var text = File.ReadAllText(Document);
        var table = new StringBuilder($"{Begin}\n| kernel | instructions |\n|---|---|\n");
        foreach (var (name, count) in counts.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            table.Append(CultureInfo.InvariantCulture, $"| `{name}` | {count} |\n");
        }

        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        File.WriteAllText(Document, text[..begin] + table + text[end..]);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DendriteViewer.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run in a clone.");
        }

        return folder;
    }

    [GeneratedRegex(@"\.f64\s")]
    private static partial Regex Doubles();

    [GeneratedRegex(@"^\s*call", RegexOptions.Multiline)]
    private static partial Regex Calls();

    [GeneratedRegex(@"^\| `([^`]+)` \| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
