using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DendriteViewer.Hdf5;

/// <summary>What a reader says of the dataset that it opened, before anything is asked.</summary>
/// <param name="Dataset">Path inside the file.</param>
/// <param name="ChosenBy">Why this one, for people.</param>
/// <param name="Shape">Volumes, then voxels along z, y, x of each.</param>
/// <param name="SampleType">uint8, …, float64; samples are sent in the machine's byte order.</param>
/// <param name="Packing">Names of filters: "deflate", "shuffle".</param>
/// <param name="LayerSlices">Slices that are best asked for at once: a layer of chunks.</param>
/// <param name="VoxelSize">z, y, x, where the file gives it with a unit.</param>
/// <param name="VoxelUnits">The unit of each, as the file spells it.</param>
/// <param name="VoxelSizeFrom">Which part of the file says so.</param>
/// <param name="Files">Every file that is read, the first the one asked for.</param>
/// <param name="StoredBytes">Bytes that the dataset takes in the file, where the file says.</param>
/// <param name="Remarks">What was not taken, for people.</param>
public sealed record Hdf5Description(
    string Dataset, string ChosenBy, long[] Shape, string SampleType, string[] Packing, int LayerSlices, double[]? VoxelSize, string[]? VoxelUnits, string? VoxelSizeFrom, string[] Files, long StoredBytes,
    string[] Remarks);

/// <summary>What a message to who started the reader is.</summary>
public enum MessageKind : byte
{
    /// <summary>A description, or samples.</summary>
    Data,

    /// <summary>A sentence for people; nothing follows what it answers.</summary>
    Error,

    /// <summary>A path: may it be read? Only before the description.</summary>
    Question,

    /// <summary>An <see cref="AxesQuestion"/>, answered by an <see cref="AxesAnswer"/>. Only before the description.</summary>
    Axes,
}

/// <summary>Asks which axes of a dataset are z, y, x and time; the rule is the one of all formats, which the reader does not
/// know.</summary>
/// <param name="Dataset">Path inside the file.</param>
/// <param name="Names">Names of its axes, slowest first, empty where one has none; null where none has.</param>
/// <param name="Lengths">Elements along each.</param>
public sealed record AxesQuestion(string Dataset, string[]? Names, long[] Lengths);

/// <summary>Which axes of a dataset are what.</summary>
/// <param name="Order">Of time, z, y and x the index among the dataset's axes; -1 for one that it does not have.</param>
/// <param name="Remarks">What was guessed, for people.</param>
public sealed record AxesAnswer(int[] Order, string[] Remarks);

/// <summary>
/// How the reader and who started it talk, over the reader's standard streams. It sends a description or an error, and asks before
/// it opens other files, and which axes are which; then for every request (frame, first slice, count; 64-bit each, little endian) it sends
/// samples or an error.
/// </summary>
public static class Wire
{
    private const int RequestBytes = 24;

    /// <summary>The argument behind the file that asks for its spectra (<see cref="Hdf5Entry"/>) in place of slices.</summary>
    public const string Spectra = "--spectra";

    /// <summary>How records are written: a voxel's size may be no number, which is for who reads it to say.</summary>
    public static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Sends a message: its kind, how many bytes, the bytes.</summary>
    public static void Send(Stream to, MessageKind kind, ReadOnlySpan<byte> bytes)
    {
        Span<byte> head = stackalloc byte[9];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(head[1..], bytes.Length);
        to.Write(head);
        to.Write(bytes);
        to.Flush();
    }

    /// <summary>What comes next: its kind, and how many bytes.</summary>
    /// <exception cref="EndOfStreamException">The other side is gone.</exception>
    public static (MessageKind Kind, long Bytes) ReadHead(Stream from)
    {
        Span<byte> head = stackalloc byte[9];
        from.ReadExactly(head);
        return ((MessageKind)head[0], BinaryPrimitives.ReadInt64LittleEndian(head[1..]));
    }

    /// <summary>Reads a short message whole.</summary>
    /// <exception cref="InvalidDataException">It is not short.</exception>
    public static byte[] ReadBytes(Stream from, long count)
    {
        var bytes = new byte[count is >= 0 and <= 1 << 24 ? count : throw new InvalidDataException()];
        from.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Asks for slices.</summary>
    public static void Ask(Stream to, long frame, long first, long count)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        BinaryPrimitives.WriteInt64LittleEndian(request, frame);
        BinaryPrimitives.WriteInt64LittleEndian(request[8..], first);
        BinaryPrimitives.WriteInt64LittleEndian(request[16..], count);
        to.Write(request);
        to.Flush();
    }

    /// <summary>What was asked, or null where nobody asks any more.</summary>
    public static (long Frame, long First, long Count)? ReadRequest(Stream from)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        return from.ReadAtLeast(request, RequestBytes, throwOnEndOfStream: false) < RequestBytes
            ? null
            : (BinaryPrimitives.ReadInt64LittleEndian(request), BinaryPrimitives.ReadInt64LittleEndian(request[8..]), BinaryPrimitives.ReadInt64LittleEndian(request[16..]));
    }
}
