using System.Text.Json;

namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>
/// Athena's project files: spectra with all their settings, as Perl lists or (from version 0.9.26) as JSON, most often compressed. Energies
/// are taken as stored; a shift that Athena keeps apart is told and not applied.
/// </summary>
internal static class AthenaProject
{
    private const string Mark = "Athena project file -- ";
    private const int MostGroups = 2000;

    /// <summary>Whether a file is one.</summary>
    public static bool Recognises(SpectrumSource source) =>
        source.Text[..Math.Min(source.Text.Length, 500)].Contains(Mark, StringComparison.Ordinal);

    /// <summary>Its spectra, by their labels, in order; and why groups that are none were left out.</summary>
    /// <exception cref="MeasurementException">It is damaged, or holds no spectra.</exception>
    public static IReadOnlyList<Spectrum> Read(SpectrumSource source, List<string> leftOut)
    {
        var groups = source.Text.TrimStart().StartsWith('{') ? FromJson(source) : FromPerl(source);
        if (groups.Count > MostGroups)
        {
            throw source.Refuse($"It holds more than {MostGroups} spectra; save fewer in one project.");
        }

        var spectra = new List<Spectrum>();
        foreach (var group in groups)
        {
            try
            {
                spectra.Add(Of(source, group));
            }
            catch (MeasurementException e)
            {
                leftOut.Add(e.Message);
            }
        }

        return spectra.Count > 0 ? spectra
            : throw new MeasurementException(leftOut.FirstOrDefault() ?? $"{source.Name}: It holds no spectra.");
    }

    private sealed record Group(string Key, Dictionary<string, string?> Settings, double[] X, double[] Y);

    private static Spectrum Of(SpectrumSource source, Group group)
    {
        string? Setting(string name) => group.Settings.GetValueOrDefault(name);
        var label = Setting("label") is { Length: > 0 } given ? given.Trim() : group.Key;
        var name = $"{source.Name}#{label}";
        if (Setting("is_chi") == "1")
        {
            throw new MeasurementException($"{name} is χ(k) and not µ(E); there is nothing to normalise.");
        }

        if (group.X.Length == 0 || group.X.Length != group.Y.Length)
        {
            throw new MeasurementException(
                $"{name} has {group.X.Length} energies and {group.Y.Length} values of µ; the project is damaged.");
        }

        List<string> remarks = [];
        if (PerlNumber.Parse(Setting("bkg_eshift")) is not 0 and var shift && double.IsFinite(shift))
        {
            remarks.Add(FormattableString.Invariant(
                $"Athena keeps a shift of {shift:0.####} eV for it apart, which is not applied: energies are as stored."));
        }

        return Spectrum.Of(name, group.X, group.Y, AbsorptionMode.Unknown, remarks);
    }

    // One statement a line: $old_group = 'key'; @args = ('name','value',…); @x = (…); @y = (…); [record].
    private static List<Group> FromPerl(SpectrumSource source)
    {
        var groups = new List<Group>();
        var (key, settings) = ("", new Dictionary<string, string?>());
        double[] x = [], y = [];
        foreach (var line in source.Lines)
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var statement = line.StartsWith("[record]", StringComparison.Ordinal) ? "[record]" : equals > 0 ? line[..equals].Trim() : "";
            switch (statement)
            {
                case "$old_group":
                    key = line[(equals + 1)..].Trim(' ', ';', '\'');
                    break;
                case "@args":
                    settings = Settings(Values(source, statement, line, equals));
                    break;
                case "@x":
                    x = [.. Values(source, statement, line, equals).Select(PerlNumber.Parse)];
                    break;
                case "@y":
                    y = [.. Values(source, statement, line, equals).Select(PerlNumber.Parse)];
                    break;
                case "[record]":
                    groups.Add(new(key, settings, x, y));
                    (key, settings, x, y) = ("", [], [], []);
                    break;
                default:
                    // Pictures, fits and the journal.
                    break;
            }
        }

        return groups;
    }

    private static List<string?> Values(SpectrumSource source, string statement, string line, int equals) =>
        PerlList.Parse(line.AsSpan(equals + 1))
        ?? throw source.Refuse($"Its list {statement} cannot be read; it is damaged. Save the project again.");

    private static Dictionary<string, string?> Settings(List<string?> pairs)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < pairs.Count; i += 2)
        {
            settings[pairs[i] ?? ""] = pairs[i + 1];
        }

        return settings;
    }

    private static List<Group> FromJson(SpectrumSource source)
    {
        try
        {
            using var document = JsonDocument.Parse(source.Text);
            return [.. document.RootElement.EnumerateObject()
                .Where(p => p.Value.ValueKind == JsonValueKind.Object && p.Value.TryGetProperty("x", out _))
                .Select(p => new Group(p.Name, Settings(p.Value), Numbers(p.Value, "x"), Numbers(p.Value, "y")))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new MeasurementException($"{source.Name}: Its JSON cannot be read; it is damaged. Save the project again.", e);
        }
    }

    private static Dictionary<string, string?> Settings(JsonElement group) =>
        group.TryGetProperty("args", out var args) && args.ValueKind == JsonValueKind.Object
            ? args.EnumerateObject().GroupBy(p => p.Name, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => (string?)g.Last().Value.ToString(), StringComparer.Ordinal)
            : [];

    private static double[] Numbers(JsonElement group, string name) =>
        group.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(v => PerlNumber.Parse(v.ToString()))] : [];
}
