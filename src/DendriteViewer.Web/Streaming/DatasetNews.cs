using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Streaming;

/// <summary>
/// Tells all who look at a dataset the newest state of something, as the list of its sites. One message of a dataset is read and handed out
/// at a time, so that an older list never arrives after a newer one; what changes meanwhile goes out with the next.
/// </summary>
/// <param name="send">Reads the state and puts it into the queue of each connection, whose browser it must not wait for.</param>
/// <param name="fault">Told of a message that failed.</param>
internal sealed class DatasetNews(Func<DatasetIdentity, Task> send, Action<Exception> fault)
{
    private readonly Lock _lock = new();

    // The datasets of which a message is being sent, and whether the state changed since it was read. Under _lock.
    private readonly Dictionary<DatasetIdentity, bool> _sending = [];

    /// <summary>The state changed, or somebody new is to hear of it; never waits.</summary>
    public void Tell(DatasetIdentity dataset)
    {
        lock (_lock)
        {
            if (!_sending.TryAdd(dataset, false))
            {
                _sending[dataset] = true;
                return;
            }
        }

        _ = Task.Run(() => SendAsync(dataset));
    }

    private async Task SendAsync(DatasetIdentity dataset)
    {
        do
        {
            try
            {
                await send(dataset);
            }
            catch (Exception e)
            {
                fault(e);
            }
        }
        while (HasChangedSince(dataset));
    }

    private bool HasChangedSince(DatasetIdentity dataset)
    {
        lock (_lock)
        {
            if (_sending[dataset])
            {
                _sending[dataset] = false;
                return true;
            }

            _sending.Remove(dataset);
            return false;
        }
    }
}
