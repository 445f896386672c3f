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
        Load load, Latencies alone, Latencies beside, Latencies page, Latencies signIn, PictureAsker pictures,
            IReadOnlyDictionary<string, double> metrics)
    {
        double Metric(string name) => metrics.GetValueOrDefault(name);
        double frames = Metric("dendrite_frames_total"), superseded = Metric("dendrite_frames_superseded_total");
        var large = Latencies.Of(pictures.Latencies.Take());
        var t = new StringBuilder();
        t.Append(CultureInfo.InvariantCulture,
            $"{load.Viewers} viewers, each a 3D pane of 640×480 of a {load.Size}³ phantom, turned every 100 ms; ");
        t.Append(CultureInfo.InvariantCulture,
            $"server, viewers and clients on {Environment.ProcessorCount} cores; {load.Seconds} s each, "
            + $"the second until one large picture has come. {s_others}\n\n");
        t.Append("| what | count | median | 95 % | longest |\n|---|---|---|---|---|\n");
        Row("change to frame, viewers alone", alone);
        Row("change to frame, beside two clients that ask for 4096² pictures", beside);
        Row("`/account/login`, the page, meanwhile", page);
        Row("signing in, page and password, meanwhile", signIn);
        Row("a 4096² picture, meanwhile", large);
        t.Append('\n');
        t.Append(CultureInfo.InvariantCulture, $"Frames sent: {frames:0}. Pictures given up since the view had changed: {superseded:0} ");
        t.Append(CultureInfo.InvariantCulture,
            $"({100 * superseded / Math.Max(1, frames + superseded):0.0} %). Answers 429 to the picture clients: {pictures.Refused}, ");
        t.Append(CultureInfo.InvariantCulture,
            $"pictures drawn: {pictures.Drawn}. "
            + $"Working set of the server: {Metric("dotnet_process_memory_working_set_bytes") / (1 << 20):0} MiB.\n");
        return t.ToString();

        void Row(string what, Latencies l) => t.Append(l.Count == 0
            ? $"| {what} | 0 | | | |\n"
            : string.Create(CultureInfo.InvariantCulture, $"| {what} | {l.Count} | {l.Median:0} ms | {l.P95:0} ms | {l.Most:0} ms |\n"));
    }
}
