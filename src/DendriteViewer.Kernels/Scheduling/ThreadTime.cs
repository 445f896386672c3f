using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Scheduling;

/// <summary>The processor time of the calling thread.</summary>
internal static partial class ThreadTime
{
    // CLOCK_THREAD_CPUTIME_ID of Linux.
    private const int ThreadClock = 3;

    /// <summary>
    /// What the calling thread has used since it began. Time in which it waited, or in which others had the processor, does not count;
    /// on systems other than Linux it does, and the time is since some moment.
    /// </summary>
    public static TimeSpan Used => OperatingSystem.IsLinux() && GetTime(ThreadClock, out var time) == 0
        ? new TimeSpan((long)time.Seconds * TimeSpan.TicksPerSecond + (long)time.Nanoseconds / TimeSpan.NanosecondsPerTick)
        : Stopwatch.GetElapsedTime(0);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    // timespec: two longs of the system.
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
