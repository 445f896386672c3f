using System.Text.Json;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Scheduling;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming;

/// <summary>
/// One browser's connection: four pane streams, four more for the other of two timesteps that are compared, the view's echo, the address,
/// and timesteps loaded ahead.
/// </summary>
public sealed class FrameConnection : IFrameSink, IDisposable
{
    /// <summary>Panes of a viewer. Streams 0 to 3 draw the timestep shown, 4 to 7 the other one in the same panes.</summary>
    public const int Panes = 4;

    private static readonly TimeSpan AccessInterval = TimeSpan.FromSeconds(2);

    // Ending a connection throws away what is on its way in it: the page hears that it is closed, and leaves, before that.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AddressDelay = TimeSpan.FromMilliseconds(250);
    private readonly ISingleClientProxy _client;
    private readonly PaneStream[] _panes;
    private readonly CancellationTokenSource _end = new(), _refused = new();
    private readonly AsyncPulse _moved = new();
    private readonly MessageQueue _messages;
    private readonly Action<Exception> _fault;
    private readonly Func<CancellationToken, Task> _leave;
    private readonly VolumeRenderer _volumes;
    private readonly SliceRenderer _slices;
    private readonly IDisposable _budget;
    private readonly TimeProvider _time;
    private volatile int[] _sizes = new int[4 * Panes];
    private Dataset _dataset;

    /// <param name="client">Where messages go.</param>
    /// <param name="session">What is looked at.</param>
    /// <param name="seesNames">Whether the names of those who work with the dataset are told.</param>
    /// <param name="panes">Makes the panes' streams for this sink.</param>
    /// <param name="volumes">Loads timesteps ahead.</param>
    /// <param name="slices">Loads slices ahead.</param>
    /// <param name="resting">Where what is loaded ahead is chosen.</param>
    /// <param name="budget">Whose place among the viewers this takes; disposed with it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isStillOpen">Whether the caller may still look.</param>
    /// <param name="leave">Has the connection neither hear others nor be heard once the caller may not look any more.</param>
    /// <param name="abort">Ends the connection, a moment after that.</param>
    /// <param name="fault">Told of what nobody expected.</param>
    public FrameConnection(
        ISingleClientProxy client, ViewSession session, bool seesNames, Func<IFrameSink, PaneStream[]> panes, VolumeRenderer volumes,
        SliceRenderer slices, ComputeLane resting, IDisposable budget, TimeProvider time, Func<Task<bool>> isStillOpen,
        Func<CancellationToken, Task> leave, Action abort, Action<Exception> fault)
    {
        (_client, Session, _volumes, _slices, _time, _leave, _fault) = (client, session, volumes, slices, time, leave, fault);
        (_budget, SeesNames) = (budget, seesNames);
        _messages = new MessageQueue(fault);
        _panes = panes(this);
        _dataset = session.Dataset;
        session.Changed += OnChanged;
        session.Edits.Changed += TellEdits;
        session.Measurements.Changed += TellMeasurements;
        session.Cell.Changed += OnCell;
        foreach (var pane in _panes)
        {
            Run(ct => WhileOpenAsync(pane.RunAsync, ct));
        }

        TellEdits();
        TellMeasurements();
        Run(ct => WhileOpenAsync(_messages.RunAsync, ct));
        Run(ct => WhileOpenAsync(TellAddressAsync, ct));
        // What is read ahead needs much thought about which bricks; it keeps off the threads that answer requests.
        Run(ct => WhileOpenAsync(open => resting.RunAsync(() => LoadAheadAsync(open), open), ct));
        Run(ct => WatchAccessAsync(isStillOpen, abort, ct));
        _moved.Set();
    }

    /// <summary>What is looked at.</summary>
    public ViewSession Session { get; }

    /// <summary>Whether the names of those who work with the dataset are told.</summary>
    public bool SeesNames { get; }

    /// <summary>Whether the caller's right to look has ended: the connection is open only until the page has heard of it.</summary>
    public bool IsRefused => _refused.IsCancellationRequested;

    /// <summary>Sizes of the streams' pictures in device pixels: of the panes, and where they are given of the other timestep's.</summary>
    /// <returns>As <see cref="Awaited"/>.</returns>
    public long[] Layout(int[] sizes, double ratio)
    {
        var all = new int[4 * Panes];
        for (var i = 0; i < Math.Min(sizes.Length, all.Length); i++)
        {
            all[i] = Math.Clamp(sizes[i], 0, PaneStream.MostPixels);
        }

        _sizes = all;
        return _panes.Select((pane, i) => pane.Resize(_sizes[2 * i], _sizes[2 * i + 1], ratio)).ToArray();
    }

