namespace DendriteViewer.Web.Components;

/// <summary>
/// Reads what a component shows, one reading after another. Whoever asks while one runs is served by one more reading afterwards, so that
/// what is shown in the end was read after the last change. It is used from the circuit of its component alone.
/// </summary>
/// <param name="read">Reads, and shows what was read.</param>
public sealed class LatestReading(Func<Task> read)
{
    private bool _isDue;

    // Completes with the reading that runs; null while none does.
    private TaskCompletionSource? _running;

    /// <summary>Reads.</summary>
    /// <returns>Completes when a reading that began after the call has ended; fails as that reading does.</returns>
    public Task RunAsync()
    {
        _isDue = true;
        return _running?.Task ?? RepeatAsync();
    }

    private async Task RepeatAsync()
    {
        var running = _running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            while (_isDue)
            {
                _isDue = false;
                await read();
            }

            _running = null;
            running.SetResult();
        }
        catch (Exception e)
        {
            (_running, _isDue) = (null, false);
            running.SetException(e);

            // Whoever waits is told; where nobody does, this call tells it.
            _ = running.Task.Exception;
            throw;
        }
    }
}
