using System.Text;
using System.Text.Json;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>
/// A JSON object taken apart: the items of some of its arrays with the lines that they begin in, so that a message can name a line, and the
/// other properties as they are.
/// </summary>
internal sealed class JsonParts
{
    private readonly Dictionary<string, JsonElement> _others = new(StringComparer.Ordinal);
    private readonly List<(string Array, int Line, JsonElement Item)> _items = [];

    /// <summary>Items of the arrays, in the file's order.</summary>
    public IReadOnlyList<(string Array, int Line, JsonElement Item)> Items => _items;

    /// <summary>Another property, or null.</summary>
    public JsonElement? this[string name] => _others.TryGetValue(name, out var value) ? value : null;

    /// <summary>Whether the object has an array of that name.</summary>
    public bool Has(string array) => _others.ContainsKey(array);

    /// <summary>Takes a file apart.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="most">Items at most.</param>
    /// <param name="arrays">Names of the arrays whose items are wanted.</param>
    /// <exception cref="VolumeFormatException">It is no JSON object, or has more items.</exception>
    public static JsonParts Of(string text, string file, int most, params string[] arrays)
    {
        var utf8 = Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF'));
        var reader = new Utf8JsonReader(utf8);
        var (parts, line, counted) = (new JsonParts(), 1, 0);
        int LineAt(long at)
        {
            line += utf8.AsSpan(counted, (int)at - counted).Count((byte)'\n');
            counted = (int)at;
            return line;
        }

        JsonElement Value(ref Utf8JsonReader r)
        {
            using var document = JsonDocument.ParseValue(ref r);
            return document.RootElement.Clone();
        }

        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new VolumeFormatException($"{file} is no JSON object; export annotations to see how a file looks.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (!arrays.Contains(name) || reader.TokenType != JsonTokenType.StartArray)
                {
                    parts._others[name] = Value(ref reader);
                    continue;
                }

                parts._others[name] = default;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    var at = LineAt(reader.TokenStartIndex);
                    parts._items.Add((name, at, Value(ref reader)));
                    if (parts._items.Count > most)
                    {
                        throw new VolumeFormatException($"{file} holds more than {most} sites and annotations; divide it.");
                    }
                }
            }

            // Something may follow the object.
            while (reader.Read())
            {
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            var at = (e as JsonException)?.LineNumber + 1 ?? line;
            throw new VolumeFormatException($"{file}, line {at}: this is not JSON; export annotations to see how a file looks.", e);
        }

        return parts;
    }
}