    /// <summary>Of each pane, the number of the frame from which on an exact one shows the view as it is now.</summary>
    public long[] Awaited() => Array.ConvertAll(_panes, p => p.NotifyViewChanged());

    /// <summary>A frame was drawn.</summary>
    public void Acknowledge(int pane, long number)
    {
        if ((uint)pane < (uint)_panes.Length)
        {
            _panes[pane].Acknowledge(number);
        }
    }

    /// <inheritdoc/>
    public Task SendAsync(FrameHeader h, ReadOnlyMemory<byte> encoded, CancellationToken ct) => _client.SendAsync(
        "frame", StreamOf(h.Pane, h.IsOther), h.Number, h.Revision, h.Format, (h.Exact ? 1 : 0) | (h.Partial ? 2 : 0), h.Width,
        h.Height, encoded, ct);

    /// <inheritdoc/>
    public Task ReportStatusAsync(Pane pane, bool isOther, string message, CancellationToken ct) =>
        _client.SendAsync("say", StreamOf(pane, isOther), message, ct);

    /// <summary>Tells the number of the journal's last entry, without the entry; never waits.</summary>
    public void TellNewest(long number) =>
        _messages.Add("newest", ct => _client.SendAsync("entries", $"[{{\"number\":{number}}}]", ct));

    /// <summary>
    /// Tells the dataset's sites as they are when somebody joins, JSON, and the last entry of the journal that is in them; never waits.
    /// </summary>
    public void TellSites(string json, long number) => _messages.Add("sites", ct => _client.SendAsync("sites", json, number, ct));

    /// <summary>Tells the dataset's labels and fields, JSON; never waits.</summary>
    public void TellSchema(string json) => _messages.Add("schema", ct => _client.SendAsync("schema", json, ct));

    /// <summary>Tells the newest list of the dataset's saved measurements, JSON; never waits.</summary>
    public void TellSavedMeasurements(string json) => _messages.Add("measurements", ct => _client.SendAsync("measurements", json, ct));

    /// <summary>Tells how many look at the dataset now; never waits.</summary>
    public void TellPresence(int count) => _messages.Add("here", ct => _client.SendAsync("here", count, ct));

    private static int StreamOf(Pane pane, bool isOther) => (int)pane + (isOther ? Panes : 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Changed -= OnChanged;
        Session.Edits.Changed -= TellEdits;
        Session.Measurements.Changed -= TellMeasurements;
        Session.Cell.Changed -= OnCell;
        _end.Cancel();
        _budget.Dispose();
    }

    private void OnChanged(ViewRevision _, object? by)
    {
        Awaited();
        if (Session.Dataset is var now && !ReferenceEquals(Interlocked.Exchange(ref _dataset, now), now))
        {
            // An analysis registered scans, or somebody corrected the interface.
            var scene = new { volumes = now.Volumes.Select(SceneVolume.Of), nested = SceneNested.Of(now), depth = SceneDepth.Of(now) };
            _messages.Add("dataset", ct => _client.SendAsync("dataset", JsonSerializer.Serialize(scene, ViewDto.Json), ct));
        }

        if (!ReferenceEquals(by, this))
        {
            _messages.Add("view", TellViewAsync);
        }

        _moved.Set();
    }

    // Changes that several threads make at once are heard of in any order, and of two messages that wait the one added last is sent. So the
    // view is read when it is told, not when a change of it is heard of.
    private Task TellViewAsync(CancellationToken ct)
    {
        var (number, view) = Session.Current;
        return _client.SendAsync("view", JsonSerializer.Serialize(ViewDto.Of(view), ViewDto.Json), number, Awaited(), ct);
    }

    // The page orders its edits of annotations among the other things that it can take back.
    private void TellEdits() =>
        _messages.Add("edits", ct => _client.SendAsync("edits", JsonSerializer.Serialize(Session.Edits.Counts, ViewDto.Json), ct));

    // What is open of the cell is in the address.
    private void OnCell() => _moved.Set();

    // What the page measures without saving it, and what is being computed.
    private void TellMeasurements() =>
        _messages.Add("measuring", ct => _client.SendAsync("measuring", MeasurementMark.JsonOf(Session.Measurements), ct));

