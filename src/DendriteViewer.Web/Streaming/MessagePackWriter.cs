using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace DendriteViewer.Web.Streaming;

/// <summary>Writes the subset of MessagePack that the hub protocol needs.</summary>
internal readonly struct MessagePackWriter(IBufferWriter<byte> output)
{
    public void Nil() => Byte(0xC0);

    public void Boolean(bool value) => Byte(value ? (byte)0xC3 : (byte)0xC2);

    public void Integer(long value)
    {
        if (value is >= 0 and < 128)
        {
            Byte((byte)value);
        }
        else if (value is >= -32 and < 0)
        {
            Byte((byte)value);
        }
        else
        {
            var span = output.GetSpan(9);
            span[0] = 0xD3;
            BinaryPrimitives.WriteInt64BigEndian(span[1..], value);
            output.Advance(9);
        }
    }

    public void Double(double value)
    {
        var span = output.GetSpan(9);
        span[0] = 0xCB;
        BinaryPrimitives.WriteDoubleBigEndian(span[1..], value);
        output.Advance(9);
    }

    public void String(string? value)
    {
        if (value is null)
        {
            Nil();
            return;
        }

        var bytes = Encoding.UTF8.GetByteCount(value);
        if (bytes < 32)
        {
            Byte((byte)(0xA0 | bytes));
        }
        else
        {
            Header(0xDB, bytes);
        }

        output.Advance(Encoding.UTF8.GetBytes(value, output.GetSpan(bytes)));
    }

    public void Binary(ReadOnlySpan<byte> bytes)
    {
        Header(0xC6, bytes.Length);
        output.Write(bytes);
    }

    public void ArrayHeader(int count)
    {
        if (count < 16)
        {
            Byte((byte)(0x90 | count));
        }
        else
        {
            Header(0xDD, count);
        }
    }

    public void MapHeader(int count)
    {
        if (count < 16)
        {
            Byte((byte)(0x80 | count));
        }
        else
        {
            Header(0xDF, count);
        }
    }

    public void Value(object? value)
    {
        switch (value)
        {
            case null: Nil(); break;
            case string s: String(s); break;
            case bool b: Boolean(b); break;
            case int i: Integer(i); break;
            case long l: Integer(l); break;
            case double d: Double(d); break;
            case float f: Double(f); break;
            case byte[] b: Binary(b); break;
            case ReadOnlyMemory<byte> m: Binary(m.Span); break;
            case Memory<byte> m: Binary(m.Span); break;
            default: Json(JsonSerializer.SerializeToElement(value, JsonSerializerOptions.Web)); break;
        }
    }

    private void Json(JsonElement e)
    {
        switch (e.ValueKind)
        {
            case JsonValueKind.Object:
                MapHeader(e.GetPropertyCount());
                foreach (var p in e.EnumerateObject())
                {
                    String(p.Name);
                    Json(p.Value);
                }

                break;
            case JsonValueKind.Array:
                ArrayHeader(e.GetArrayLength());
                foreach (var item in e.EnumerateArray())
                {
                    Json(item);
                }

                break;
            case JsonValueKind.String: String(e.GetString()); break;
            case JsonValueKind.Number when e.TryGetInt64(out var i): Integer(i); break;
            case JsonValueKind.Number: Double(e.GetDouble()); break;
            case JsonValueKind.True or JsonValueKind.False: Boolean(e.GetBoolean()); break;
            default: Nil(); break;
        }
    }

    private void Header(byte code, int count)
    {
        var span = output.GetSpan(5);
        span[0] = code;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], count);
        output.Advance(5);
    }

    private void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
