using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Scheduling;

/// <summary>
/// How the operating system ranks a thread. .NET ignores <see cref="Thread.Priority"/> on Linux, where each thread has a nice value.
/// </summary>
internal static partial class ThreadNiceness
{
    // PRIO_PROCESS with 0 is the calling thread on Linux.
    private const int Process = 0;

    /// <summary>Ranks the calling thread lower; no privilege is needed for that. A system that refuses leaves it as it was.</summary>
    public static void Set(int niceness)
    {
        if (niceness <= 0)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(Process, 0, niceness);
        }
        else
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int niceness);
}