    // A link that is revoked or ends, and a membership that is taken away, end what is open too.
    private async Task WatchAccessAsync(Func<Task<bool>> isStillOpen, Action abort, CancellationToken ct)
    {
        try
        {
            while (await isStillOpen())
            {
                await Task.Delay(AccessInterval, _time, ct);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Who cannot be asked about is not let on; the browser joins again, and is asked about again.
            _fault(e);
            abort();
            return;
        }

        await _refused.CancelAsync();
        Run(TellClosedAsync);
        await Task.Delay(Farewell, _time, ct);
        abort();
    }

    // A page that reads nothing any more is not waited for.
    private async Task TellClosedAsync(CancellationToken ct)
    {
        await _leave(ct);
        await _client.SendAsync("closed", Session.IsOver ? "deleted" : "", ct);
    }

    // Pictures and messages end when access does, though the connection stays for a moment.
    private async Task WhileOpenAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _refused.Token);
        await work(either.Token);
    }

    // The address bar follows a moment after the last change. The page hears which view it has, whether or not its text is another.
    private async Task TellAddressAsync(CancellationToken ct)
    {
        var last = ("", -1L);
        while (true)
        {
            await _moved.WaitAsync(ct);
            while (await _moved.WaitAsync(AddressDelay, _time, ct))
            {
            }

            // A change that comes in between is in the text, and is told with its own number next.
            var revision = Session.Current.Number;
            var now = (Session.Link, revision);
            if (now != last && !Session.KeepsAddress)
            {
                last = now;
                var (query, lacks) = ViewLink.ForAddress(now.Link);
                await _client.SendAsync("address", query, revision, lacks, ct);
            }
        }
    }

    // What lies beside the slices shown is made ready, then the timesteps after this one, nearest first, and the browser hears which are.
    private async Task LoadAheadAsync(CancellationToken ct)
    {
        var told = "";
        var failed = new HashSet<double>();
        ViewState? beside = null;
        while (true)
        {
            var view = Session.Current.View;
            if (view != beside && Session.Dataset.Nearest(view.Modality, view.Hours) is { } shown && !failed.Contains(shown.Key.Hours))
            {
                beside = view;
                await TryAsync(shown, async () =>
                {
                    await LoadSlicesAsync(shown, view, 1, ct);
                    await LoadSlicesAsync(shown, view, -1, ct);
                });
            }

            var (width, height) = (Math.Max(_sizes[2 * (int)Pane.Volume], 1), Math.Max(_sizes[2 * (int)Pane.Volume + 1], 1));
            var ahead = Session.Dataset.Volumes.Where(v => v.Key.Modality == view.Modality)
                .OrderBy(v => v.Key.Hours < view.Hours).ThenBy(v => Math.Abs(v.Key.Hours - view.Hours)).ToArray();
            var loaded = new List<double>();
            foreach (var volume in ahead)
            {
                if (await _volumes.IsLoadedAsync(volume, Session.Dataset, view, width, height, ct))
                {
                    loaded.Add(volume.Key.Hours);
                }
            }

            var now = string.Join(' ', loaded.Order());
            if (now != told)
            {
                told = now;
                await _client.SendAsync("loaded", loaded.Order().ToArray(), ct);
            }

            var next = ahead.Take(6).FirstOrDefault(v => !loaded.Contains(v.Key.Hours) && !failed.Contains(v.Key.Hours));
            if (next is not null && await _volumes.HasRoomForAsync(next, Session.Dataset, view, width, height, ct))
            {
                await TryAsync(next, async () =>
                {
                    await _volumes.LoadAsync(next, Session.Dataset, view, width, height, ct, BrickNeed.Soon);
                    await LoadSlicesAsync(next, view, 0, ct);
                });
            }

            await Task.Delay(TimeSpan.FromMilliseconds(next is null ? 400 : 30), _time, ct);
        }

        async Task TryAsync(Imaging.Datasets.VolumeInfo volume, Func<Task> load)
        {
            try
            {
                await load();
            }
            catch (Imaging.Storage.BlobStoreException e) when (e.IsTransient)
            {
                // Tried again with the next turn.
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The pane says what is wrong when the timestep is shown.
                failed.Add(volume.Key.Hours);
            }
        }
    }

    private async Task LoadSlicesAsync(Imaging.Datasets.VolumeInfo volume, ViewState view, int beside, CancellationToken ct)
    {
        for (var i = 0; i < 3; i++)
        {
            var (width, height) = (_sizes[2 * i], _sizes[2 * i + 1]);
            if (width > 0 && height > 0)
            {
                var um = view.UmPerPixel > 0 ? view.UmPerPixel : ViewStates.FitUmPerPixel(volume, (Pane)i, width, height);
                await _slices.LoadAsync(
                    volume, Session.Dataset, view with { SlabUm = 0 }, (Pane)i, width, height, um, ct, BrickNeed.Soon, beside);
            }
        }
    }

    private void Run(Func<CancellationToken, Task> work) => _ = Task.Run(async () =>
    {
        try
        {
            await work(_end.Token);
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e)
        {
            _fault(e);
        }
    });
}
