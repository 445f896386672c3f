using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Scheduling;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Streaming;

/// <summary>
/// The loop of one pane: newest view wins; the first picture after a change comes at a scale chosen from measured cost and
/// is never cancelled; when the view has rested, the exact one follows and is cancelled by the next change.
/// At most two frames are unacknowledged. Where two timesteps are compared, each pane has a second stream for the other of them.
/// </summary>
/// <param name="pictures">Draws what the pane shows.</param>
/// <param name="isOther">Whether it shows the other of two timesteps that are compared.</param>
/// <param name="scheduler">Gives turns to draw.</param>
/// <param name="shared">Frames that others of the same view may have made.</param>
/// <param name="sink">Where frames go.</param>
/// <param name="time">The clock.</param>
/// <param name="fault">Where faults of ours go.</param>
public sealed class PaneStream(
    PanePictures pictures, bool isOther, RenderScheduler scheduler, SharedFrames shared, IFrameSink sink, TimeProvider time,
    Action<Exception> fault)
{
    /// <summary>Pixels of a pane each way at most.</summary>
    public const int MostPixels = 4096;

    private const int MostUnacknowledged = 2;
    private const int RestingQuality = 93;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(90);
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan AwayPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PartialInterval = TimeSpan.FromMilliseconds(250);

    // Callers of the hub change the view and the size, and acknowledge; the loop draws. _lock guards what both decide by: _superseded,
    // _shown, _awaited, and the number that a frame gets.
    private readonly Lock _lock = new();

    // Set by callers when there is something new to draw; awaited by the loop.
    private readonly AsyncPulse _changed = new();

    // Set when the browser drew a frame; awaited by the loop while two are on their way.
    private readonly AsyncPulse _acknowledged = new();

    // Cancelled by the next change of the view; replaced by the loop. Under _lock.
    private CancellationTokenSource _superseded = new();

    // The newest size. Written by callers, read anywhere: it is replaced whole.
    private volatile PaneSize _size = PaneSize.None;

    // Number of the newest frame. Written by the loop under _lock, read by Interlocked elsewhere.
    private long _sent;

    // Number of the newest frame that the browser drew. Only grows, by Interlocked.
    private long _acked;
    private readonly FramePacing _pacing = new(time);

    // Encoding, and sending, of the frame before; the loop alone replaces them.
    private Task _encoding = Task.CompletedTask;
    private Task _sending = Task.CompletedTask;

    // What the frames that the loop makes now show, or null where a change came that it has not begun to draw. Under _lock.
    private PaneContent? _shown;

    // From which frame number on an exact one shows the newest view. Under _lock.
    private long _awaited;

    // Timestamp of the oldest change that the loop has not begun to draw, or null. Under _lock.
    private long? _changedAt;

    // When the browser last made room for a frame that waited for it. The loop alone uses it.
    private long _roomAt;

    // What the browser was told last of this pane. The loop alone writes it.
    private string _said = "";

    // The view that this stream draws, or null where it has nothing to draw.
    private ViewState? ViewOf(ViewRevision revision) => isOther ? revision.View.Other : revision.View;

    /// <summary>The pane has another size in device pixels; 0 hides it.</summary>
    /// <returns>As <see cref="NotifyViewChanged"/>.</returns>
    public long Resize(int width, int height, double ratio)
    {
        _size = new PaneSize(Math.Clamp(width, 0, MostPixels), Math.Clamp(height, 0, MostPixels), Math.Clamp(ratio, 0.25, 8));
        return NotifyViewChanged();
    }

    /// <summary>The view changed.</summary>
    /// <returns>The number of the frame from which on an exact one shows the view and size as they are now; 0 of a hidden pane.</returns>
    public long NotifyViewChanged()
    {
        lock (_lock)
        {
            if (_size.IsHidden || ViewOf(pictures.Session.Current) is not { } view)
            {
                // Looked at again when it is shown.
                return 0;
            }

            if (pictures.ContentOf(view, _size).Equals(_shown))
            {
                return _awaited;
            }

            _shown = null;
            _awaited = _sent + 1;
            _changedAt ??= time.GetTimestamp();
            _superseded.Cancel();
            _changed.Set();
            return _awaited;
        }
    }

    /// <summary>The browser drew a frame.</summary>
    public void Acknowledge(long number)
    {
        _pacing.Acknowledged(number);
        Interlocked.Exchange(ref _acked, Math.Max(Interlocked.Read(ref _acked), Math.Min(number, Interlocked.Read(ref _sent))));
        _acknowledged.Set();
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var encoder = new FrameEncoder();
        try
        {
            await RunAsync(encoder, ct);
        }
        finally
        {
            // What is still being encoded holds the encoder.
            await _encoding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunAsync(FrameEncoder encoder, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await _changed.WaitAsync(ct);
            await WaitForAcknowledgementAsync(ct);
            if (Begin() is not { } work)
            {
                continue;
            }

            try
            {
                if (await SendMovingFrameAsync(work, encoder, ct) && !await _changed.WaitAsync(Rest, time, ct))
                {
                    await SendExactFrameAsync(work, encoder, ct);
                    await ReportStatusAsync("", ct);
                }
                else
                {
                    _changed.Set();
                }
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
            }
            catch (Imaging.Storage.BlobStoreException e) when (e.IsTransient)
            {
                // The page says that the store is away; the picture is drawn again when it may be back.
                await ReportStatusAsync("Waiting for the store…", ct);
                await _changed.WaitAsync(AwayPause, time, ct);
                _changed.Set();
            }
            catch (RenderQueueFullException e)
            {
                // Drawn when there is less to draw, or at the next change.
                await ReportStatusAsync(e.Message, ct);
                await _changed.WaitAsync(AwayPause, time, ct);
                _changed.Set();
            }
            catch (Exception e) when (e is Imaging.Volumes.VolumeFormatException or IOException)
            {
                await ReportStatusAsync(e.Message, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                fault(e);
                await ReportStatusAsync("The picture failed for a reason nobody foresaw; move to try again. The server's log says more.",
                    ct);
            }
        }
    }

    // Bricks that other views pushed out of memory before they were drawn are read again, less and less often.
    private async Task SendExactFrameAsync(Work work, FrameEncoder encoder, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, work.Superseded);
        await WaitForAcknowledgementAsync(ct);
        var pause = PartialInterval;
        for (; await DrawAsync(work, encoder, exact: true, ct) == RenderOutcome.Partial; pause = pause < AwayPause ? 2 * pause : pause)
        {
            await Task.Delay(pause, time, either.Token);
            await WaitForAcknowledgementAsync(ct);
        }
    }

    // What takes long is said, so that nobody takes the picture before for the one that was asked for.
    private async Task<bool> SendMovingFrameAsync(Work work, FrameEncoder encoder, CancellationToken ct)
    {
        var drawing = DrawAsync(work, encoder, exact: false, ct);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (await Task.WhenAny(drawing, Task.Delay(Slow, time, enough.Token)) != drawing)
        {
            await ReportStatusAsync("Loading…", ct);
        }

        await enough.CancelAsync();
        if (await drawing == RenderOutcome.Superseded)
        {
            return false;
        }

        await ReportStatusAsync("", ct);
        return true;
    }

    private Task ReportStatusAsync(string message, CancellationToken ct)
    {
        if (message == _said)
        {
            return Task.CompletedTask;
        }

        _said = message;
        return sink.ReportStatusAsync(pictures.Pane, isOther, message, ct);
    }

    /// <summary>What is to be drawn; since when the oldest change that it shows could have been.</summary>
    private sealed record Work(long Revision, ViewState View, PaneSize Size, long Since, CancellationToken Superseded);

    private Work? Begin()
    {
        lock (_lock)
        {
            var (revision, size) = (pictures.Session.Current, _size);
            if (size.IsHidden || ViewOf(revision) is not { } view)
            {
                return null;
            }

            (_shown, _awaited) = (pictures.ContentOf(view, size), _sent + 1);
            _superseded.Dispose();
            _superseded = new CancellationTokenSource();
            var since = Math.Max(_changedAt ?? time.GetTimestamp(), _roomAt);
            _changedAt = null;
            return new Work(revision.Number, view, size, since, _superseded.Token);
        }
    }

    private async Task WaitForAcknowledgementAsync(CancellationToken ct)
    {
        while (Interlocked.Read(ref _sent) - Interlocked.Read(ref _acked) >= MostUnacknowledged)
        {
            await _acknowledged.WaitAsync(ct);
            _roomAt = time.GetTimestamp();
        }
    }

    private async Task<RenderOutcome> DrawAsync(Work work, FrameEncoder encoder, bool exact, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, exact ? work.Superseded : CancellationToken.None);
        if (exact && !shared.Has(KeyOf(work, exact, 1, RestingQuality)))
        {
            // Reading takes no turn: others draw meanwhile. Who waits long sees what has come.
            var load = scheduler.LaneFor(pictures.RequestFor(work.Size, exact: true, scale: 1))
                .RunAsync(() => pictures.LoadAsync(work.View, work.Size, either.Token), either.Token);
            while (await Task.WhenAny(load, Task.Delay(PartialInterval, time, either.Token)) != load)
            {
                either.Token.ThrowIfCancellationRequested();
                await WaitForAcknowledgementAsync(ct);
                await SendPictureAsync(work, encoder, exact: false, answers: null, either.Token, ct);
            }

            await load;
        }

        return await SendPictureAsync(work, encoder, exact, exact ? null : work.Since, either.Token, ct);
    }

    // What is drawn may be superseded; what is numbered is sent, since its acknowledgement is waited for. The first picture of a change
    // answers it, since a timestamp.
    private async Task<RenderOutcome> SendPictureAsync(
        Work work, FrameEncoder encoder, bool exact, long? answers, CancellationToken superseded, CancellationToken ct)
    {
        var (scale, quality) = exact
            ? (1, RestingQuality)
            : _pacing.Next(work.Size.Width * work.Size.Height, scheduler.MovingDrawTime());
        var key = KeyOf(work, exact, scale, quality);
        var (frame, making) = await shared.FindOrMakeAsync(key, superseded);

        // Encoded and sent while the next is drawn, one after another; a picture at rest has none after it.
        var (before, outcome) = (_sending, RenderOutcome.Complete);
        if (making is null)
        {
            RenderMetrics.Shared(pictures.Pane);
            var header = HeaderOf(work, key, outcome, frame!.Width, frame.Height);
            _sending = SendAsync(before, Task.FromResult(frame), header, key, answers, ct);
        }
        else
        {
            RenderedImage? image;
            ComputeLane lane;
            try
            {
                (outcome, image, lane) = await DrawInTurnAsync(work, scale, exact, superseded);
            }
            catch
            {
                making.Dispose();
                throw;
            }

            if (image is null)
            {
                making.Dispose();
                RenderMetrics.Superseded();
                return RenderOutcome.Superseded;
            }

            var header = HeaderOf(work, key, outcome, image.Width, image.Height);
            var encoded = _encoding;

            // What changed while it was drawn may be in the picture and is not in its key.
            var isKept = outcome == RenderOutcome.Complete && pictures.ContentOf(work.View, work.Size).Equals(key.Content);
            var encoding = lane.RunAsync(() => EncodeAsync(encoded, image, key.Quality, isKept, making, encoder));

            // What waited for bricks came late for want of them, and would come no sooner if pictures were coarser.
            answers = outcome == RenderOutcome.Complete ? answers : null;
            (_encoding, _sending) = (encoding, SendAsync(before, encoding, header, key, answers, ct));
        }

        await (exact ? _sending : before);
        return outcome;
    }

    private FrameKey KeyOf(Work work, bool exact, int scale, int quality) => new(
        pictures.Session.Dataset.Identity, pictures.Pane, pictures.ContentOf(work.View, work.Size), scale,
        exact && pictures.Pane != Pane.Volume ? 0 : quality, exact);

    private async Task<(RenderOutcome, RenderedImage?, ComputeLane)> DrawInTurnAsync(
        Work work, int scale, bool exact, CancellationToken superseded)
    {
        var request = pictures.RequestFor(work.Size, exact, scale);
        using var turn = await scheduler.EnterAsync(request, superseded);
        var start = time.GetTimestamp();
        var (outcome, image) = await turn.Lane.RunAsync(
            () => pictures.RenderAsync(work.View, work.Size, scale, exact, superseded), superseded);
        if (image is not null)
        {
            RenderMetrics.Drawn(request.Urgency, pictures.Pane, time.GetElapsedTime(start));
            if (!exact)
            {
                _pacing.Drawn(time.GetElapsedTime(start).TotalMilliseconds, image.Width * image.Height);
            }
        }

        return (outcome, image, turn.Lane);
    }

    private FrameHeader HeaderOf(Work work, FrameKey key, RenderOutcome outcome, int width, int height)
    {
        lock (_lock)
        {
            // A frame that was superseded before it got its number must not be marked exact.
            var isExact = key.Exact && outcome == RenderOutcome.Complete && !work.Superseded.IsCancellationRequested;
            return new FrameHeader(
                pictures.Pane, isOther, Interlocked.Increment(ref _sent), work.Revision, key.Quality == 0 ? "image/png" : "image/jpeg",
                isExact, outcome == RenderOutcome.Partial, width, height);
        }
    }

    // Waits for no frame on its way, since others may wait for this one whose line is faster.
    private async Task<SharedFrame> EncodeAsync(
        Task before, RenderedImage image, int quality, bool isKept, SharedFrames.Making making, FrameEncoder encoder)
    {
        using (making)
        using (image)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var frame = encoder.Encode(image, quality);
            if (isKept)
            {
                making.Give(frame);
            }

            return frame;
        }
    }

    private async Task SendAsync(
        Task before, Task<SharedFrame> encoding, FrameHeader header, FrameKey key, long? answers, CancellationToken ct)
    {
        try
        {
            using var frame = await encoding;
            if (answers is { } since)
            {
                scheduler.Shown(since, key.Scale >= FramePacing.MostScale);
            }

            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _pacing.Sent(header.Number, frame.Encoded.Length, key.Exact ? 0 : frame.Width * frame.Height, key.Quality);
            RenderMetrics.Sent(pictures.Pane, header.Exact, frame.Encoded.Length);
            await sink.SendAsync(header, frame.Encoded, ct);
        }
        catch
        {
            // It never went out, so nobody else will acknowledge it.
            Acknowledge(header.Number);
            throw;
        }
    }
}
