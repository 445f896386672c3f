using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.LoadTests;

/// <summary>Marks a site once a second, moves it twice and deletes it, and begins again.</summary>
internal sealed class Annotator(Viewer viewer, int number, TimeProvider time)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private readonly Random _random = new(number);

    /// <summary>From sending an edit to the server's answer that it is kept.</summary>
    public Samples Latencies { get; } = new();

    /// <summary>What the server said of edits that it did not take.</summary>
    public List<string> Refusals { get; } = [];

    public async Task AnnotateAsync(CancellationToken ct)
    {
        try
        {
            // Not all in the same moment.
            await Task.Delay(_random.NextDouble() * s_interval, time, ct);
            using var timer = new PeriodicTimer(s_interval, time);
            while (true)
            {
                var id = await TimedAsync(() => viewer.InvokeAsync<string>("AddSite", ct, X(), X(), X()));
                for (var version = 1; version <= 2; version++)
                {
                    await timer.WaitForNextTickAsync(ct);
                    await TimedAsync(() => viewer.InvokeAsync<bool>("MoveSite", ct, id!, version, X(), X(), X()));
                }

                await timer.WaitForNextTickAsync(ct);
                await TimedAsync(() => viewer.InvokeAsync<object?>("DeleteSite", ct, id!));
                await timer.WaitForNextTickAsync(ct);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // Anywhere in the phantom, µm.
    private object X() => 20 + 216 * _random.NextDouble();

    private async Task<T?> TimedAsync<T>(Func<Task<T>> edit)
    {
        var start = time.GetTimestamp();
        try
        {
            var answer = await edit();
            Latencies.Add(time.GetElapsedTime(start));
            return answer;
        }
        catch (HubException e)
        {
            Refusals.Add(e.Message);
            return default;
        }
    }
}
