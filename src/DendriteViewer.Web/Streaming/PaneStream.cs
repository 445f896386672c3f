using System.Buffers;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Scheduling;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Streaming;

/// <summary>Where frames go: a hub connection, or a test.</summary>
public interface IFrameSink
{
    /// <summary>Sends one frame; the bytes may be reused when the task is done.</summary>
    Task SendAsync(FrameHeader header, ReadOnlyMemory<byte> encoded, CancellationToken ct);

    /// <summary>Says that a pane waits, or what went wrong; empty when all is well again.</summary>
    Task ReportStatusAsync(Pane pane, bool isOther, string message, CancellationToken ct);
}

/// <summary>What a frame is.</summary>
/// <param name="Pane">The pane.</param>
/// <param name="IsOther">Whether it shows the other of two timesteps that are compared.</param>
/// <param name="Number">Counts the pane's frames from 1; acknowledged by it.</param>
/// <param name="Revision">The view revision that it shows.</param>
/// <param name="Format">image/jpeg or image/png.</param>
/// <param name="Exact">Whether every pixel is at rest, at full scale, from the level that the view asks for.</param>
/// <param name="Partial">Whether bricks are still on their way.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
public readonly record struct FrameHeader(
    Pane Pane, bool IsOther, long Number, long Revision, string Format, bool Exact, bool Partial, int Width, int Height);

