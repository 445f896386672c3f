using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Cli.Output;

namespace DendriteViewer.Cli.Commands;

/// <summary>Options of the impedance command that name parameters: <c>R0=0.02,CPE1_1=0.9</c> and the like.</summary>
internal static class EisLists
{
    /// <summary>The items between commas.</summary>
    public static string[] Items(string? text) =>
        text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary><c>NAME=VALUE,…</c></summary>
    public static Dictionary<string, double> Values(string? text, string option) => Pairs(text, option, "R0=0.02,C1=1e-6", Number);

    /// <summary><c>NAME=VALUE,…</c>, or all values in the order of the circuit.</summary>
    public static Dictionary<string, double> Start(string? text, Circuit? circuit)
    {
        var items = Items(text);
        if (items.Length == 0 || items.Any(i => i.Contains('=')))
        {
            return Values(text, "--start");
        }

        if (circuit is null || items.Length != circuit.Parameters.Count)
        {
            throw new UsageException(circuit is null ? "--start gives values of a circuit; give --circuit with it."
                : $"--start has {items.Length} values; {circuit.Text} has {circuit.Parameters.Count}: "
                    + $"{string.Join(", ", circuit.Parameters.Select(p => p.Name))}.");
        }

        return items.Select((v, i) => (circuit.Parameters[i].Name, Value: Number(v)
            ?? throw new UsageException($"--start has '{v}' for the number of {circuit.Parameters[i].Name}; write 0.02 or 1e-6.")))
            .ToDictionary(v => v.Name, v => v.Value);
    }

    /// <summary><c>NAME=LEAST:MOST,…</c></summary>
    public static Dictionary<string, ParameterRange> Ranges(string? text) => Pairs<ParameterRange>(
        text, "--bound", "R1=10:100,CPE1_1=0.7:1",
        v => v.Split(':') is [var a, var b] && Number(a) is { } least && Number(b) is { } most ? new(least, most) : null);

    /// <summary><c>NAME=NAME,…</c></summary>
    public static Dictionary<string, string> Names(string? text) =>
        Items(text).Select(item => item.Split('=') is [var a, var b] && a.Length > 0 && b.Length > 0 ? (a.Trim(), b.Trim())
            : throw new UsageException($"--tie is written CPE2_1=CPE1_1, not '{item}'.")).ToDictionaryOnce("--tie");

    private static Dictionary<string, T> Pairs<T>(string? text, string option, string example, Func<string, T?> read) where T : struct =>
        Items(text).Select(item => item.Split('=') is [var name, var value] && name.Length > 0 && read(value.Trim()) is { } v
            ? (name.Trim(), v) : throw new UsageException($"{option} is written {example}, not '{item}'.")).ToDictionaryOnce(option);

    private static Dictionary<string, T> ToDictionaryOnce<T>(this IEnumerable<(string Name, T Value)> pairs, string option)
    {
        var values = new Dictionary<string, T>();
        foreach (var (name, value) in pairs)
        {
            if (!values.TryAdd(name, value))
            {
                throw new UsageException($"{option} gives {name} twice.");
            }
        }

        return values;
    }

    private static double? Number(string text) => Shared.TryNumber(text, out var value) ? value : null;
}
