using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;

namespace DendriteViewer.Web.Data;

/// <summary>Each day removes what imports left that nobody went on with for a week.</summary>
public sealed partial class StoreJanitor(DatasetStore store, TimeProvider time, ILogger<StoreJanitor> log) : BackgroundService
{
    private static readonly TimeSpan Untouched = TimeSpan.FromDays(7);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromDays(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var swept = await new Janitor(store, time).SweepAsync(Untouched, remove: true, stoppingToken);
                LogSwept(log, swept.Prefixes.Count, swept.Bytes);
            }
            catch (BlobStoreException e)
            {
                LogAway(log, e.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Removed {Count} unfinished volumes, {Bytes} bytes")]
    private static partial void LogSwept(ILogger logger, int count, long bytes);

    [LoggerMessage(LogLevel.Warning, "Unfinished volumes were not looked for: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
