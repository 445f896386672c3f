using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>The fields of an NRRD header, as text.</summary>
internal sealed partial class NrrdHeader
{
    private const int MostHeader = 1 << 20;
    private readonly string _path;
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _keys = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _list = [];

    /// <param name="path">The file with the header.</param>
    /// <exception cref="VolumeFormatException">It has no end, or a line that is no field.</exception>
    public NrrdHeader(string path)
    {
        _path = path;
        Read();
    }

    /// <summary>The file, for messages.</summary>
    public string Path => _path;

    /// <summary>Where the data begin in the same file.</summary>
    public long DataAt { get; private set; }

    /// <summary>Names of files after "data file: LIST".</summary>
    public IReadOnlyList<string> List => _list;

    /// <summary>A key/value pair, which means something to the program that wrote it.</summary>
    public string? Key(string name) => _keys.GetValueOrDefault(name);

    /// <summary>The first of the fields of these names that is there and not empty.</summary>
    public string? Field(params string[] names) => names.Select(n => _fields.GetValueOrDefault(n))
        .FirstOrDefault(v => v is { Length: > 0 });

    /// <summary>A field of whole numbers; null where it is absent.</summary>
    public List<long>? Numbers(string name)
    {
        if (Field(name) is not { } text)
        {
            return null;
        }

        var numbers = new List<long>();
        foreach (var part in Words(text))
        {
            numbers.Add(long.TryParse(part, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n)
                ? n
                : throw new VolumeFormatException($"{_path}: {name} is '{text}', which are no whole numbers; the header is damaged."));
        }

        return numbers;
    }

    /// <summary>How many lines or bytes are skipped.</summary>
    public long Skip(string name, string old, long least) => Field(name, old) is not { } text ? 0
        : long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) && n >= least ? n
        : throw new VolumeFormatException($"{_path}: {name} is '{text}', but it is {least} or more; correct the header.");

    /// <summary>A field's words, or null where it is absent.</summary>
    public string[]? Words(params string[] names) => Field(names) is { } text ? Words(text) : null;

    /// <summary>What stands between quotation marks in a field, in order; null where it is absent.</summary>
    public string[]? Quoted(string name) => Field(name) is { } text ? [.. Quotes().Matches(text).Select(m => m.Groups[1].Value)] : null;

    /// <summary>Says that a field is missing.</summary>
    public VolumeFormatException Missing(string field) => new($"{_path} has no {field} in its header; the file is damaged.");

    // Bytes, each a character, as the UTF-8 that most programs write, or as Latin-1.
    private static string TextOf(string bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Encoding.Latin1.GetBytes(bytes));
        }
        catch (DecoderFallbackException)
        {
            return bytes;
        }
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    // Fields are "name: value", key/value pairs "key:=value"; an empty line, or the end of a header without data, ends them.
    private void Read()
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var (line, at) = (new StringBuilder(), 0L);
        var isList = false;
        while (true)
        {
            var c = file.ReadByte();
            if (++at > MostHeader)
            {
                throw new VolumeFormatException($"{_path} has no end of its header; the file is damaged.");
            }

            if (c is not ('\n' or -1))
            {
                line.Append((char)c);
                continue;
            }

            var text = TextOf(line.ToString()).TrimEnd('\r');
            line.Clear();
            if (text.Length == 0 || c == -1)
            {
                AddLine(text);
                DataAt = at;
                return;
            }

            AddLine(text);
        }

        void AddLine(string text)
        {
            if (text.Length == 0 || text[0] == '#' || NrrdFile.IsNrrd(Encoding.Latin1.GetBytes(text)))
            {
                return;
            }

            if (isList)
            {
                _list.Add(text);
                return;
            }

            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new VolumeFormatException(
                    $"{_path}: '{text[..Math.Min(40, text.Length)]}' is no field of a header; the file is damaged.");
            }

            var name = text[..colon].Trim();
            if (text.AsSpan(colon).StartsWith(":="))
            {
                _keys[name] = text[(colon + 2)..].Trim();
                return;
            }

            _fields[name] = text[(colon + 1)..].Trim();
            isList = name.Replace(" ", "", StringComparison.Ordinal).Equals("datafile", StringComparison.OrdinalIgnoreCase)
                && _fields[name].StartsWith("LIST", StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quotes();
}
