using System.Globalization;
using System.Text;

namespace DendriteViewer.LoadTests;

/// <summary>The table of docs/performance.md.</summary>
internal static class Report
{
    // What else the machine does says more about the figures than the figures do.
    private static readonly string s_others = File.Exists("/proc/loadavg")
        ? $"Load average of the machine before the test: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}."
        : "";

    /// <summary>Takes the machine's load; called before the server is started.</summary>
    public static void Begin() => _ = s_others;

    public static string Of(
        Load load, string? drawnBy, Latencies alone, Latencies beside, Latencies page, Latencies signIn, PictureAsker pictures,
            IReadOnlyDictionary<string, double> metrics)
    {
        double Metric(string name) => metrics.GetValueOrDefault(name);
        double frames = Metric("dendrite_frames_total"), superseded = Metric("dendrite_frames_superseded_total");
        var large = Latencies.Of(pictures.Latencies.Take());
        var t = new StringBuilder();
        t.Append(CultureInfo.InvariantCulture,
            $"{load.Viewers} viewers, each a 3D pane of {load.Pixels} of a {load.Size}³ phantom, turned every 100 ms; {By(drawnBy)}");
        t.Append(CultureInfo.InvariantCulture,
            $"server, viewers and clients on {Environment.ProcessorCount} cores; {load.Seconds} s each, "
            + $"the second until one large picture has come. {s_others}\n\n");
        t.Append(Head);
        t.Append(Row("change to frame, viewers alone", alone));
        t.Append(Row("change to frame, beside two clients that ask for 4096² pictures", beside));
        t.Append(Row("`/account/login`, the page, meanwhile", page));
        t.Append(Row("signing in, page and password, meanwhile", signIn));
        t.Append(Row("a 4096² picture, meanwhile", large));
        t.Append('\n');
        t.Append(CultureInfo.InvariantCulture, $"Frames sent: {frames:0}. Pictures given up since the view had changed: {superseded:0} ");
        t.Append(CultureInfo.InvariantCulture,
            $"({100 * superseded / Math.Max(1, frames + superseded):0.0} %). Answers 429 to the picture clients: {pictures.Refused}, ");
        t.Append(CultureInfo.InvariantCulture,
            $"pictures drawn: {pictures.Drawn}. "
            + $"Working set of the server: {Metric("dotnet_process_memory_working_set_bytes") / (1 << 20):0} MiB.\n");
        return t.ToString();
    }

    /// <summary>The table of viewers who orbit while others annotate.</summary>
    /// <param name="load">What load.</param>
    /// <param name="drawnBy">The device that drew; null for the CPU.</param>
    /// <param name="orbiting">Viewers that orbited.</param>
    /// <param name="annotating">Viewers that annotated.</param>
    /// <param name="frames">From changes to frames.</param>
    /// <param name="edits">From edits to their being kept.</param>
    /// <param name="faults">Edits that the server did not take, and that it took and does not have afterwards.</param>
    /// <param name="memory">The server's working set at the end of each fifth, MiB.</param>
    /// <param name="metrics">The server's metrics at the end.</param>
    public static string OfAnnotating(
        Load load, string? drawnBy, int orbiting, int annotating, Latencies frames, Latencies edits, (int Refused, int Lost) faults,
        IReadOnlyList<double> memory, IReadOnlyDictionary<string, double> metrics)
    {
        var sizes = string.Join(", ", memory.Select(m => m.ToString("0", CultureInfo.InvariantCulture)));
        var t = new StringBuilder();
        t.Append(
            CultureInfo.InvariantCulture, $"{orbiting} viewers turn a 3D pane of {load.Pixels} of a {load.Size}³ phantom every 100 ms, ");
        t.Append(CultureInfo.InvariantCulture, $"{annotating} mark, move and delete sites by `Edit`, an edit a second each; {By(drawnBy)}");
        t.Append(CultureInfo.InvariantCulture,
            $"server and clients on {Environment.ProcessorCount} cores, {load.Seconds} s. {s_others}\n\n");
        t.Append(Head).Append(Row("change to frame", frames)).Append(Row("edit to its being kept", edits)).Append('\n');
        t.Append(CultureInfo.InvariantCulture, $"Edits refused: {faults.Refused}; kept by the server's word and not there afterwards: ");
        t.Append(CultureInfo.InvariantCulture, $"{faults.Lost}. ");
        t.Append(CultureInfo.InvariantCulture, $"Frames sent: {metrics.GetValueOrDefault("dendrite_frames_total"):0}. ");
        t.Append(CultureInfo.InvariantCulture, $"Working set of the server at the end of each fifth: {sizes} MiB.\n");
        return t.ToString();
    }

    private static string By(string? device) => device is null ? "" : $"drawn by {device}; ";

    private const string Head = "| what | count | median | 95 % | longest |\n|---|---|---|---|---|\n";

    private static string Row(string what, Latencies l) => l.Count == 0
        ? $"| {what} | 0 | | | |\n"
        : string.Create(CultureInfo.InvariantCulture, $"| {what} | {l.Count} | {l.Median:0} ms | {l.P95:0} ms | {l.Most:0} ms |\n");
}
