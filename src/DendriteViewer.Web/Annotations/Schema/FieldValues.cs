using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>The value of one field: a text (also the name of a choice), a number, or yes or no.</summary>
/// <param name="Text">The text or the choice, or null.</param>
/// <param name="Number">The number, or null.</param>
/// <param name="Yes">Yes or no, or null.</param>
[JsonConverter(typeof(FieldValueJson))]
public sealed record FieldValue(string? Text, double? Number = null, bool? Yes = null)
{
    /// <summary>The value as text: numbers with a point, yes or no.</summary>
    public override string ToString() =>
        Text ?? (Number is { } n ? n.ToString("R", CultureInfo.InvariantCulture) : Yes == true ? "yes" : "no");
}

/// <summary>Values of fields by the fields' ids. Equal where all values are; in JSON an object.</summary>
[JsonConverter(typeof(FieldValuesJson))]
public sealed class FieldValues : IReadOnlyCollection<KeyValuePair<string, FieldValue>>, IEquatable<FieldValues>
{
    private readonly ImmutableSortedDictionary<string, FieldValue> _values;

    private FieldValues(ImmutableSortedDictionary<string, FieldValue> values) => _values = values;

    /// <summary>No values.</summary>
    public static FieldValues Empty { get; } =
        new(ImmutableSortedDictionary<string, FieldValue>.Empty.WithComparers(StringComparer.Ordinal));

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <summary>A field's value; null where it has none.</summary>
    public FieldValue? this[string field] => _values.GetValueOrDefault(field);

    /// <summary>The same with another value of a field; null takes it away.</summary>
    public FieldValues With(string field, FieldValue? value) => new(value is null ? _values.Remove(field) : _values.SetItem(field, value));

    /// <summary>The same without the values of some fields, and with other values of some.</summary>
    /// <param name="emptied">Ids of the fields that lose theirs.</param>
    /// <param name="values">The other values; a field that is in both has its value.</param>
    public FieldValues With(IEnumerable<string> emptied, FieldValues values) =>
        values.Aggregate(emptied.Aggregate(this, (all, f) => all.With(f, value: null)), (all, v) => all.With(v.Key, v.Value));

    /// <inheritdoc/>
    public bool Equals(FieldValues? other) => other is not null && _values.SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FieldValues);

    /// <inheritdoc/>
    public override int GetHashCode() => _values.Aggregate(0, (h, v) => HashCode.Combine(h, v.Key, v.Value));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, FieldValue>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

internal sealed class FieldValueJson : JsonConverter<FieldValue>
{
    public override FieldValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => new FieldValue(reader.GetString()),
        JsonTokenType.Number when reader.TryGetDouble(out var number) && double.IsFinite(number) => new FieldValue(null, number),
        JsonTokenType.True or JsonTokenType.False => new FieldValue(null, null, reader.GetBoolean()),
        _ => throw new JsonException(),
    };

    public override void Write(Utf8JsonWriter writer, FieldValue value, JsonSerializerOptions options)
    {
        if (value.Number is { } number)
        {
            writer.WriteNumberValue(number);
        }
        else if (value.Yes is { } yes)
        {
            writer.WriteBooleanValue(yes);
        }
        else
        {
            writer.WriteStringValue(value.Text ?? "");
        }
    }
}

internal sealed class FieldValuesJson : JsonConverter<FieldValues>
{
    public override FieldValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var values = JsonSerializer.Deserialize<Dictionary<string, FieldValue?>>(ref reader, options) ?? [];
        return values.Aggregate(FieldValues.Empty, (all, v) => all.With(v.Key, v.Value));
    }

    public override void Write(Utf8JsonWriter writer, FieldValues value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (field, one) in value)
        {
            writer.WritePropertyName(field);
            JsonSerializer.Serialize(writer, one, options);
        }

        writer.WriteEndObject();
    }
}
