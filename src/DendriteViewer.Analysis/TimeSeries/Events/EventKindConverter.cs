using System.Text.Json;
using System.Text.Json.Serialization;

namespace DendriteViewer.Analysis.TimeSeries.Events;

/// <summary>Writes kinds of events by their names.</summary>
internal sealed class EventKindConverter : JsonConverter<EventKind>
{
    public override EventKind Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        (reader.TokenType == JsonTokenType.String ? EventKinds.Find(reader.GetString()) : null)
        ?? throw new JsonException($"A kind of event is one of {string.Join(", ", EventKinds.Names.Values)}.");

    public override void Write(Utf8JsonWriter writer, EventKind value, JsonSerializerOptions options) =>
        writer.WriteStringValue(EventKinds.NameOf(value));
}
