using System.Buffers.Binary;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>Holds what a header says of its data's length against the data.</summary>
internal static class DataLengths
{
    // Packed data of at most so many bytes are counted when the file is opened; larger ones show while they are read that they end early.
    // gzip says at its end how long its content is; where that is something else, several may follow each other.
    private const long MostCounted = 64L << 20, MostCountedGzip = 2L << 30;

    /// <summary>Compares data that are not packed.</summary>
    /// <param name="path">The file that holds them, for messages.</param>
    /// <param name="need">Bytes that the header accounts for.</param>
    /// <param name="have">Bytes that are there.</param>
    /// <returns>A remark where there is more than the header says; null where both agree.</returns>
    /// <exception cref="VolumeFormatException">There is less.</exception>
    public static string? Compare(string path, long need, long have) =>
        have < need ? throw Short(path, need, have)
        : have > need ? $"{Path.GetFileName(path)} holds {have} bytes of data, of which the header accounts for {need}; the "
            + $"last {have - need} are not read."
        : null;

    /// <summary>Compares data that are packed, or numbers in text, as far as that is possible without long work.</summary>
    /// <param name="path">The header, for messages.</param>
    /// <param name="need">Bytes of samples that the header accounts for.</param>
    /// <param name="gzip">The only file of data where it is gzip, which says at its end how long its content is; null for others.</param>
    /// <param name="before">Bytes of its content before the samples.</param>
    /// <param name="open">A stream at the first sample.</param>
    /// <returns>A remark where there is more than the header says; null where both agree, or it is too long to be counted.</returns>
    /// <exception cref="VolumeFormatException">There is less.</exception>
    public static string? ComparePacked(string path, long need, string? gzip, long before, Func<Stream> open)
    {
        if (need > (gzip is null ? MostCounted : MostCountedGzip) || (gzip is not null && Content(gzip) == (uint)(need + before)))
        {
            return null;
        }

        using var stream = open();
        var buffer = new byte[1 << 16];
        var have = 0L;
        for (int n; have <= need && (n = stream.Read(buffer)) > 0;)
        {
            have += n;
        }

        return have < need ? throw Short(path, need, have)
            : have > need ? $"Its data unpack to more than the {need} bytes that its header accounts for; the rest is not read."
            : null;
    }

    // What gzip keeps of the length of its content: the lower 32 bits.
    private static uint? Content(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> last = stackalloc byte[4];
        return RandomAccess.GetLength(file) >= 18 && RandomAccess.Read(file, last, RandomAccess.GetLength(file) - 4) == 4
            ? BinaryPrimitives.ReadUInt32LittleEndian(last) : null;
    }

    private static VolumeFormatException Short(string path, long need, long have) =>
        new($"{path} holds {have} bytes of voxels, but its header says that there are {need}; the header is damaged, or the file was cut "
            + "off: copy it again.");
}
