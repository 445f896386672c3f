using System.Buffers.Binary;
using System.Security.Cryptography;

namespace DendriteViewer.Web.Accounts.SignIn;

/// <summary>
/// Codes of authenticator apps: RFC 6238 with HMAC-SHA-1, six digits and half minutes, which is what every such app can do.
/// </summary>
public static class Totp
{
    /// <summary>Bytes of a new key, as RFC 4226 recommends.</summary>
    public const int KeyBytes = 20;

    /// <summary>Seconds for which a code holds.</summary>
    public const int Period = 30;

    private const int Million = 1_000_000;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    // The clock of a phone may be half a minute off either way.
    private const int Drift = 1;

    /// <summary>The half minute that a moment lies in, counted from 1970.</summary>
    public static long StepOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / Period;

    /// <summary>The code of a half minute.</summary>
    public static int CodeOf(ReadOnlySpan<byte> key, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // The standard has SHA-1, whose known weakness does not touch HMAC.
        HMACSHA1.HashData(key, counter, hash);
#pragma warning restore CA5350
        return (BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xF)..]) & int.MaxValue) % Million;
    }

    /// <summary>The half minute of a code, which is later than a given one; null where the code is none that holds now.</summary>
    /// <param name="key">The shared key.</param>
    /// <param name="code">Six digits.</param>
    /// <param name="now">The moment.</param>
    /// <param name="after">The half minute whose code was used last.</param>
    public static long? Match(ReadOnlySpan<byte> key, int code, DateTimeOffset now, long after)
    {
        var step = StepOf(now);
        for (var s = step - Drift; s <= step + Drift; s++)
        {
            if (s > after && CodeOf(key, s) == code)
            {
                return s;
            }
        }

        return null;
    }

    /// <summary>Bytes in base 32 without padding, RFC 4648.</summary>
    public static string ToBase32(ReadOnlySpan<byte> bytes)
    {
        var text = new System.Text.StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var b in bytes)
        {
            (buffer, bits) = ((buffer << 8) | b, bits + 8);
            for (; bits >= 5; bits -= 5)
            {
                text.Append(Alphabet[(buffer >> (bits - 5)) & 31]);
            }

            buffer &= (1 << bits) - 1;
        }

        return bits > 0 ? text.Append(Alphabet[(buffer << (5 - bits)) & 31]).ToString() : text.ToString();
    }
}
