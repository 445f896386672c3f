using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Servers;

/// <summary>
/// What changes in the store is told to the other servers, which look at once instead of with the next turn of <see cref="DatasetWatch"/>.
/// </summary>
internal sealed class StoreNews(ServerNews news, DatasetStore store, DatasetWatch watch) : IHostedService, IDisposable
{
    private IDisposable? _listening;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (news.HasOthers)
        {
            store.Published += Tell;

            // The watch looks by itself, so that what was missed is seen with its next turn.
            _listening = news.Listen(NewsTopics.Store, _ => watch.LookAsync(CancellationToken.None), () => Task.CompletedTask);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        store.Published -= Tell;
        _listening?.Dispose();
    }

    private void Tell() => news.Tell(NewsTopics.Store);
}

/// <summary>Jobs that are asked for, begin and end here are shown at other servers at once; how far one is, every two seconds.</summary>
internal sealed class JobNews(ServerNews news, JobBoard board) : IHostedService, IDisposable
{
    private IDisposable? _listening;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (news.HasOthers)
        {
            board.Moved += Tell;
            _listening = news.Listen(NewsTopics.Jobs, _ => board.ReloadAsync(), () => board.ReloadAsync());
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        board.Moved -= Tell;
        _listening?.Dispose();
    }

    private void Tell() => news.Tell(NewsTopics.Jobs);
}