/// <summary>
/// The loop of one pane: newest view wins; the first picture after a change comes at a scale chosen from measured cost and
/// is never cancelled; when the view has rested, the exact one follows and is cancelled by the next change.
/// At most two frames are unacknowledged. Where two timesteps are compared, each pane has a second stream for the other of them.
/// </summary>
public sealed class PaneStream(
    Pane pane, bool isOther, ViewSession session, SliceRenderer slices, VolumeRenderer volumes, RenderScheduler scheduler, IFrameSink sink,
    TimeProvider time, Action<Exception> fault)
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

    // The frame that is being sent. Only the encoding task writes it, and the next one waits for that task.
    private readonly ArrayBufferWriter<byte> _encoded = new(1 << 16);

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

    // Encoding and sending of the frame before; the loop alone replaces it.
    private Task _sending = Task.CompletedTask;

    // What the frames that the loop makes now show, or null where a change came that it has not begun to draw. Under _lock.
    private PaneContent? _shown;

    // From which frame number on an exact one shows the newest view. Under _lock.
    private long _awaited;

    // What the browser was told last of this pane. The loop alone writes it.
    private string _said = "";

    private sealed record PaneSize(int Width, int Height, double Ratio)
    {
        public static readonly PaneSize None = new(0, 0, 1);

        public bool IsHidden => Width == 0 || Height == 0;
    }

    // The view that this stream draws, or null where it has nothing to draw.
    private ViewState? ViewOf(ViewRevision revision) => isOther ? revision.View.Other : revision.View;

    /// <summary>What decides the pane's pixels; other changes of the view need no frame.</summary>
    private sealed record PaneContent(object View, PaneSize Size);

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
            if (_size.IsHidden || ViewOf(session.Current) is not { } view)
            {
                // Looked at again when it is shown.
                return 0;
            }

            if (ContentOf(view, _size).Equals(_shown))
            {
                return _awaited;
            }

            _shown = null;
            _awaited = _sent + 1;
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
        using var jpeg = new JpegEncoder();
        try
        {
            await RunAsync(jpeg, ct);
        }
        finally
        {
            // What is still being encoded holds the encoder.
            await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunAsync(JpegEncoder jpeg, CancellationToken ct)
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
                if (await SendMovingFrameAsync(work, jpeg, ct) && !await _changed.WaitAsync(Rest, time, ct))
                {
                    await SendExactFrameAsync(work, jpeg, ct);
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
    private async Task SendExactFrameAsync(Work work, JpegEncoder jpeg, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, work.Superseded);
        await WaitForAcknowledgementAsync(ct);
        for (var pause = PartialInterval; await DrawAsync(work, jpeg, exact: true, ct) == RenderOutcome.Partial; pause = pause < AwayPause
            ? 2 * pause : pause)
        {
            await Task.Delay(pause, time, either.Token);
            await WaitForAcknowledgementAsync(ct);
        }
    }

    // What takes long is said, so that nobody takes the picture before for the one that was asked for.
    private async Task<bool> SendMovingFrameAsync(Work work, JpegEncoder jpeg, CancellationToken ct)
    {
        var drawing = DrawAsync(work, jpeg, exact: false, ct);
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
        return sink.ReportStatusAsync(pane, isOther, message, ct);
    }

    private sealed record Work(long Revision, ViewState View, PaneSize Size, CancellationToken Superseded);

    private Work? Begin()
    {
        lock (_lock)
        {
            var (revision, size) = (session.Current, _size);
            if (size.IsHidden || ViewOf(revision) is not { } view)
            {
                return null;
            }

            (_shown, _awaited) = (ContentOf(view, size), _sent + 1);
            _superseded.Dispose();
            _superseded = new CancellationTokenSource();
            return new Work(revision.Number, view, size, _superseded.Token);
        }
    }

    private async Task WaitForAcknowledgementAsync(CancellationToken ct)
    {
        while (Interlocked.Read(ref _sent) - Interlocked.Read(ref _acked) >= MostUnacknowledged)
        {
            await _acknowledged.WaitAsync(ct);
        }
    }

    private async Task<RenderOutcome> DrawAsync(Work work, JpegEncoder jpeg, bool exact, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, exact ? work.Superseded : CancellationToken.None);
        if (exact)
        {
            // Reading takes no turn: others draw meanwhile. Who waits long sees what has come.
            var load = scheduler.LaneFor(RequestFor(work, exact: true, scale: 1))
                .RunAsync(() => LoadAsync(work, either.Token), either.Token);
            while (await Task.WhenAny(load, Task.Delay(PartialInterval, time, either.Token)) != load)
            {
                either.Token.ThrowIfCancellationRequested();
                await WaitForAcknowledgementAsync(ct);
                await SendPictureAsync(work, jpeg, exact: false, either.Token, ct);
            }

            await load;
        }

        return await SendPictureAsync(work, jpeg, exact, either.Token, ct);
    }

    // What is drawn may be superseded; what is numbered is sent, since its acknowledgement is waited for.
    private async Task<RenderOutcome> SendPictureAsync(
        Work work, JpegEncoder jpeg, bool exact, CancellationToken superseded, CancellationToken ct)
    {
        var (scale, quality) = exact ? (1, RestingQuality) : _pacing.Next(work.Size.Width * work.Size.Height);
        RenderOutcome outcome;
        RenderedImage? image;
        var request = RequestFor(work, exact, scale);
        ComputeLane lane;
        using (var turn = await scheduler.EnterAsync(request, superseded))
        {
            lane = turn.Lane;
            var start = time.GetTimestamp();
            (outcome, image) = await lane.RunAsync(() => RenderAsync(work, scale, exact, superseded), superseded);
            if (image is null)
            {
                RenderMetrics.Superseded();
                return RenderOutcome.Superseded;
            }

            RenderMetrics.Drawn(request.Urgency, pane, time.GetElapsedTime(start));

            if (!exact)
            {
                _pacing.Drawn(time.GetElapsedTime(start).TotalMilliseconds, image.Width * image.Height);
            }
        }

        var lossless = exact && pane != Pane.Volume;
        FrameHeader header;
        lock (_lock)
        {
            // A frame that was superseded before it got its number must not be marked exact.
            var isExact = exact && outcome == RenderOutcome.Complete && !work.Superseded.IsCancellationRequested;
            header = new FrameHeader(
                pane, isOther, Interlocked.Increment(ref _sent), work.Revision, lossless ? "image/png" : "image/jpeg", isExact,
                outcome == RenderOutcome.Partial, image.Width, image.Height);
        }

        // Encoded and sent while the next is drawn, one after another; a picture at rest has none after it.
        var before = _sending;
        _sending = lane.RunAsync(() => EncodeAsync(before, image, header, lossless ? null : jpeg, quality, ct));
        await (exact ? _sending : before);
        return outcome;
    }

    private async Task EncodeAsync(Task before, RenderedImage image, FrameHeader header, JpegEncoder? jpeg, int quality,
        CancellationToken ct)
    {
        using (image)
        {
            try
            {
                await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _encoded.ResetWrittenCount();
                if (jpeg is null)
                {
                    PngEncoder.Encode(image, _encoded);
                }
                else
                {
                    jpeg.Encode(image, quality, _encoded);
                }

                _pacing.Sent(header.Number, _encoded.WrittenCount, quality == RestingQuality ? 0 : image.Width * image.Height, quality);
                RenderMetrics.Sent(pane, header.Exact, _encoded.WrittenCount);
                await sink.SendAsync(header, _encoded.WrittenMemory, ct);
            }
            catch
            {
                // It never went out, so nobody else will acknowledge it.
                Acknowledge(header.Number);
                throw;
            }
        }
    }

    private RenderRequest RequestFor(Work work, bool exact, int scale)
    {
        var pixels = (long)work.Size.Width * work.Size.Height;
        return exact ? RenderRequest.Resting(session.Id, pane != Pane.Volume, pixels)
            : RenderRequest.Moving(session.Id, pane != Pane.Volume, pixels / (scale * scale));
    }

    private Task LoadAsync(Work work, CancellationToken ct)
    {
        var (view, size) = (work.View, work.Size);
        var volume = session.Volume(view);
        if (pane == Pane.Volume)
        {
            return volumes.LoadAsync(volume, session.Dataset, view, size.Width, size.Height, ct);
        }

        var um = UmPerPixel(volume, view, size);
        var shown = slices.LoadAsync(volume, view, pane, size.Width, size.Height, um, ct);
        return SliceRenderer.DifferenceOf(volume, session.Dataset, view) is { } other
            ? Task.WhenAll(shown, slices.LoadAsync(other, view, pane, size.Width, size.Height, um, ct))
            : shown;
    }

    private double UmPerPixel(Imaging.Datasets.VolumeInfo volume, ViewState view, PaneSize size) =>
        view.UmPerPixel > 0 ? view.UmPerPixel / size.Ratio : ViewStates.FitUmPerPixel(volume, pane, size.Width, size.Height);

    private async Task<(RenderOutcome, RenderedImage?)> RenderAsync(Work work, int scale, bool wait, CancellationToken ct)
    {
        var (view, size) = (work.View, work.Size);
        var volume = session.Volume(view);
        if (pane == Pane.Volume)
        {
            return await volumes.RenderAsync(volume, session.Dataset, view, size.Width, size.Height, scale, wait, ct);
        }

        int width = Math.Max(1, size.Width / scale), height = Math.Max(1, size.Height / scale);
        return await slices.RenderAsync(volume, session.Dataset, view, pane, width, height,
            UmPerPixel(volume, view, size) * size.Width / width, wait, ct);
    }

    private PaneContent ContentOf(ViewState v, PaneSize size) => new(
        pane == Pane.Volume
            ? (v.Hours, v.Modality, v.Camera, v.Mode, v.IsoValue, v.Shaded, v.Shadows, v.Transfer, v.Clip, v.DepthClip, v.Overlay,
                v.Cut is { } cut ? (cut, SlicePlane.Of(v, cut.Along)) : default)
            : (v.Hours, v.Modality, SlicePlane.Of(v, pane), v.UmPerPixel, v.SlabUm, v.SlabMode, v.Interpolation,
                (v.WindowLow, v.WindowHigh, v.ColorMap), v.LabelsIn(session.Dataset) is null ? null : v.Overlay, v.Threshold,
                v.Compare is { Mode: CompareMode.Difference } c ? c : null),
        size);
}
