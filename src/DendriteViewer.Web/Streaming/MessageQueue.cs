using System.Threading.Channels;

namespace DendriteViewer.Web.Streaming;

/// <summary>
/// What one browser is told besides pictures, sent one after another in the order in which it happened: an older view or an older count of
/// edits must not arrive after a newer one.
/// </summary>
/// <param name="fault">Told of a message that failed; those after it are sent.</param>
internal sealed class MessageQueue(Action<Exception> fault)
{
    private readonly Channel<Func<CancellationToken, Task>> _messages =
        Channel.CreateUnbounded<Func<CancellationToken, Task>>(new() { SingleReader = true });

    /// <summary>Adds a message; never waits.</summary>
    public void Add(Func<CancellationToken, Task> message) => _messages.Writer.TryWrite(message);

    /// <summary>Sends until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var message in _messages.Reader.ReadAllAsync(ct))
        {
            try
            {
                await message(ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                fault(e);
            }
        }
    }
}
