using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Registry;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Quartz;

namespace DendriteViewer.Web.Jobs;

/// <summary>Registers background work.</summary>
public static class JobsRegistration
{
    // A server that dies is missed by the others after its check-in is as late as a check-in takes: some six seconds, with which its jobs
    // go on elsewhere. Shorter would hand on the jobs of a server whose machine was merely busy.
    private static readonly TimeSpan s_checkIn = TimeSpan.FromSeconds(3);

    /// <summary>Adds the list of jobs, Quartz, and imports.</summary>
    public static WebApplicationBuilder AddJobs(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection("Dendrite").Get<DendriteOptions>() ?? new DendriteOptions();
        builder.Services.AddJobs(options);
        builder.Services.AddSingleton<ImportHandler>();
        builder.Services.AddSingleton<IJobHandler>(s => s.GetRequiredService<ImportHandler>());
        builder.Services.AddHostedService<JobsReload>();
        builder.Services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
        return builder;
    }

    /// <summary>Adds the list of jobs and the scheduler alone.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, DendriteOptions options)
    {
        var file = $"Data Source={Path.Combine(Path.GetFullPath(options.Data), DataFolder.Jobs)}";
        var shared = options.SharedJobs;
        services.AddDbContextFactory<JobsDb>(o => _ = shared is null ? o.UseSqlite(file) : o.UseNpgsql(shared));
        services.TryAddSingleton(_ => new ComputeLanes(options.RenderThreads));
        services.TryAddSingleton(SecretRedactor.Patterns);
        services.TryAddSingleton<Failures>();
        services.AddSingleton<JobBoard>();
        services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<JobBoard>());
        services.AddSingleton<JobAccess>();
        services.AddQuartz(q =>
        {
            q.ConfigureScheduler(s =>
            {
                s.InstanceName = "dendrite";
                s.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            q.UseDefaultThreadPool(options.JobsAtOnce + JobKinds.MostWaiting);
            q.UseExecutionLimits(l => l.ForDefaultGroup(options.JobsAtOnce).ForGroup(JobKinds.WaitingGroup, JobKinds.MostWaiting));
            q.UsePersistentStore(store =>
            {
                store.ConfigureStore(o => o.RecoverFiringsCancelledByShutdown = true);
                store.ProvisionSchema();
                if (shared is null)
                {
                    store.UseSqlite(SqliteFactory.Instance, file);
                }
                else
                {
                    store.UsePostgres(NpgsqlFactory.Instance, shared);
                    store.UseClustering(c => (c.CheckinInterval, c.CheckinMisfireThreshold) = (s_checkIn, s_checkIn));
                }
            });
        });
        return services;
    }

    /// <summary>Makes or upgrades the tables, and takes up what the last server left.</summary>
    public static Task PrepareJobsAsync(this WebApplication app) => app.Services.PrepareJobsAsync();

    /// <summary>Makes or upgrades the tables, and takes up what the last server left.</summary>
    public static async Task PrepareJobsAsync(this IServiceProvider services)
    {
        var options = services.GetRequiredService<DbContextOptions<JobsDb>>();
        await using (var known = new JobsDb(options))
        {
            await using JobsDb db = known.Database.IsSqlite() ? new SqliteJobsDb(options) : new PostgreSqlJobsDb(options);
            await SchemaUpgrade.ApplyAsync(db, "The jobs' database", "dendrite_jobs", CancellationToken.None);
            if (db.Database.IsSqlite())
            {
                await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL");
            }
        }

        // Quartz makes its tables now, while no other server does.
        await services.GetRequiredService<ISchedulerFactory>().GetScheduler();
        var board = services.GetRequiredService<JobBoard>();
        await board.RecoverAsync();
        await board.ReloadAsync();
    }

    // Where several servers share a database, each sees what the others do.
    private sealed class JobsReload(JobBoard board, DendriteOptions options, TimeProvider time, ILogger<JobsReload> log) : BackgroundService
    {
        private const int TurnsARecovery = 30;

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            if (options.SharedJobs is null)
            {
                return;
            }

            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2), time);
            for (var turn = 1; await timer.WaitForNextTickAsync(stoppingToken); turn++)
            {
                try
                {
                    await board.ReloadAsync(stoppingToken);

                    // What a server kept that died before it told Quartz of it.
                    if (turn % TurnsARecovery == 0)
                    {
                        await board.RecoverAsync(stoppingToken);
                    }
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException)
                {
                    // The next turn asks again.
                    log.LogWarning("The jobs' database did not answer: {Message}", e.Message);
                }
            }
        }
    }
}
