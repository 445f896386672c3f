namespace DendriteViewer.Web.Streaming;

/// <summary>An event that one waiter takes; setting it twice before it is taken counts once.</summary>
public sealed class AsyncPulse
{
    private readonly SemaphoreSlim _signal = new(0, 1);

    /// <summary>Sets the event.</summary>
    public void Set()
    {
        lock (_signal)
        {
            if (_signal.CurrentCount == 0)
            {
                _signal.Release();
            }
        }
    }

    /// <summary>Waits for the event and takes it.</summary>
    public Task WaitAsync(CancellationToken ct) => _signal.WaitAsync(ct);

    /// <summary>Waits at most so long; true where the event came, which is then taken.</summary>
    public async Task<bool> WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            await _signal.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
