using System.Collections.Immutable;

namespace DendriteViewer.Web.Measurements;

/// <summary>A measurement that is being computed.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Name">What is measured, for people.</param>
/// <param name="Share">How much is done, 0 to 1.</param>
public sealed record RunningMeasurement(string Id, string Name, double Share);

/// <summary>
/// What one open viewer measures: results of somebody who may look but not save, which go with the page, and what is being computed.
/// </summary>
public sealed class PageMeasurements
{
    /// <summary>Measurements that a page keeps without saving them at most.</summary>
    public const int Most = 200;

    // Progress is told in so many steps.
    private const int Steps = 50;

    // Guards what follows; both lists are replaced whole.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CancellationTokenSource> _stops = [];
    private ImmutableList<Measurement> _kept = [];
    private ImmutableList<RunningMeasurement> _running = [];

    /// <summary>Raised after each change; handlers must be quick.</summary>
    public event Action? Changed;

    /// <summary>Measurements that are not saved.</summary>
    public ImmutableList<Measurement> Kept => Volatile.Read(ref _kept);

    /// <summary>What is being computed.</summary>
    public ImmutableList<RunningMeasurement> Running => Volatile.Read(ref _running);

    /// <summary>Whether an id is that of a measurement that is not saved.</summary>
    public bool IsKept(string id) => Kept.Exists(m => m.Id == id);

    /// <summary>Keeps a measurement, or the same anew, as long as the page is open.</summary>
    /// <exception cref="ArgumentException">There are too many.</exception>
    public Measurement Keep(Measurement computed)
    {
        Measurement kept;
        lock (_lock)
        {
            var before = _kept.FindIndex(m => m.Id == computed.Id && computed.Id.Length > 0);
            if (before < 0 && _kept.Count >= Most)
            {
                throw new ArgumentException($"A page keeps at most {Most} measurements that are not saved; delete some.");
            }

            kept = computed with
            {
                Id = before < 0 ? "page-" + Guid.NewGuid().ToString("N")[..12] : computed.Id, Version = computed.Version + 1,
                Label = computed.Label.Length > 0 ? computed.Label : MeasurementLog.NextLabel(_kept, computed.Kind),
            };
            _kept = before < 0 ? _kept.Add(kept) : _kept.SetItem(before, kept);
        }

        Changed?.Invoke();
        return kept;
    }

    /// <summary>Forgets a measurement that is not saved.</summary>
    public void Forget(string id)
    {
        lock (_lock)
        {
            _kept = _kept.RemoveAll(m => m.Id == id);
        }

        Changed?.Invoke();
    }

    /// <summary>Runs a computation that the page shows, and that can be cancelled there.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="work">Gets where to tell progress, and when to stop.</param>
    /// <param name="ct">Stops it too.</param>
    /// <exception cref="MeasurementStoppedException">Somebody cancelled it in the page.</exception>
    public async Task<T> RunAsync<T>(string name, Func<Action<double>, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var id = Guid.NewGuid().ToString("N")[..12];
        lock (_lock)
        {
            _stops.Add(id, stop);
            _running = _running.Add(new RunningMeasurement(id, name, 0));
        }

        Changed?.Invoke();
        try
        {
            return await work(share => Progress(id, share), stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new MeasurementStoppedException(name);
        }
        finally
        {
            lock (_lock)
            {
                _stops.Remove(id);
                _running = _running.RemoveAll(r => r.Id == id);
            }

            Changed?.Invoke();
        }
    }

    /// <summary>Stops a computation.</summary>
    public void Cancel(string id)
    {
        lock (_lock)
        {
            if (_stops.TryGetValue(id, out var stop))
            {
                stop.CancelAsync();
            }
        }
    }

    private void Progress(string id, double share)
    {
        lock (_lock)
        {
            var at = _running.FindIndex(r => r.Id == id);
            if (at < 0 || (int)(share * Steps) <= (int)(_running[at].Share * Steps))
            {
                return;
            }

            _running = _running.SetItem(at, _running[at] with { Share = share });
        }

        Changed?.Invoke();
    }
}

/// <summary>Somebody cancelled a computation in the page.</summary>
/// <param name="name">What was measured.</param>
public sealed class MeasurementStoppedException(string name) : OperationCanceledException($"The measuring of {name} was cancelled.");
