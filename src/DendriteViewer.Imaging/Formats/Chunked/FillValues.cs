using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json.Nodes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>What stands where a chunk is absent, as Zarr's fill_value says it.</summary>
internal static class FillValues
{
    /// <summary>The sample's bytes, little endian.</summary>
    /// <param name="node">A number, true or false, a name of what is no number, its bits as 0x…, or null for zero.</param>
    /// <param name="type">The sample's type.</param>
    /// <exception cref="FormatException">The type cannot hold it.</exception>
    public static byte[] Of(JsonNode? node, SampleType type)
    {
        var text = node?.ToString() switch { null or "" or "null" or "false" or "False" => "0", "true" or "True" => "1", var t => t };
        var bits = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bits, text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? Bits(text, type)
            : type is SampleType.Float16 or SampleType.Float32 or SampleType.Float64 ? FloatBits(text, type) : IntegerBits(text, type));
        return bits[..type.Size()];
    }

    private static ulong Bits(string text, SampleType type) =>
        ulong.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits)
        && (type.Size() == 8 || bits >> (8 * type.Size()) == 0)
            ? bits
            : throw Unfit(text, type);

    private static ulong FloatBits(string text, SampleType type)
    {
        var value = text switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => Number(text) is { } v && double.IsFinite(v) ? v : throw Unfit(text, type),
        };
        var (bits, kept) = type switch
        {
            SampleType.Float16 => (BitConverter.HalfToUInt16Bits((Half)value), (double)(Half)value),
            SampleType.Float32 => (BitConverter.SingleToUInt32Bits((float)value), (float)value),
            _ => (BitConverter.DoubleToUInt64Bits(value), value),
        };
        return double.IsFinite(value) && !double.IsFinite(kept) ? throw Unfit(text, type) : bits;
    }

    private static ulong IntegerBits(string text, SampleType type)
    {
        // Some programs write a whole number as 0.0 or 1e3.
        if (!Int128.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value))
        {
            value = Number(text) is { } v && Math.Abs(v) < 1e15 && v == Math.Truncate(v) ? (Int128)v : throw Unfit(text, type);
        }

        var bits = 8 * type.Size();
        var isSigned = type is SampleType.Int8 or SampleType.Int16 or SampleType.Int32 or SampleType.Int64;
        var most = (Int128.One << (isSigned ? bits - 1 : bits)) - 1;
        var least = isSigned ? -most - 1 : Int128.Zero;
        return value >= least && value <= most ? unchecked((ulong)value) : throw Unfit(text, type);
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static FormatException Unfit(string text, SampleType type) => new($"its fill_value {OneWord(text)} is no {type.Name()}");

    private static string OneWord(string text) => text.Length <= 24 ? text : text[..24] + "…";
}
