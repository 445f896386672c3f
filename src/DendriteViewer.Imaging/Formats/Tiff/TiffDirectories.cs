using System.Buffers.Binary;
using DendriteViewer.Imaging.Volumes;
using Microsoft.Win32.SafeHandles;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>
/// The directories of a TIFF or BigTIFF (TIFF 6.0, section 2), one a page. The chain of them is walked once, with one small read a page,
/// so that opening a file takes time in proportion to its pages, and any page is found by its offset afterwards. Pixels are left to
/// libtiff.
/// </summary>
internal sealed class TiffDirectories
{
    // Directories of up to this many bytes take one read, longer ones a second.
    private const int UsualBytes = 1024;
    private const int MostEntries = 4096;
    private const int MostPages = 10_000_000;

    private readonly List<(long Offset, TiffPageTags Tags)> _pages = [];

    private TiffDirectories(string path, long fileBytes, TiffByteLayout layout) => (Path, FileBytes, Layout) = (path, fileBytes, layout);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its length.</summary>
    public long FileBytes { get; }

    /// <summary>Its byte order, and whether it is a BigTIFF.</summary>
    public TiffByteLayout Layout { get; }

    /// <summary>What the first page says beside its pixels.</summary>
    public TiffFirstPage First { get; private set; } = TiffFirstPage.Silent;

    /// <summary>Number of pages, smaller copies and masks included.</summary>
    public int Count => _pages.Count;

    /// <summary>Numbers of the pages that are no smaller copies or masks; of all, where every page is marked so.</summary>
    public int[] Slices { get; private set; } = [];

    /// <summary>Where a page's directory lies in the file.</summary>
    public long OffsetOf(int page) => _pages[page].Offset;

    /// <summary>The tags of a page.</summary>
    public TiffPageTags TagsOf(int page) => _pages[page].Tags;

    /// <summary>What a page holds.</summary>
    /// <exception cref="VolumeFormatException">It cannot be a slice.</exception>
    public TiffPageFormat FormatOf(int page) => _pages[page].Tags.Format(Path, page, FileBytes);

    /// <summary>Walks the directories of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="withText">Whether the first page's description is kept; of many files it may be much text.</param>
    /// <exception cref="VolumeFormatException">It cannot be read, or a directory is damaged; the sentence says which page.</exception>
    public static TiffDirectories Read(string path, bool withText = true)
    {
        using var file = Open(path);
        Span<byte> head = stackalloc byte[16];
        head = head[..RandomAccess.Read(file, head, 0)];
        if (head.Length < 8 || !(head[..2].SequenceEqual("II"u8) || head[..2].SequenceEqual("MM"u8)))
        {
            throw new VolumeFormatException($"{path} cannot be read as TIFF; the file is damaged or of another kind.");
        }

        var layout = new TiffByteLayout(head[0] == (byte)'M', false);
        layout = layout with { IsBig = layout.U16(head[2..]) == 43 };
        if (layout.IsBig && head.Length < 16)
        {
            throw new VolumeFormatException($"{path} ends in its header; copy it again from its source.");
        }

        var found = new TiffDirectories(path, RandomAccess.GetLength(file), layout);
        found.Walk(file, layout.Offset(head[(layout.IsBig ? 8 : 4)..]), withText);
        var slices = Enumerable.Range(0, found.Count).Where(i => !found.TagsOf(i).IsReducedCopyOrMask).ToArray();
        found.Slices = slices.Length > 0 ? slices : [.. Enumerable.Range(0, found.Count)];
        return found;
    }

    private void Walk(SafeFileHandle file, long offset, bool withText)
    {
        var seen = new HashSet<long>();
        Span<byte> buffer = stackalloc byte[UsualBytes];
        while (offset != 0)
        {
            if (!seen.Add(offset) || seen.Count > MostPages)
            {
                throw new VolumeFormatException($"{Path} is damaged: its pages form a circle; copy it again from its source.");
            }

            var directory = new TiffDirectory(Layout, ReadDirectory(file, offset, buffer), FileBytes);
            _pages.Add((offset, directory.PageTags(file)));
            if (_pages.Count == 1 && withText)
            {
                First = directory.FirstPage(file);
            }

            offset = directory.Next;
        }

        if (_pages.Count == 0)
        {
            throw new VolumeFormatException($"{Path} has no page; copy it again from its source.");
        }
    }

    private ReadOnlySpan<byte> ReadDirectory(SafeFileHandle file, long offset, Span<byte> buffer)
    {
        ReadOnlySpan<byte> have = offset > 0 && offset < FileBytes ? buffer[..RandomAccess.Read(file, buffer, offset)] : [];
        var count = have.Length >= Layout.CountBytes ? Layout.CountEntries(have) : 0;
        if (count is >= 1 and <= MostEntries)
        {
            var need = Layout.CountBytes + count * Layout.EntryBytes + Layout.OffsetBytes;
            if (have.Length < need)
            {
                var whole = new byte[need];
                have = whole.AsSpan(0, RandomAccess.Read(file, whole, offset));
            }

            if (have.Length >= need)
            {
                return have[..need];
            }
        }

        throw new VolumeFormatException(
            $"{Path} ends or is damaged: the directory of page {_pages.Count + 1}, at byte {offset} of {FileBytes}, cannot be read; "
            + "copy it again from its source.");
    }

    private static SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new VolumeFormatException($"{path} may not be read; change its permissions.", e);
        }
        catch (IOException e)
        {
            throw new VolumeFormatException(
                e is FileNotFoundException or DirectoryNotFoundException
                    ? $"{path} does not exist."
                    : $"{path} cannot be read ({e.Message.TrimEnd('.')}); check its disk.",
                e);
        }
    }
}

/// <summary>Byte order of a TIFF, and how wide its counts and offsets are.</summary>
internal readonly record struct TiffByteLayout(bool IsBigEndian, bool IsBig)
{
    public int CountBytes => IsBig ? 8 : 2;

    public int EntryBytes => IsBig ? 20 : 12;

    /// <summary>Bytes of an offset, which are also those of a value that stands in its entry rather than elsewhere.</summary>
    public int OffsetBytes => IsBig ? 8 : 4;

    public int CountEntries(ReadOnlySpan<byte> at) => IsBig ? (int)Math.Min(int.MaxValue, U64(at)) : U16(at);

    /// <summary>An offset or a count; beyond what a file can have, the largest number.</summary>
    public long Offset(ReadOnlySpan<byte> at) => IsBig ? (long)Math.Min(long.MaxValue, U64(at)) : U32(at);

    public ushort U16(ReadOnlySpan<byte> at) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);

    public uint U32(ReadOnlySpan<byte> at) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);

    public ulong U64(ReadOnlySpan<byte> at) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(at) : BinaryPrimitives.ReadUInt64LittleEndian(at);
}
