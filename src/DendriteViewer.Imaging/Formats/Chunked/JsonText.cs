using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>Metadata as programs write them: JSON, perhaps after a byte order mark, perhaps with Python's NaN and Infinity in it.</summary>
internal static class JsonText
{
    private const int MostBytes = 64 << 20;
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 64 };
    private static readonly string[] s_names = ["NaN", "Infinity", "-Infinity"];

    /// <summary>The object of a key; null where there is none.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="FormatException">It is no object.</exception>
    public static JsonObject? Read(KeyStore store, string key) => store.Read(key) is { } bytes
        ? Parse(bytes) as JsonObject ?? throw new FormatException($"{key.Split('/')[^1]} is no object")
        : null;

    /// <summary>Parses JSON; NaN, Infinity and -Infinity, which Python writes and JSON has not, become texts, as in Zarr.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonNode? Parse(byte[] bytes)
    {
        if (bytes.Length > MostBytes)
        {
            throw new JsonException("metadata of more than 64 MiB");
        }

        bytes = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        try
        {
            return JsonNode.Parse(bytes, null, s_options);
        }
        catch (JsonException) when (bytes.AsSpan().IndexOf("NaN"u8) >= 0 || bytes.AsSpan().IndexOf("Infinity"u8) >= 0)
        {
            return JsonNode.Parse(WithQuotedNames(Encoding.UTF8.GetString(bytes)), null, s_options);
        }
    }

    // Outside of texts alone.
    private static string WithQuotedNames(string text)
    {
        var quoted = new StringBuilder(text.Length + 16);
        var isInside = false;
        for (var i = 0; i < text.Length; i++)
        {
            var name = isInside ? null : Array.Find(s_names, n => string.CompareOrdinal(text, i, n, 0, n.Length) == 0);
            if (name is not null)
            {
                quoted.Append('"').Append(name).Append('"');
                i += name.Length - 1;
                continue;
            }

            isInside ^= text[i] == '"';
            quoted.Append(text[i]);
            if (isInside && text[i] == '\\' && i + 1 < text.Length)
            {
                quoted.Append(text[++i]);
            }
        }

        return quoted.ToString();
    }
}
