using System.Diagnostics;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests;

/// <summary>
/// Tests that measure what the whole process allocates run by themselves, after the others and on one core: readers that work on several
/// threads alone need that.
/// </summary>
[CollectionDefinition(nameof(Mutants), DisableParallelization = true)]
public sealed class MutantsCollection;

/// <summary>
/// Damaged inputs, and what may come of them: a value or one sentence that names the file; nothing over five seconds; no more memory than
/// the input's size justifies. DENDRITE_FUZZ=3 makes three times as many as a usual run.
/// </summary>
internal static class Mutants
{
    // What opens a format at all, and the most that a byte can unpack to (deflate's 1032).
    private const long LeastBytes = 96L << 20, BytesAByte = 1100;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // What is read by a process of its own also waits for that to start, which takes seconds where a machine has much else to do. The
    // process itself bounds how long it may compute.
    private static readonly TimeSpan s_patienceForProcess = TimeSpan.FromSeconds(60);

    /// <summary>How many to make.</summary>
    public static int Count(int usual) => usual * (int.TryParse(Environment.GetEnvironmentVariable("DENDRITE_FUZZ"), out var times) ? times : 1);

    /// <summary>Damages something binary: most of it where the structure is, the head and the directories at the end; some are cut short.</summary>
    public static byte[] Binary(Random random, byte[] seed)
    {
        var bytes = seed.ToArray();
        for (var n = random.Next(1, 12); n > 0; n--)
        {
            var at = random.Next(3) switch { 0 => random.Next(Math.Min(bytes.Length, 300)), 1 => Math.Max(0, bytes.Length - 1 - random.Next(300)), _ => random.Next(bytes.Length) };
            bytes[at] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
        }

        return random.Next(5) == 0 && bytes.Length > 8 ? bytes[..random.Next(8, bytes.Length)] : bytes;
    }

    /// <summary>Damages text: characters changed for others that mean something, left out, doubled; some is cut short.</summary>
    public static byte[] Text(Random random, byte[] seed)
    {
        var bytes = seed;
        for (var n = random.Next(1, 4); n > 0 && bytes.Length > 0; n--)
        {
            var at = random.Next(bytes.Length);
            bytes = random.Next(6) switch
            {
                0 when random.Next(3) == 0 => bytes[..at],
                1 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 5))..]],
                2 => [.. bytes[..at], (byte)('0' + random.Next(10)), .. bytes[at..]],
                _ => [.. bytes[..at], random.Next(2) == 0 ? (byte)random.Next(256) : (byte)"0123456789,[]{}\"-.eE"[random.Next(20)], .. bytes[(at + 1)..]],
            };
        }

        return bytes;
    }

    /// <summary>Reads a damaged input.</summary>
    /// <param name="name">What a refusal must name.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="keep">Called where the limits were left, to keep it for who looks into it.</param>
    /// <param name="onThisThread">
    /// Whether reading stays on the thread of the caller, whose allocations alone are counted: other tests may run meanwhile. Else those of
    /// the whole process are, and the test is of the collection of mutants.
    /// </param>
    /// <param name="inProcess">Whether a process of its own reads it.</param>
    /// <returns>True where it was read, false where it was refused.</returns>
    public static bool IsRead(string name, long bytes, Action read, Action keep, bool onThisThread = false, bool inProcess = false)
    {
        var (before, started) = (Allocated(onThisThread), Stopwatch.StartNew());
        try
        {
            read();
            return true;
        }
        catch (Exception e) when (e is VolumeFormatException or MeasurementException)
        {
            Assert.Contains(name, e.Message, StringComparison.Ordinal);
            Assert.False(e.Message.Contains('\n', StringComparison.Ordinal), $"More than one line: {e.Message}");
            return false;
        }
        catch (Exception)
        {
            keep();
            throw;
        }
        finally
        {
            var (spent, took) = (Allocated(onThisThread) - before, started.Elapsed);
            if (spent > LeastBytes + BytesAByte * bytes || took > (inProcess ? s_patienceForProcess : s_patience))
            {
                keep();
                Assert.Fail($"{name}, of {bytes} bytes, took {took} and {spent} bytes.");
            }
        }
    }

    private static long Allocated(bool onThisThread) =>
        onThisThread ? GC.GetAllocatedBytesForCurrentThread() : GC.GetTotalAllocatedBytes();
}
