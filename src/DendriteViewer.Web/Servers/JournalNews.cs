using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations.Journal;

namespace DendriteViewer.Web.Servers;

/// <summary>Entries that this server writes into a dataset's journal are taken in by the other servers at once.</summary>
internal sealed class JournalNews(ServerNews news, EditJournal journal) : IHostedService, IDisposable
{
    private IDisposable? _listening;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (news.HasOthers)
        {
            journal.Appended += Tell;
            _listening = news.Listen(NewsTopics.Journal, HearAsync, () => journal.CatchUpAllAsync(CancellationToken.None));
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
        journal.Appended -= Tell;
        _listening?.Dispose();
    }

    private Task HearAsync(string subject) => DatasetIdentity.TryParse(subject, out var dataset)
        ? journal.CatchUpAsync(dataset, CancellationToken.None) : Task.CompletedTask;

    private void Tell(DatasetIdentity dataset, IReadOnlyList<JournalEntry> entries) => news.Tell(NewsTopics.Journal, dataset.Value);
}
