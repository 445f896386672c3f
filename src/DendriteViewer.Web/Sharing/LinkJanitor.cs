namespace DendriteViewer.Web.Sharing;

/// <summary>Each hour removes the states that revoked links, and links of datasets that were deleted long ago, kept.</summary>
public sealed partial class LinkJanitor(FrozenStates states, TimeProvider time, ILogger<LinkJanitor> log) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await states.SweepAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(log, e);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "States of frozen links that were revoked, or whose datasets were deleted, were not removed")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
