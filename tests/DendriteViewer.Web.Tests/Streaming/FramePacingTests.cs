using DendriteViewer.Web.Streaming;

namespace DendriteViewer.Web.Tests.Streaming;

public sealed class FramePacingTests
{
    private const int Pixels = 800 * 600;
    private readonly ManualTime _time = new();

    [Fact]
    public void Next_SlowDrawing_TakesFewerPixels()
    {
        var pacing = new FramePacing(_time);
        Assert.Equal((1, 72), pacing.Next(Pixels));
        for (var i = 0; i < 20; i++)
        {
            pacing.Drawn(300, Pixels);
        }

        // 300 ms for what should take 33: nine times too many.
        Assert.Equal(4, pacing.Next(Pixels).Scale);
    }

    // A line of so many kB a second, 40 ms there and back, two frames on their way at a time.
    [Theory]
    [InlineData(20_000, 1, 72)]
    [InlineData(700, 1, 50)]
    [InlineData(100, 3, 50)]
    [InlineData(1, 6, 50)]
    public void Next_ALineOfAGivenSpeed_IsFilledAndNoMore(int kiloBytes, int scale, int quality)
    {
        var pacing = new FramePacing(_time);
        double free = 0, now = 0;
        var sent = new Queue<(long Number, double Back)>();
        for (var n = 1L; n <= 60; n++)
        {
            var (s, q) = pacing.Next(Pixels);
            var bytes = (int)(0.12 * Pixels / (s * s) * (q == 50 ? 0.6 : 1));
            pacing.Sent(n, bytes, Pixels / (s * s), q);
            free = Math.Max(free, now) + bytes / (double)kiloBytes;
            sent.Enqueue((n, free + 40));
            if (sent.Count == 2)
            {
                var (number, back) = sent.Dequeue();
                now = Math.Max(now, back);
                _time.Now = now;
                pacing.Acknowledged(number);
            }
        }

        var chosen = pacing.Next(Pixels);
        Assert.Equal(quality, chosen.Quality);
        Assert.InRange(chosen.Scale, Math.Max(1, scale - 1), scale + 1);
        Assert.InRange(pacing.BytesASecond, 400 * kiloBytes, quality == 72 ? double.PositiveInfinity : 2500.0 * kiloBytes);
    }

    [Fact]
    public void Next_ALineNeverFelt_IsFree()
    {
        var pacing = new FramePacing(_time);
        for (var n = 1L; n <= 10; n++)
        {
            pacing.Sent(n, 60_000, Pixels, 72);
            _time.Now += 3;
            pacing.Acknowledged(n);
        }

        Assert.Equal((1, 72), pacing.Next(Pixels));
    }
}
