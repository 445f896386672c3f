using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Jobs;

/// <summary>Jobs over SQLite, as one server has them, and over PostgreSQL, as several share them.</summary>
public sealed class JobBoardTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private static readonly Person Ada = new("ada", "Ada");
    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-jobs-").FullName;
    private readonly HeldWork _work = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Jobs_AreDoneInTheOrderAskedForAndKept(bool shared)
    {
        var options = await OptionsAsync(shared);
        await using (var host = await HostAsync(options))
        {
            var asked = new List<Job>();
            for (var i = 0; i < 4; i++)
            {
                asked.Add(await host.Board.StartAsync(Request($"{i}", dataset: i % 2 == 0 ? "a" : null), Ada));
            }

            Assert.Equal(asked.Select(j => j.Id).Reverse(), host.Board.Jobs.Select(j => j.Id));
            var half = await host.UntilAsync(asked[0].Id, j => j.State == JobState.Running && j.Fraction > 0);
            Assert.Equal((0.5, "Half way", 1), (half.Fraction, half.Detail, half.Attempts));
            _work.Go.Release(4);
            foreach (var job in asked)
            {
                var done = await host.UntilAsync(job.Id, j => !j.IsActive);
                Assert.Equal((JobState.Done, 1.0, true, false), (done.State, done.Fraction, done.Ended >= done.Started, done.MayTryAgain));
            }

            Assert.Equal(["0", "1", "2", "3"], _work.Begun);
            Assert.Equal(1, _work.MostAtOnce);
        }

        await using var next = await HostAsync(options);
        Assert.Equal(["Did 3", "Did 2", "Did 1", "Did 0"], next.Board.Jobs.Select(j => j.Detail));
        Assert.All(next.Board.Jobs, j => Assert.Equal("Ada", j.By));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Jobs_OfAServerThatStops_AreDoneByTheNext(bool shared)
    {
        var options = await OptionsAsync(shared);
        Job running, waiting;
        await using (var host = await HostAsync(options))
        {
            running = await host.Board.StartAsync(Request("running"), Ada);
            waiting = await host.Board.StartAsync(Request("waiting"), Ada);
            await host.UntilAsync(running.Id, j => j.State == JobState.Running);
        }

        _work.Go.Release(2);
        await using var next = await HostAsync(options);
        Assert.Equal(2, (await next.UntilAsync(running.Id, j => j.State == JobState.Done)).Attempts);
        Assert.Equal(1, (await next.UntilAsync(waiting.Id, j => j.State == JobState.Done)).Attempts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Jobs_AreCancelledWhetherTheyWaitOrRun_AndTriedAgain(bool shared)
    {
        await using var host = await HostAsync(await OptionsAsync(shared));
        var running = await host.Board.StartAsync(Request("running"), Ada);
        var waiting = await host.Board.StartAsync(Request("waiting"), Ada);
        await host.UntilAsync(running.Id, j => j.State == JobState.Running);
        await host.Board.CancelAsync(waiting.Id);
        Assert.Equal(JobState.Cancelled, (await host.UntilAsync(waiting.Id, j => !j.IsActive)).State);
        await host.Board.CancelAsync(running.Id);
        Assert.Equal(JobState.Cancelled, (await host.UntilAsync(running.Id, j => !j.IsActive)).State);

        _work.Go.Release(5);
        var again = (await host.Board.TryAgainAsync(waiting.Id, Ada))!;
        Assert.NotEqual(waiting.Id, again.Id);
        Assert.Equal("Did waiting", (await host.UntilAsync(again.Id, j => !j.IsActive)).Detail);
        Assert.Null(await host.Board.TryAgainAsync(again.Id, Ada));
        Assert.Equal(["running", "waiting"], _work.Begun);

        // To cancel what has ended does nothing.
        await host.Board.CancelAsync(again.Id);
        Assert.Equal(JobState.Done, (await host.UntilAsync(again.Id, _ => true)).State);
    }

    [Fact]
    public async Task Jobs_ThatCannotBeDone_SayWhyAndLetTheNextBegin()
    {
        await using var host = await HostAsync(await OptionsAsync(false));
        var bad = await host.Board.StartAsync(Request("bad"), Ada);
        var unknown = await host.Board.StartAsync(Request("x") with { Kind = "Newer" }, Ada);
        Assert.Equal((JobState.Failed, "bad.raw is shorter than its shape; give --shape."), ((await host.UntilAsync(bad.Id, j => !j.IsActive)).State, host.Board.Jobs.Single(j => j.Id == bad.Id).Detail));
        Assert.Contains("does not know jobs of the kind Newer", (await host.UntilAsync(unknown.Id, j => !j.IsActive)).Detail);
    }

    [Fact]
    public async Task Jobs_OfAStoreThatDoesNotAnswer_AreTriedAgainByThemselves()
    {
        await using var host = await HostAsync(await OptionsAsync(false));
        (_work.Faults, _) = (1, _work.Go.Release());
        var job = await host.Board.StartAsync(Request("later"), Ada);
        var waits = await host.UntilAsync(job.Id, j => j.Attempts == 1 && j.State == JobState.Waiting);
        Assert.StartsWith("Tried again soon: The store does not answer", waits.Detail);
        Assert.Equal(2, (await host.UntilAsync(job.Id, j => j.State == JobState.Done)).Attempts);
    }

    // A server that ends between keeping a job and scheduling it.
    [Fact]
    public async Task Jobs_ThatWereKeptAndNeverScheduled_AreDoneAfterTheNextStart()
    {
        var options = await OptionsAsync(false);
        var id = Guid.NewGuid();
        await using (var host = await HostAsync(options))
        {
            await using var db = await host.Services.GetRequiredService<IDbContextFactory<JobsDb>>().CreateDbContextAsync();
            db.Jobs.Add(new JobRow { Id = id, Kind = "Held", Title = "t", Arguments = "lost", ByKey = "ada", By = "Ada", Detail = "Waiting" });
            await db.SaveChangesAsync();
        }

        _work.Go.Release();
        await using var next = await HostAsync(options);
        Assert.Equal("Did lost", (await next.UntilAsync(id, j => !j.IsActive)).Detail);
    }

    [Fact]
    public async Task Servers_ThatShareADatabase_SeeAndStopEachOthersJobs()
    {
        var options = await OptionsAsync(true);
        await using var one = await HostAsync(options);
        await using var two = await HostAsync(options);
        var first = await one.Board.StartAsync(Request("first", "a"), Ada);
        var second = await one.Board.StartAsync(Request("second", "a"), Ada);
        var other = await one.Board.StartAsync(Request("other", "b"), Ada);
        await two.UntilAsync(first.Id, j => j is { State: JobState.Running, Fraction: 0.5 });

        // The other dataset's job is begun by the server that is free; the second of the same dataset waits.
        await two.UntilAsync(other.Id, j => j.State == JobState.Running);
        Assert.Equal(JobState.Waiting, (await two.UntilAsync(second.Id, _ => true)).State);
        await one.Board.CancelAsync(first.Id);
        await two.Board.CancelAsync(other.Id);
        Assert.Equal(JobState.Cancelled, (await two.UntilAsync(first.Id, j => !j.IsActive)).State);
        Assert.Equal(JobState.Cancelled, (await one.UntilAsync(other.Id, j => !j.IsActive)).State);
        _work.Go.Release();
        Assert.Equal(JobState.Done, (await two.UntilAsync(second.Id, j => !j.IsActive)).State);
    }

    private static JobRequest Request(string arguments, string? dataset = null) => new("Held", "t " + arguments, dataset, arguments);

    private async Task<DendriteOptions> OptionsAsync(bool shared) => new() { Data = _folder, JobsDatabase = shared ? await postgres.NewDatabaseAsync() : null };

    private Task<JobsHost> HostAsync(DendriteOptions options) => JobsHost.StartAsync(options, s => s.AddSingleton<IJobHandler>(_work));
}
