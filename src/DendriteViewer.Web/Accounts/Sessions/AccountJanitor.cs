using DendriteViewer.Web.Accounts.Resets;
using DendriteViewer.Web.Accounts.SignIn;

namespace DendriteViewer.Web.Accounts.Sessions;

/// <summary>Each hour removes what says nothing any more: old sessions, failures that are forgiven, reset links that ended.</summary>
public sealed partial class AccountJanitor(
    AccountSessions sessions, SignInThrottle throttle, PasswordResets resets, TimeProvider time, ILogger<AccountJanitor> log)
    : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await sessions.SweepAsync(stoppingToken);
                await throttle.SweepAsync(stoppingToken);
                await resets.SweepAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(log, e);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Old sessions were not removed")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
