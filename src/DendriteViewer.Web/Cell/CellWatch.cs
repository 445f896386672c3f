using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Cell;

/// <summary>Looks every few seconds whether another server changed something, until it is disposed.</summary>
internal sealed class CellWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);
    private readonly CancellationTokenSource _end = new();

    public CellWatch(TimeProvider time, Func<CancellationToken, Task> look) => _ = RunAsync(time, look, _end.Token);

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    private static async Task RunAsync(TimeProvider time, Func<CancellationToken, Task> look, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, ct);
                try
                {
                    await look(ct);
                }
                catch (Exception e) when (e is IOException or VolumeFormatException)
                {
                    // The page says that the store is away, and what is wrong with the log, when it is read the next time.
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
