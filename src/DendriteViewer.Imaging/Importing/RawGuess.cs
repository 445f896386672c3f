using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Importing;

/// <summary>What a headerless file may hold, guessed from its name and size; to be confirmed by who looks at a slice of it.</summary>
/// <param name="Shape">Voxels along z, y, x.</param>
/// <param name="Dtype">Type as numpy names it.</param>
/// <param name="From">What it was guessed from, for people.</param>
public sealed partial record RawGuess(VolumeShape Shape, string Dtype, string From)
{
    private static readonly (string Dtype, int Bytes)[] s_types = [("uint8", 1), ("uint16", 2), ("float32", 4)];

    /// <summary>A guess, or null where name and size tell nothing that fits.</summary>
    /// <param name="name">The file's name: WIDTHxHEIGHTxDEPTH and a type in it are understood.</param>
    /// <param name="bytes">The file's size.</param>
    public static RawGuess? Of(string name, long bytes)
    {
        var named = TypeOf(name);
        if (Sizes().Match(name) is { Success: true } m)
        {
            var (x, y, z) = (int.Parse(m.Groups[1].Value, null), int.Parse(m.Groups[2].Value, null), int.Parse(m.Groups[3].Value, null));
            var voxels = (long)x * y * z;
            var type = named ?? s_types.Where(t => voxels * t.Bytes == bytes).Select(t => t.Dtype).FirstOrDefault();
            return voxels > 0 && type is not null
                ? new RawGuess(new VolumeShape(z, y, x), type, $"'{m.Value}' in its name, read as width × height × depth, and its size")
                : null;
        }

        foreach (var (dtype, size) in s_types.Where(t => named is null || t.Dtype == named))
        {
            var side = (int)Math.Round(Math.Cbrt((double)bytes / size));
            if (side > 1 && (long)side * side * side * size == bytes)
            {
                return new RawGuess(new VolumeShape(side, side, side), dtype, $"its size, which is that of a cube of {dtype}");
            }
        }

        return null;
    }

    private static string? TypeOf(string name) => Types().Match(name) is not { Success: true } m ? null
        : m.Value.ToLowerInvariant().Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal) switch
        {
            "uint8" or "u8" or "8bit" => "uint8",
            "uint16" or "u16" or "16bit" => "uint16",
            "int16" => "int16",
            _ => "float32",
        };

    [GeneratedRegex(@"(?<!\d)(\d{1,5})x(\d{1,5})x(\d{1,5})(?!\d)", RegexOptions.IgnoreCase)]
    private static partial Regex Sizes();

    [GeneratedRegex(@"(?<![a-z0-9])(uint8|u8|8[-_]?bit|uint16|u16|16[-_]?bit|int16|float32|f32|32[-_]?bit|float)(?![a-z0-9])",
        RegexOptions.IgnoreCase)]
    private static partial Regex Types();
}
