using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Annotations;

/// <summary>A scan that was seen while a site was judged.</summary>
/// <param name="Modality">Its modality.</param>
/// <param name="Hours">Its hours.</param>
/// <param name="Placement">The version of its placement in the scan around it; null where it lay as it was handed over.</param>
public sealed record JudgedVolume(string Modality, double Hours, int? Placement);

/// <summary>
/// The scans that were seen while a site was judged, each once, in the order in which the page shows them. Empty where nobody recorded it.
/// Two are equal where they hold the same scans in the same order.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed partial class JudgedVolumes : IReadOnlyList<JudgedVolume>, IEquatable<JudgedVolumes>
{
    /// <summary>Scans at most.</summary>
    public const int MostVolumes = 12;

    /// <summary>Characters that a scan's modality has at most.</summary>
    public const int MostModality = 100;

    private readonly JudgedVolume[] _volumes;

    private JudgedVolumes(JudgedVolume[] volumes) => _volumes = volumes;

    /// <summary>Of a site of which nobody recorded it.</summary>
    public static JudgedVolumes None { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _volumes.Length;

    /// <summary>The modalities, sorted and each once, as one text; empty where nothing was recorded.</summary>
    public string Modalities =>
        string.Join(" + ", _volumes.Select(v => v.Modality).Distinct().Order(StringComparer.Ordinal));

    /// <inheritdoc/>
    public JudgedVolume this[int index] => _volumes[index];

    /// <summary>These scans, each once.</summary>
    public static JudgedVolumes Of(IEnumerable<JudgedVolume> volumes) =>
        volumes.Distinct().ToArray() is { Length: > 0 } some ? new(some) : None;

    /// <summary>
    /// What a page shows: the scan of its view, the finer one that slices show inside it, what is compared with them, and the scan
    /// that 3D shows in place of another.
    /// </summary>
    /// <param name="dataset">What is looked at, with the placements by which it is shown.</param>
    /// <param name="view">The view.</param>
    /// <param name="beside">Scans of which the page shows pictures beside the view.</param>
    public static JudgedVolumes ShownIn(Dataset dataset, ViewState view, params IEnumerable<VolumeKey> beside)
    {
        if ((dataset.Find(view.Modality, view.Hours) ?? dataset.Nearest(view.Modality, view.Hours)) is not { } scan)
        {
            return None;
        }

        var other = view.Compare is { } compare
            ? compare.Inside is { } look ? NestedFields.In(dataset, scan).FirstOrDefault(v => v.Key.Modality == look.Modality)
                : dataset.Find(view.Modality, compare.Hours)
            : null;
        var over = view.Overlay is { Replaces: true } o ? dataset.Find(o.Modality, o.Hours ?? view.Hours) : null;
        VolumeInfo?[] shown = [scan, NestedFields.ShownIn(dataset, scan, view), other, over is { IsLabels: true } ? null : over];
        return Of(shown.OfType<VolumeInfo>().Select(v => v.Key).Concat(beside).Select(key => new JudgedVolume(
            key.Modality, key.Hours, NestedFields.PlacementOf(dataset, key)?.Version)).Take(MostVolumes));
    }

    /// <summary>The scans as one cell of a table, as <c>projection 3.2 h; nano-phase 3.2 h v2</c>.</summary>
    public override string ToString() => string.Join("; ", _volumes.Select(v => string.Create(
        CultureInfo.InvariantCulture, $"{v.Modality} {v.Hours:R} h{(v.Placement is { } version ? $" v{version}" : "")}")));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <returns>The scans; null where the text is no such list.</returns>
    public static JudgedVolumes? TryParse(string text)
    {
        var volumes = new List<JudgedVolume>();
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Part().Match(part) is not { Success: true } match
                || !double.TryParse(match.Groups[2].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var hours))
            {
                return null;
            }

            var version = 0;
            if (match.Groups[3].Success
                && !int.TryParse(match.Groups[3].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out version))
            {
                return null;
            }

            volumes.Add(new JudgedVolume(match.Groups[1].Value, hours, match.Groups[3].Success ? version : null));
        }

        return Of(volumes);
    }

    /// <summary>What cannot be of what a file or a program gave, a sentence's end; null where all can.</summary>
    internal string? Problem() =>
        Count > MostVolumes ? $"has {Count} scans that it was judged in; give at most {MostVolumes}"
        : Array.Find(_volumes, v => v.Modality is not { Length: > 0 and <= MostModality } || v.Modality.Any(char.IsControl)
            || v.Modality.Contains(';')) is not null
            ? $"was judged in a scan whose modality is not 1 to {MostModality} characters that can be shown"
        : Array.Find(_volumes, v => !Ranges.Hours.Contains(v.Hours) || v.Placement is < 0) is { } wrong
            ? $"was judged in {SiteRules.Short(wrong.Modality)} of an hour or a placement that cannot be"
        : null;

    /// <inheritdoc/>
    public bool Equals(JudgedVolumes? other) => other is not null && _volumes.AsSpan().SequenceEqual(other._volumes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as JudgedVolumes);

    /// <inheritdoc/>
    public override int GetHashCode() => _volumes.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public IEnumerator<JudgedVolume> GetEnumerator() => _volumes.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    [GeneratedRegex(@"^(.+?) (\S+) h(?: v(\d+))?$")]
    private static partial Regex Part();

    private sealed class Converter : JsonConverter<JudgedVolumes>
    {
        public override JudgedVolumes? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<JudgedVolume[]>(ref reader, options) is { } volumes
                ? Array.IndexOf(volumes, null) < 0 ? Of(volumes) : throw new JsonException()
                : null;

        public override void Write(Utf8JsonWriter writer, JudgedVolumes value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value._volumes, options);
    }
}
