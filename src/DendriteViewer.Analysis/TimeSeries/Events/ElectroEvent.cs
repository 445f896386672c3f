using System.Globalization;
using System.Text.Json.Serialization;

namespace DendriteViewer.Analysis.TimeSeries.Events;

/// <summary>What happened to a cell.</summary>
[JsonConverter(typeof(EventKindConverter))]
public enum EventKind
{
    /// <summary>Current begins to flow.</summary>
    CurrentOn,

    /// <summary>Current ceases to flow, and does not begin again.</summary>
    CurrentOff,

    /// <summary>No current flows, between two stretches in which it does.</summary>
    Rest,

    /// <summary>Current is reversed.</summary>
    SignChange,

    /// <summary>A rest in which an impedance sweep was taken.</summary>
    EisPause,

    /// <summary>A voltage limit was reached, or is held.</summary>
    Limit,

    /// <summary>A sudden drop of the voltage with partial recovery: a filament that touches and gives way.</summary>
    SoftShort,

    /// <summary>A sudden drop of the voltage to next to nothing that lasts.</summary>
    HardShort,

    /// <summary>The voltage climbs ever faster at constant current: an electrode loses contact.</summary>
    ContactLoss,
}

/// <summary>Something that happened to a cell, as found in its curves or written down by somebody.</summary>
/// <param name="Kind">What.</param>
/// <param name="Hours">When: the first row that shows it.</param>
/// <param name="Confidence">From 0 to 1, how sure it is; what is below a half is not listed.</param>
/// <param name="ToHours">When it ended, where it has an end.</param>
/// <param name="Note">What it rests on, in words.</param>
public sealed record ElectroEvent(EventKind Kind, double Hours, double Confidence, double? ToHours = null, string? Note = null)
{
    private readonly string? _id;

    /// <summary>What edits name it by: kind and time to the tenth of a second, as they were when it was found or added.</summary>
    public string Id
    {
        get => _id ?? string.Create(CultureInfo.InvariantCulture, $"{EventKinds.NameOf(Kind)}@{Math.Round(Hours * 36000):0}");
        init => _id = value;
    }
}

/// <summary>Names of kinds of events as files, commands and links write them.</summary>
public static class EventKinds
{
    /// <summary>All of them with their names.</summary>
    public static readonly IReadOnlyDictionary<EventKind, string> Names = new Dictionary<EventKind, string>
    {
        [EventKind.CurrentOn] = "current-on", [EventKind.CurrentOff] = "current-off", [EventKind.Rest] = "rest",
        [EventKind.SignChange] = "sign-change", [EventKind.EisPause] = "eis-pause", [EventKind.Limit] = "limit",
        [EventKind.SoftShort] = "soft-short", [EventKind.HardShort] = "hard-short", [EventKind.ContactLoss] = "contact-loss",
    };

    /// <summary>A kind's name.</summary>
    public static string NameOf(EventKind kind) => Names[kind];

    /// <summary>The kind of a name; null where there is none.</summary>
    public static EventKind? Find(string? name) => Names.Where(n => n.Value == name).Select(n => (EventKind?)n.Key).FirstOrDefault();
}
