using System.Text.Json;

namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>
/// PSTrace's sessions (.pssession): JSON, most often in UTF-16. Every measurement whose data set is of type EIS has arrays whose units say
/// what they are: Hertz, ZRe and ZIm; the quantity's name says whether ZIm is −Z″.
/// </summary>
internal sealed class PalmSensFormat : IImpedanceFormat
{
    /// <inheritdoc/>
    public bool Recognises(ImpedanceSource source) => source.Extension == ".pssession"
        || source.Lines[0].StartsWith("{\"Type\":\"PalmSens", StringComparison.Ordinal);

    /// <inheritdoc/>
    public ImpedanceTable Read(ImpedanceSource source)
    {
        var text = string.Join('\n', source.Lines);
        var (from, to) = (text.IndexOf('{', StringComparison.Ordinal), text.LastIndexOf('}'));
        if (to <= from)
        {
            throw source.Refuse("It is no session of PSTrace; save the session again, or export the spectrum as CSV.");
        }

        try
        {
            // A mark of the byte order stands behind the object too.
            using var document = JsonDocument.Parse(text.AsMemory(from, to - from + 1));
            var measurements = document.RootElement.TryGetProperty("Measurements", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().ToArray() : [];
            var blocks = measurements.Where(IsImpedance).Select(m => BlockOf(source, m)).ToList();
            var others = measurements.Length - blocks.Count;
            return blocks.Count == 0
                ? throw source.Refuse($"None of its {measurements.Length} measurements is impedance.")
                : new ImpedanceTable("PalmSens", blocks, others > 0 ? [$"{others} measurements that are no impedance were left out."] : [])
                {
                    SignIsNamed = true,
                };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new MeasurementException(
                $"{source.Name}: Its JSON cannot be read; save the session again, or export the spectrum as CSV.", e);
        }
    }

    private static bool IsImpedance(JsonElement measurement) => measurement.TryGetProperty("DataSet", out var set)
        && set.TryGetProperty("Type", out var type) && type.GetString()!.Contains("EIS", StringComparison.Ordinal);

    private static ImpedanceBlock BlockOf(ImpedanceSource source, JsonElement measurement)
    {
        var arrays = measurement.GetProperty("DataSet").TryGetProperty("Values", out var values) ? values.EnumerateArray().ToArray() : [];
        var (hertz, re, im) = (Of(arrays, ".Hertz"), Of(arrays, ".ZRe"), Of(arrays, ".ZIm"));
        if (hertz is null || re is null || im is null || hertz.Length != re.Length || hertz.Length != im.Length)
        {
            throw source.Refuse("A spectrum in it lacks frequencies, Re or Im, or has more of one than of another; export it as CSV.");
        }

        var seconds = Of(arrays, ".Time");
        var hasTimes = seconds?.Length == hertz.Length && seconds.Any(s => s > 0);
        return new ImpedanceBlock([.. hertz.Select((f, i) => new ImpedanceRow(f, re[i], im[i], hasTimes ? seconds![i] : null))])
        {
            Started = measurement.TryGetProperty("TimeStamp", out var ticks) && ticks.TryGetInt64(out var at)
                && at > 0 && at <= DateTime.MaxValue.Ticks ? new DateTime(at, DateTimeKind.Unspecified) : null,
        };
    }

    private static double[]? Of(JsonElement[] arrays, string unit)
    {
        foreach (var array in arrays)
        {
            if (array.TryGetProperty("Unit", out var u) && u.TryGetProperty("Type", out var type)
                && array.TryGetProperty("DataValues", out var list) && type.GetString()!.EndsWith(unit, StringComparison.Ordinal))
            {
                var sign = u.TryGetProperty("Q", out var quantity) && quantity.GetString() is ['-' or '−', ..] ? -1 : 1;
                return
                [
                    .. list.EnumerateArray().Select(v => v.TryGetProperty("V", out var number) ? sign * number.GetDouble() : double.NaN),
                ];
            }
        }

        return null;
    }
}
