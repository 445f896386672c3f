using System.Text.Json;

namespace DendriteViewer.LoadTests;

/// <summary>Half of the viewers orbit, the others mark, move and delete sites, each once a second.</summary>
internal static class AnnotatingLoad
{
    private const string Memory = "dotnet_process_memory_working_set_bytes";

    /// <summary>Runs it.</summary>
    /// <returns>The table, and whether every edit was accepted and is there afterwards.</returns>
    public static async Task<(string Table, bool Passed)> RunAsync(
        Load load, string? drawnBy, Visitor visitor, List<Viewer> viewers, TimeProvider time, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var orbiters = viewers.Take((viewers.Count + 1) / 2).ToArray();
        var annotators = viewers.Skip(orbiters.Length).Select((v, i) => new Annotator(v, i, time)).ToArray();
        Task[] work = [.. orbiters.Select(v => v.OrbitAsync(stop.Token)), .. annotators.Select(a => a.AnnotateAsync(stop.Token))];
        await Task.Delay(Load.WarmUp, time, ct);
        Array.ForEach(orbiters, v => v.Latencies.Clear());
        Array.ForEach(annotators, a => a.Latencies.Clear());
        Console.Error.WriteLine($"{orbiters.Length} viewers orbit and {annotators.Length} annotate, {load.Seconds} s.");

        // Memory at the ends of equal parts, by which a leak is seen.
        var memory = new List<double>();
        for (var part = 0; part < 5; part++)
        {
            await Task.Delay(TimeSpan.FromSeconds(load.Seconds / 5.0), time, ct);
            memory.Add((await visitor.MetricsAsync(ct)).GetValueOrDefault(Memory) / (1 << 20));
        }

        var frames = Latencies.Of(orbiters.SelectMany(v => v.Latencies.Take()));
        var edits = Latencies.Of(annotators.SelectMany(a => a.Latencies.Take()));
        var metrics = await visitor.MetricsAsync(ct);
        await stop.CancelAsync();
        await Task.WhenAll(work);
        var refused = annotators.SelectMany(a => a.Refusals).ToArray();
        foreach (var refusal in refused.Take(5))
        {
            Console.Error.WriteLine(refusal);
        }

        var versions = await VersionsAsync(viewers[0], ct);
        var lost = annotators.SelectMany(a => a.Lost(versions)).ToArray();
        foreach (var one in lost.Take(5))
        {
            Console.Error.WriteLine(one);
        }

        var table = Report.OfAnnotating(
            load, drawnBy, orbiters.Length, annotators.Length, frames, edits, (refused.Length, lost.Length), memory, metrics);
        return (table, edits.Count > 0 && refused.Length == 0 && lost.Length == 0);
    }

    // Of all sites as the server keeps them now.
    private static async Task<IReadOnlyDictionary<string, int>> VersionsAsync(Viewer viewer, CancellationToken ct)
    {
        using var whole = JsonDocument.Parse(await viewer.InvokeAsync<string>("EntriesSince", ct, -1L));
        return whole.RootElement.GetProperty("whole").GetProperty("site").EnumerateArray()
            .ToDictionary(s => s.GetProperty("id").GetString()!, s => s.GetProperty("version").GetInt32());
    }
}
