using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Servers;

/// <summary>Corrections of masks: what this server writes is told, and what others write is read of masks that are looked at.</summary>
internal sealed class MaskNews(ServerNews news, MaskCorrections masks) : IHostedService, IDisposable
{
    private IDisposable? _listening;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (news.HasOthers)
        {
            masks.Written += Tell;
            _listening = news.Listen(
                NewsTopics.Masks,
                subject => DatasetIdentity.TryParse(subject, out var dataset) ? masks.CatchUpAsync(dataset, default) : Task.CompletedTask,
                () => masks.CatchUpAsync(null, default));
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
        masks.Written -= Tell;
        _listening?.Dispose();
    }

    private void Tell(DatasetIdentity dataset) => news.Tell(NewsTopics.Masks, dataset.Value);
}
