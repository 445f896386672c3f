using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DendriteViewer.Web.Streaming;

/// <summary>Reads MessagePack, every integer, float, string, binary, array and map form; extensions are refused.</summary>
internal ref struct MessagePackReader(ReadOnlySpan<byte> bytes)
{
    public const string CutShort = "A hub message is cut short.";
    private const int Deepest = 32;
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public int ReadArrayHeader() => Take() switch
    {
        var c when (c & 0xF0) == 0x90 => c & 0x0F,
        0xDC => Count(BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
        0xDD => Count(BinaryPrimitives.ReadUInt32BigEndian(Take(4))),
        var c => throw Wrong("an array", c),
    };

    public int ReadMapHeader() => Take() switch
    {
        var c when (c & 0xF0) == 0x80 => c & 0x0F,
        0xDE => Count(BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
        0xDF => Count(BinaryPrimitives.ReadUInt32BigEndian(Take(4))),
        0xC0 => 0,
        var c => throw Wrong("a map", c),
    };

    public string? ReadString()
    {
        var code = Take();
        return code == 0xC0 ? null : Encoding.UTF8.GetString(Take(StringLength(code) ?? throw Wrong("a string", code)));
    }

    public bool ReadBoolean() => Take() switch { 0xC2 => false, 0xC3 => true, var c => throw Wrong("a boolean", c) };

    public int ReadInt32() => checked((int)ReadInt64());

    public long ReadInt64()
    {
        var code = Take();
        return Integer(code) ?? throw Wrong("an integer", code);
    }

    public double ReadDouble()
    {
        var code = Take();
        return code switch
        {
            0xCA => BinaryPrimitives.ReadSingleBigEndian(Take(4)),
            0xCB => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
            _ => Integer(code) ?? throw Wrong("a number", code),
        };
    }

    public byte[]? ReadBinary()
    {
        var code = Take();
        return code == 0xC0 ? null : Take(BinaryLength(code) ?? throw Wrong("bytes", code)).ToArray();
    }

    /// <summary>A value as the type that a hub method takes.</summary>
    public object? ReadValue(Type type)
    {
        if (type == typeof(string))
        {
            return ReadString();
        }

        if (type == typeof(int))
        {
            return ReadInt32();
        }

        if (type == typeof(long))
        {
            return ReadInt64();
        }

        if (type == typeof(double))
        {
            return ReadDouble();
        }

        if (type == typeof(bool))
        {
            return ReadBoolean();
        }

        if (type == typeof(byte[]))
        {
            return ReadBinary();
        }

        return ReadNode(0).Deserialize(type, JsonSerializerOptions.Web);
    }

    private JsonNode? ReadNode(int depth)
    {
        if (depth > Deepest)
        {
            throw new InvalidDataException("A hub message is nested too deep.");
        }

        var code = _at < _bytes.Length ? _bytes[_at] : throw new InvalidDataException(CutShort);
        if ((code & 0xF0) == 0x90 || code is 0xDC or 0xDD)
        {
            var array = new JsonArray();
            for (var n = ReadArrayHeader(); n > 0; n--)
            {
                array.Add(ReadNode(depth + 1));
            }

            return array;
        }

        if ((code & 0xF0) == 0x80 || code is 0xDE or 0xDF)
        {
            var map = new JsonObject();
            for (var n = ReadMapHeader(); n > 0; n--)
            {
                map[ReadString() ?? ""] = ReadNode(depth + 1);
            }

            return map;
        }

        switch (code)
        {
            case 0xC0: _at++; return null;
            case 0xC2 or 0xC3: return ReadBoolean();
            case 0xCA or 0xCB: return ReadDouble();
            case 0xC4 or 0xC5 or 0xC6: return Convert.ToBase64String(ReadBinary()!);
        }

        if ((code & 0xE0) == 0xA0 || code is 0xD9 or 0xDA or 0xDB)
        {
            return ReadString();
        }

        return ReadInt64();
    }

    private long? Integer(byte code) => code switch
    {
        < 0x80 => code,
        >= 0xE0 => (sbyte)code,
        0xCC => Take(),
        0xCD => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
        0xCE => BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
        0xCF => checked((long)BinaryPrimitives.ReadUInt64BigEndian(Take(8))),
        0xD0 => (sbyte)Take(),
        0xD1 => BinaryPrimitives.ReadInt16BigEndian(Take(2)),
        0xD2 => BinaryPrimitives.ReadInt32BigEndian(Take(4)),
        0xD3 => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
        _ => null,
    };

    private int? StringLength(byte code) => code switch
    {
        _ when (code & 0xE0) == 0xA0 => code & 0x1F,
        0xD9 => Take(),
        0xDA => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
        0xDB => Count(BinaryPrimitives.ReadUInt32BigEndian(Take(4))),
        _ => null,
    };

    private int? BinaryLength(byte code) => code switch
    {
        0xC4 => Take(),
        0xC5 => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
        0xC6 => Count(BinaryPrimitives.ReadUInt32BigEndian(Take(4))),
        _ => null,
    };

    // A count larger than the bytes that are left cannot be true, and must not be allocated.
    private readonly int Count(uint count) => count <= (uint)(_bytes.Length - _at) ? (int)count : throw new InvalidDataException(CutShort);

    private byte Take() => _at < _bytes.Length ? _bytes[_at++] : throw new InvalidDataException(CutShort);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at)
        {
            throw new InvalidDataException(CutShort);
        }

        _at += count;
        return _bytes.Slice(_at - count, count);
    }

    private static InvalidDataException Wrong(string wanted, byte code) => new($"A hub message has {wanted} wanted where the code is 0x{code:X2}.");
}
