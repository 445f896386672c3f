using System.Security.Cryptography;
using System.Text;

namespace DendriteViewer.Imaging.Storage;

/// <summary>JSON objects whose first field is the SHA-256 of all that follows it, so that no damage is taken for what somebody wrote.</summary>
public static class SealedJson
{
    private const string Head = "{\"sha256\":\"";
    private const int HashLength = 64;

    /// <summary>Whether bytes begin as a sealed object does.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> file) => file.StartsWith(Encoding.ASCII.GetBytes(Head));

    /// <summary>Whether bytes are a sealed object whose seal is of its content.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> file)
    {
        try
        {
            Unseal(file);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Puts the seal before an object's other fields, of which there is at least one.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> json) => [.. Encoding.ASCII.GetBytes($"{Head}{Convert.ToHexStringLower(SHA256.HashData(json[1..]))}\","), .. json[1..]];

    /// <summary>The object without its seal.</summary>
    /// <exception cref="FormatException">The seal is of other content, or there is none.</exception>
    public static byte[] Unseal(ReadOnlySpan<byte> file)
    {
        var rest = Head.Length + HashLength + 2;
        return file.Length > rest && IsSealed(file) && file[(rest - 2)..rest].SequenceEqual("\","u8)
            && file.Slice(Head.Length, HashLength).SequenceEqual(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(file[rest..]))))
            ? [(byte)'{', .. file[rest..]]
            : throw new FormatException("The checksum is of other content.");
    }
}
