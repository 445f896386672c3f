using DendriteViewer.Web.Servers;

namespace DendriteViewer.Web.Uploads;

/// <summary>Removes the copy of an upload that another server removed. What is missed is swept when nothing came to it for days.</summary>
internal sealed class UploadNews(ServerNews news, UploadFolder folder) : IHostedService, IDisposable
{
    private IDisposable? _listening;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (news.HasOthers)
        {
            _listening = news.Listen(
                NewsTopics.Uploads,
                id =>
                {
                    if (UploadFolder.IsId(id))
                    {
                        folder.RemoveAt(id);
                    }

                    return Task.CompletedTask;
                },
                () => Task.CompletedTask);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _listening?.Dispose();
}
