using DendriteViewer.Web.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace DendriteViewer.Web.Tests.Jobs;

/// <summary>A server's jobs alone: the real list and the real Quartz over a real database.</summary>
public sealed class JobsHost : IAsyncDisposable
{
    private readonly IHost _host;

    private JobsHost(IHost host) => _host = host;

    public JobBoard Board => _host.Services.GetRequiredService<JobBoard>();

    public IServiceProvider Services => _host.Services;

    public static async Task<JobsHost> StartAsync(DendriteOptions options, Action<IServiceCollection> add)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddJobs(options);
        builder.Services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
        add(builder.Services);
        var host = builder.Build();
        await host.Services.PrepareJobsAsync();
        await host.StartAsync();
        return new JobsHost(host);
    }

    /// <summary>Waits until a job is as asked, or fails with how it is.</summary>
    public async Task<Job> UntilAsync(Guid id, Func<Job, bool> wanted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            await Board.ReloadAsync();
            var job = Board.Jobs.Single(j => j.Id == id);
            if (wanted(job))
            {
                return job;
            }

            Assert.False(patience.IsCancellationRequested, $"{job}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

/// <summary>Work that a test lets go on, and that says where it was.</summary>
public sealed class HeldWork : IJobHandler
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _begun = new();

    public string Kind => "Held";

    public SemaphoreSlim Go { get; } = new(0);

    public IReadOnlyList<string> Begun => [.. _begun];

    public int MostAtOnce { get; private set; }

    public int Faults { get; set; }

    private int _now;

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
    {
        _begun.Enqueue(run.Request.Arguments);
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
        try
        {
            run.Progress.Report(new JobProgress(0.5, "Half way"));
            if (run.Request.Arguments == "bad")
            {
                throw new Imaging.Volumes.VolumeFormatException("bad.raw is shorter than its shape; give --shape.");
            }

            if (Faults-- > 0)
            {
                throw new DendriteViewer.Imaging.Storage.BlobStoreException("The store does not answer.", isTransient: true);
            }

            await Go.WaitAsync(ct);
            return new JobOutcome("Did " + run.Request.Arguments, run.Request.Dataset);
        }
        finally
        {
            Interlocked.Decrement(ref _now);
        }
    }
}
