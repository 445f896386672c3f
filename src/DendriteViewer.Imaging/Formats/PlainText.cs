using System.Globalization;
using DendriteViewer.Imaging.Native;

namespace DendriteViewer.Imaging.Formats;

/// <summary>Numbers in text, between blanks or commas, as little-endian samples.</summary>
internal sealed class PlainText(Stream text, SampleType type) : ForwardStream
{
    private readonly byte[] _input = new byte[8192];
    private readonly byte[] _sample = new byte[8];
    private int _have, _at, _left;

    public override int Read(Span<byte> buffer)
    {
        var done = 0;
        while (done < buffer.Length)
        {
            if (_left == 0 && !Next())
            {
                break;
            }

            var size = type.Size();
            var n = Math.Min(_left, buffer.Length - done);
            _sample.AsSpan(size - _left, n).CopyTo(buffer[done..]);
            (_left, done) = (_left - n, done + n);
        }

        return done;
    }

    protected override void Dispose(bool disposing)
    {
        text.Dispose();
        base.Dispose(disposing);
    }

    private bool Next()
    {
        Span<byte> token = stackalloc byte[64];
        var n = 0;
        while (true)
        {
            if (_at == _have)
            {
                (_at, _have) = (0, text.Read(_input));
            }

            if (_have == 0 || _input[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)',')
            {
                if (n > 0)
                {
                    break;
                }

                if (_have == 0)
                {
                    return false;
                }

                _at++;
                continue;
            }

            if (n == token.Length)
            {
                throw new InvalidDataException("A number has too many digits.");
            }

            token[n++] = _input[_at++];
        }

        var ok = type switch
        {
            SampleType.UInt8 => Put(byte.TryParse(token[..n], NumberStyles.Integer, CultureInfo.InvariantCulture, out var v), v),
            SampleType.Int8 => Put(sbyte.TryParse(token[..n], NumberStyles.Integer, CultureInfo.InvariantCulture, out var v), (byte)v),
            SampleType.UInt16 => Put(ushort.TryParse(token[..n], NumberStyles.Integer, CultureInfo.InvariantCulture, out var v), v),
            SampleType.Int16 => Put(short.TryParse(token[..n], NumberStyles.Integer, CultureInfo.InvariantCulture, out var v), (ushort)v),
            SampleType.UInt32 => Put(uint.TryParse(token[..n], NumberStyles.Integer, CultureInfo.InvariantCulture, out var v), v),
            SampleType.Int32 => Put(int.TryParse(token[..n], NumberStyles.Integer, CultureInfo.InvariantCulture, out var v), (uint)v),
            SampleType.UInt64 => Put(ulong.TryParse(token[..n], NumberStyles.Integer, CultureInfo.InvariantCulture, out var v), v),
            SampleType.Int64 => Put(long.TryParse(token[..n], NumberStyles.Integer, CultureInfo.InvariantCulture, out var v), (ulong)v),
            SampleType.Float16 => Put(Half.TryParse(token[..n], NumberStyles.Float, CultureInfo.InvariantCulture, out var v), BitConverter.HalfToUInt16Bits(v)),
            SampleType.Float32 => Put(float.TryParse(token[..n], NumberStyles.Float, CultureInfo.InvariantCulture, out var v), BitConverter.SingleToUInt32Bits(v)),
            _ => Put(double.TryParse(token[..n], NumberStyles.Float, CultureInfo.InvariantCulture, out var v), BitConverter.DoubleToUInt64Bits(v)),
        };
        return ok ? true : throw new InvalidDataException($"'{System.Text.Encoding.ASCII.GetString(token[..n])}' is no {type.Name()}.");
    }

    private bool Put(bool parsed, ulong bits)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(_sample, bits);
        _left = type.Size();
        return parsed;
    }
}
