using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Analysis.Cell;

/// <summary>
/// How a file of a cell is read, where the file does not say; kept as JSON in <see cref="CellFile.Options"/>. Fields of another kind of
/// file are not used.
/// </summary>
public sealed record CellFileOptions
{
    private static readonly NumberRange s_area = new("areaCm2", 1e-6, 1e6, "cm²");

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 4,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Of series: quantities of columns by their names, as current.</summary>
    public IReadOnlyDictionary<string, Quantity>? Map { get; init; }

    /// <summary>Of series: units of columns by their names.</summary>
    public IReadOnlyDictionary<string, string>? Units { get; init; }

    /// <summary>Of series: whether discharging is counted as positive.</summary>
    public bool? Negate { get; init; }

    /// <summary>Of series: day-first or month-first.</summary>
    public DateOrder? Dates { get; init; }

    /// <summary>Of series: time zone of the instrument's clock, as Europe/Berlin or +09:00.</summary>
    public string? Zone { get; init; }

    /// <summary>Of series: whether times are put right that a second clock of the file shows to be in another unit.</summary>
    public bool? RepairTime { get; init; }

    /// <summary>Of impedance: the sign of its imaginary column.</summary>
    public ImaginarySign? Sign { get; init; }

    /// <summary>Of impedance in Ω cm²: the electrode's area, cm².</summary>
    public double? AreaCm2 { get; init; }

    /// <summary>Of spectra: which column µ is, or what it is of the columns.</summary>
    public string? Column { get; init; }

    /// <summary>Of spectra: what people say of them.</summary>
    public SpectrumDescription? Spectrum { get; init; }

    /// <summary>Reads options.</summary>
    /// <param name="json">As <see cref="CellFile.Options"/>; null for none.</param>
    /// <exception cref="OutOfRangeException">There is a field that is not known, or a value that cannot be.</exception>
    public static CellFileOptions Parse(string? json)
    {
        if (json is null)
        {
            return new CellFileOptions();
        }

        try
        {
            var options = JsonSerializer.Deserialize<CellFileOptions>(json, s_json) ?? new CellFileOptions();
            _ = options.AreaCm2 is { } area ? s_area.Check(area) : 0;
            _ = options.Spectrum?.Checked();
            return options;
        }
        catch (JsonException e)
        {
            throw new OutOfRangeException(
                $"The options of how the file is read cannot be understood at {e.Path ?? "$"}; see docs/cell.md.");
        }
    }

    /// <summary>Options as a file keeps them; null where nothing is said.</summary>
    public string? ToJson() => this == new CellFileOptions() ? null : JsonSerializer.Serialize(this, s_json);

    /// <summary>What a cycler's file is read with.</summary>
    /// <exception cref="MeasurementException">The time zone is none.</exception>
    public CyclerOptions ToCycler() => new()
    {
        Map = Map ?? CyclerOptions.Default.Map, UnitsOf = Units ?? CyclerOptions.Default.UnitsOf, Negate = Negate == true,
        Dates = Dates ?? DateOrder.Unsaid, RepairTime = RepairTime == true,
        Zone = Zone is null ? null : TimeZones.Find(Zone) ?? throw new MeasurementException(
            $"{(Zone.Length <= 60 ? Zone : Zone[..60])} is no time zone; use a name such as Europe/Berlin or an offset such as +09:00."),
    };
}
