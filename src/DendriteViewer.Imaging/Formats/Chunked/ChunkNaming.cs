using System.Globalization;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>How the chunks (or shards) of an array are named, below the array's key.</summary>
/// <param name="Prefix">What stands first: "c" in Zarr v3, else nothing.</param>
/// <param name="Separator">What stands between the numbers: / or a dot.</param>
/// <param name="FastestFirst">Whether the number along the fastest axis comes first, as in N5.</param>
internal sealed record ChunkNaming(string Prefix, char Separator, bool FastestFirst = false)
{
    /// <summary>The namings that programs use.</summary>
    public static IReadOnlyList<ChunkNaming> All { get; } = [new("", '.'), new("", '/'), new("c", '/'), new("c", '.')];

    /// <summary>Name of a chunk at a place of the grid, the slowest axis first.</summary>
    public string Of(IEnumerable<long> at)
    {
        var numbers = string.Join(Separator, (FastestFirst ? at.Reverse() : at).Select(n => n.ToString(CultureInfo.InvariantCulture)));
        return Prefix.Length == 0 ? numbers : $"{Prefix}{Separator}{numbers}";
    }

    /// <summary>The place of a chunk with a name.</summary>
    /// <param name="name">The name, below the array's key.</param>
    /// <param name="at">As many numbers as there are axes; written where the name is one.</param>
    /// <returns>Whether a chunk would have that name.</returns>
    public bool TryParse(ReadOnlySpan<char> name, Span<long> at)
    {
        if (Prefix.Length > 0)
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || name.Length <= Prefix.Length || name[Prefix.Length] != Separator)
            {
                return false;
            }

            name = name[(Prefix.Length + 1)..];
        }

        var axis = 0;
        foreach (var part in name.Split(Separator))
        {
            var digits = name[part];
            var isNumber = digits.Length is > 0 and <= 18 && !digits.ContainsAnyExceptInRange('0', '9');
            if (axis == at.Length || !isNumber || (digits.Length > 1 && digits[0] == '0'))
            {
                return false;
            }

            at[FastestFirst ? at.Length - 1 - axis : axis] = long.Parse(digits, CultureInfo.InvariantCulture);
            axis++;
        }

        return axis == at.Length;
    }
}
