using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DendriteViewer.Web.Monitoring;

/// <summary>Whether the store of volumes answers.</summary>
internal sealed class StoreCheck(DatasetStore store) : IHealthCheck
{
    /// <summary>How long an answer may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Asked for, not expected: that it is not there is an answer.
    private const string AnyName = "datasets/none/dataset.json";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.Blobs.StatAsync(AnyName, cancellationToken).AsTask().WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e)
        {
            return HealthCheckResult.Unhealthy("The store does not answer.", e);
        }
    }
}

/// <summary>
/// Whether Redis answers. Without it servers hear of each other's changes late, and go on: a balancer that took out whoever misses it would
/// take out all of them at once.
/// </summary>
internal sealed class RedisCheck(RedisLink link) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await (await link.ConnectionAsync).GetDatabase().PingAsync().WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e)
        {
            return HealthCheckResult.Degraded("Redis does not answer.", e);
        }
    }
}

/// <summary>Whether the database of accounts and sites opens.</summary>
internal sealed class DatabaseCheck(IDbContextFactory<DendriteDb> database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var db = await database.CreateDbContextAsync(cancellationToken);
            await db.Users.AnyAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e)
        {
            return HealthCheckResult.Unhealthy("The database does not open.", e);
        }
    }
}
