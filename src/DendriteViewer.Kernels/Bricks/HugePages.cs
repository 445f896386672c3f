using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Bricks;

/// <summary>
/// Asks Linux to hold bricks in pages of 2 MiB. A picture in motion reads most of a volume, a block of 5 kB here and the next one there;
/// with pages of 4 KiB the processor looks up a page or two for each block (docs/decisions/0043-byte-packets.md). The managed heap does
/// not ask, so bricks are put together after they were made, in the background, when a picture first reads them. Nothing depends on it:
/// where the system cannot (other systems, Linux before 6.1, ranges that the heap does not hold whole) pages stay small.
/// </summary>
internal static unsafe partial class HugePages
{
    private const int PageShift = 21;

    // From asm-generic/mman-common.h.
    private const int AdviseHugePage = 14, AdviseCollapse = 25;

    private static readonly Lock s_lock = new();

    // Pages that were asked for and not put together yet, whether a work item takes them, and whether there is no such call; all under
    // the lock.
    private static readonly SortedSet<long> s_asked = [];
    private static bool s_isRunning;
    private static bool s_isOff;

    /// <summary>Asks for an array's pages; returns at once.</summary>
    public static void Ask(byte[] data)
    {
        if (!OperatingSystem.IsLinux() || data.Length < Environment.SystemPageSize)
        {
            return;
        }

        // An array may move or be freed meanwhile: what is asked for is kept by address and changes no content.
        var (from, to) = PagesOf(data);
        lock (s_lock)
        {
            if (s_isOff)
            {
                return;
            }

            for (var page = from; page <= to; page++)
            {
                s_asked.Add(page);
            }

            if (s_isRunning)
            {
                return;
            }

            s_isRunning = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static _ => Run(), null);
    }

    /// <summary>The first and the last page that an array of at least one byte lies in now.</summary>
    internal static (long From, long To) PagesOf(byte[] data)
    {
        fixed (byte* first = data)
        {
            return ((nint)first >> PageShift, (nint)(first + data.Length - 1) >> PageShift);
        }
    }

    private static void Run()
    {
        while (true)
        {
            long[] pages;
            lock (s_lock)
            {
                pages = [.. s_asked];
                s_asked.Clear();
                if (pages.Length == 0)
                {
                    s_isRunning = false;
                    return;
                }
            }

            try
            {
                Join(pages);
            }
            catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
            {
                // A C library of another name.
                lock (s_lock)
                {
                    s_isOff = true;
                    s_asked.Clear();
                    return;
                }
            }
        }
    }

    /// <summary>
    /// Puts pages together, given by their address over 2 MiB, in order; neighbours by one call, which has a price of its own.
    /// </summary>
    internal static void Join(ReadOnlySpan<long> pages)
    {
        for (int i = 0, end; i < pages.Length; i = end)
        {
            end = i + 1;
            while (end < pages.Length && pages[end] == pages[end - 1] + 1)
            {
                end++;
            }

            // A refusal leaves the pages as they are.
            var (at, length) = ((nint)(pages[i] << PageShift), (nuint)(end - i) << PageShift);
            _ = Advise(at, length, AdviseHugePage);
            _ = Advise(at, length, AdviseCollapse);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint at, nuint length, int advice);
}
