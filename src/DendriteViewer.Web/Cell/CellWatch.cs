using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Cell;

/// <summary>Looks every few seconds whether another server changed something, until it is disposed.</summary>
internal sealed class CellWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);
    private readonly CancellationTokenSource _end = new();

    // It serves all pages of a dataset, and so it does not run on the thread of that which came first.
    public CellWatch(TimeProvider time, Func<CancellationToken, Task> look)
    {
        var ct = _end.Token;
        _ = Task.Run(() => RunAsync(time, look, ct), CancellationToken.None);
    }

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
