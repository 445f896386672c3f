namespace DendriteViewer.Web.Streaming;

/// <summary>
/// How coarse a moving picture of one pane is: from the measured cost of drawing, and from how fast the browser acknowledges what it was
/// sent. First drawing: as many pixels as are made in a frame's time, or in the part of it that the server's load leaves. Then the line:
/// lower JPEG quality, then fewer pixels, so that a frame takes no longer on its way than is felt.
/// </summary>
internal sealed class FramePacing(TimeProvider time)
{
    /// <summary>A fraction of pixels each way at least; beyond, a picture says nothing.</summary>
    public const int MostScale = 6;

    /// <summary>Milliseconds that a moving picture may take to draw where the server has nothing else to draw.</summary>
    public const double DrawMs = 33;

    private const double LineMs = 66;
    private const int Quality = 72;
    private const int LowQuality = 50;

    // What low quality saves of a frame's bytes, about.
    private const double LowQualityShare = 0.6;

    // How much of what was seen counts a frame later.
    private const double Memory = 0.97;

    // Spread of sizes, squared and relative, from which on they tell the line's speed from its delay.
    private const double LeastSpread = 2e-3;

    // How many times too few pixels a finer picture must have before it is drawn, so that small changes of the cost change nothing.
    private const double Finer = 1.3;

    private readonly Lock _lock = new();
    private readonly Queue<(long Number, long At, int Bytes, long InFlight)> _unacknowledged = new();
    private double _msAPixel = 4e-5;
    private double _bytesAPixel;
    private (double N, double X, double Y, double XX, double XY) _seen;
    private double _msAByte;
    private long _inFlight;

    // By drawing alone, as it was last chosen.
    private int _scale = 1;

    /// <summary>Bytes a second that the line carries, as far as was seen; infinite where it was never felt.</summary>
    public double BytesASecond
    {
        get
        {
            lock (_lock)
            {
                return _msAByte > 0 ? 1000 / _msAByte : double.PositiveInfinity;
            }
        }
    }

    /// <summary>A picture in motion was drawn.</summary>
    public void Drawn(double ms, int pixels)
    {
        lock (_lock)
        {
            _msAPixel = 0.7 * _msAPixel + 0.3 * ms / pixels;
        }
    }

    /// <summary>A frame is about to go out.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="pixels">Its pixels where it is a moving one, which others will resemble; else 0.</param>
    /// <param name="quality">The quality at which it was encoded.</param>
    public void Sent(long number, int bytes, int pixels, int quality)
    {
        lock (_lock)
        {
            if (pixels > 0)
            {
                var now = (double)bytes / pixels / (quality == LowQuality ? LowQualityShare : 1);
                _bytesAPixel = _bytesAPixel == 0 ? now : 0.7 * _bytesAPixel + 0.3 * now;
            }

            // Of what went before, about half is through by now.
            _unacknowledged.Enqueue((number, time.GetTimestamp(), bytes, bytes + _inFlight / 2));
            _inFlight += bytes;
        }
    }

    /// <summary>The browser drew a frame.</summary>
    public void Acknowledged(long number)
    {
        lock (_lock)
        {
            while (_unacknowledged.TryPeek(out var frame) && frame.Number <= number)
            {
                _unacknowledged.Dequeue();
                _inFlight -= frame.Bytes;
                if (frame.Number != number)
                {
                    continue;
                }

                Fit(frame.InFlight, time.GetElapsedTime(frame.At).TotalMilliseconds);
            }
        }
    }

    /// <summary>Pixels of the full picture in one of the next, each way, and the JPEG quality.</summary>
    /// <param name="pixels">Pixels of the full picture.</param>
    /// <param name="drawMs">Milliseconds that it may take to draw.</param>
    public (int Scale, int Quality) Next(int pixels, double drawMs = DrawMs)
    {
        lock (_lock)
        {
            var times = _msAPixel * pixels / drawMs;
            var drawing = _scale = Math.Min(Math.Max(ScaleFor(times), _scale), ScaleFor(Finer * times));
            var line = _bytesAPixel * pixels / (drawing * drawing) * _msAByte / LineMs;
            return line <= 1 ? (drawing, Quality) : (Math.Min(MostScale, drawing * ScaleFor(line * LowQualityShare)), LowQuality);
        }
    }

    // An answer takes the way there and back, and its bytes' time with those before it: a straight line through what was seen, whose slope
    // is the time of a byte. Where all were of one size nothing new is learned.
    private void Fit(double bytes, double delayMs)
    {
        var (n, x, y, xx, xy) = _seen;
        (n, x, y, xx, xy) = (Memory * n + 1, Memory * x + bytes, Memory * y + delayMs, Memory * xx + bytes * bytes, Memory * xy + bytes * delayMs);
        _seen = (n, x, y, xx, xy);
        var spread = n * xx - x * x;
        if (spread > LeastSpread * x * x)
        {
            _msAByte = Math.Max(0, (n * xy - x * y) / spread);
        }
    }

    // The least scale that makes so many times too many pixels few enough.
    private static int ScaleFor(double times) => times <= 1 ? 1 : Math.Clamp((int)Math.Ceiling(Math.Sqrt(times)), 1, MostScale);
}
