using System.Diagnostics;
using System.Globalization;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Movies;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Tests.Figures;
using DendriteViewer.Imaging.Volumes;
using SixLabors.ImageSharp;

namespace DendriteViewer.Imaging.Tests.Movies;

public sealed class MovieTests(FigureFixture fixture) : IClassFixture<FigureFixture>, IDisposable
{
    private const FigureParts Parts = FigureParts.Scale | FigureParts.Colour | FigureParts.Axes | FigureParts.Caption | FigureParts.Time;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Gif_OfSlices_HasItsFramesItsSizeAndItsDuration()
    {
        var plan = MoviePlan.Of(fixture.Scene(fixture.View),
            Slices() with { Format = MovieFormat.Gif, FramesPerSecond = 12, Seconds = 1.5 });
        await WriteAsync(plan, null, "m.gif");
        using var gif = await Image.LoadAsync(_folder["m.gif"]);
        Assert.Equal((320, 240, 18), (gif.Width, gif.Height, gif.Frames.Count));
        Assert.Equal(150, gif.Frames.Sum(f => f.Metadata.GetGifMetadata().FrameDelay));
    }

    [FfmpegTheory]
    [InlineData(MovieFormat.WebM, "vp9")]
    [InlineData(MovieFormat.Mp4, "h264")]
    public async Task Video_OfATurntable_HasExactlyItsFrames(MovieFormat format, string codec)
    {
        var settings = Slices() with { Kind = MovieKind.Turntable, Panes = [Pane.Volume], Format = format, FramesPerSecond = 12.5,
            Seconds = 2 };
        var plan = MoviePlan.Of(fixture.Scene(fixture.View), settings);
        await WriteAsync(plan, await Ffmpeg.FindAsync(null, default), "m.video");
        var info = new ProcessStartInfo("ffprobe",
        [
            "-v", "error", "-count_frames", "-select_streams", "v", "-show_entries",
                "stream=codec_name,width,height,pix_fmt,nb_read_frames,r_frame_rate:format=duration",
            "-of", "default=noprint_wrappers=1", _folder["m.video"],
        ]) { RedirectStandardOutput = true };
        using var probe = Process.Start(info)!;
        var said = (await probe.StandardOutput.ReadToEndAsync()).Split('\n').Select(l => l.Split('=')).Where(l => l.Length == 2)
            .ToDictionary(l => l[0], l => l[1]);
        Assert.Equal(
            (codec, "320", "240", "yuv420p", "25", "25/2"),
            (said["codec_name"], said["width"], said["height"], said["pix_fmt"], said["nb_read_frames"], said["r_frame_rate"]));
        Assert.InRange(double.Parse(said["duration"], CultureInfo.InvariantCulture), 1.99, 2.01);
    }

    [Fact]
    public async Task Frames_OfAMovieThatWasCutOff_AreKeptAndTheOthersDrawn()
    {
        var plan = MoviePlan.Of(fixture.Scene(fixture.View), Slices());
        using var stop = new CancellationTokenSource();
        var frames = new MovieFrames(fixture.Figures, _folder["frames"]);
        await Assert.ThrowsAsync<OperationCanceledException>(() => frames.DrawAsync(plan, new Counted(done =>
        {
            if (done == 4)
            {
                stop.Cancel();
            }
        }), stop.Token));

        // What a killed program had half written is no frame.
        await File.WriteAllBytesAsync(_folder["frames/00004.png.unfinished"], [1, 2, 3]);
        var first = await File.ReadAllBytesAsync(_folder["frames/00000.png"]);
        File.SetLastWriteTimeUtc(_folder["frames/00000.png"], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(4, await frames.DrawAsync(plan, null, default));
        Assert.Equal(2020, File.GetLastWriteTimeUtc(_folder["frames/00000.png"]).Year);
        Assert.Equal(first, await frames.ReadAsync(0, default));
        Assert.Equal(plan.Shots.Count, Directory.GetFiles(_folder["frames"], "*.png").Length);
    }

    [Fact]
    public void Slices_GoFromOnePlaceToTheOther()
    {
        var shots = MoviePlan.Of(fixture.Scene(fixture.View), Slices()).Shots;
        Assert.Equal(12, shots.Sum(s => s.Frames));
        Assert.Equal((10.0, 70.0), (shots[0].Scene.View.Focus.Z, shots[^1].Scene.View.Focus.Z));
        Assert.All(shots.Zip(shots.Skip(1)), p => Assert.Equal(60 / 11.0, p.Second.Scene.View.Focus.Z - p.First.Scene.View.Focus.Z, 9));
    }

    [Fact]
    public void Turntable_IsOneTurnWhoseLastFrameIsNotItsFirst()
    {
        var settings = Slices() with { Kind = MovieKind.Turntable, Panes = FigureSettings.All };
        var shots = MoviePlan.Of(fixture.Scene(fixture.View), settings).Shots;
        Assert.Equal(30, shots[0].Scene.View.Camera.AzimuthDeg, 9);
        Assert.Equal(0, shots[^1].Scene.View.Camera.AzimuthDeg, 9);
        Assert.All(shots, s => Assert.InRange(s.Scene.View.Camera.AzimuthDeg, -180, 180));
    }

    [Fact]
    public void Timesteps_OfADifference_LeaveOutTheScanThatIsSubtracted()
    {
        VolumeInfo At(double hours) => fixture.Volume with { Key = new VolumeKey(fixture.Volume.Key.Modality, hours) };
        var view = fixture.View with { Compare = new Comparison(CompareMode.Difference, 1) };
        var settings = Slices() with { Kind = MovieKind.Timesteps };
        Assert.Equal([0.0, 2], Hours(settings, 0, 1, 2));
        Assert.Equal([0.0, 1, 2], Hours(settings with { Panes = [Pane.Volume] }, 0, 1, 2));
        Assert.Contains("beside the one that is subtracted",
            Assert.Throws<OutOfRangeException>(() => Hours(settings, 0, 1)).Message, StringComparison.Ordinal);

        double[] Hours(MovieSettings wanted, params double[] scans) => [.. MoviePlan.Of(
            new FigureScene(fixture.Dataset with { Volumes = [.. scans.Select(At)] }, At(scans[0]), view, []), wanted)
            .Shots.Select(s => s.Scene.Volume.Key.Hours)];
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "odd", "even" }, { "frames", "frames a second" }, { "pixels", "million pixels" }, { "outside", "outside the volume" },
        { "turned", "straighten" }, { "pane", "turntable" }, { "one scan", "needs two" }, { "gif rate", "at most 50" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Settings_ThatCannotBeMade_IsRefusedWithItsRemedy(string which, string says)
    {
        var (view, settings) = (fixture.View, Slices());
        (view, settings) = which switch
        {
            "odd" => (view, settings with { Width = 321 }),
            "frames" => (view, settings with { FramesPerSecond = 60, Seconds = 600 }),
            "pixels" => (view, settings with { Width = 3840, Height = 2160, FramesPerSecond = 60, Seconds = 30 }),
            "outside" => (view, settings with { ToUm = 81 }),
            "turned" => (view with { Rotation = new SliceRotation(0, 3, 0) }, settings),
            "pane" => (view, settings with { Kind = MovieKind.Turntable }),
            "one scan" => (view, settings with { Kind = MovieKind.Timesteps }),
            _ => (view, settings with { Format = MovieFormat.Gif, FramesPerSecond = 60 }),
        };
        var refused = Assert.Throws<OutOfRangeException>(() => MoviePlan.Of(fixture.Scene(view), settings));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Video_WithoutFfmpeg_SaysSoAndLeavesNothing()
    {
        var plan = MoviePlan.Of(fixture.Scene(fixture.View), Slices());
        var refused = await Assert.ThrowsAsync<VolumeFormatException>(() => WriteAsync(plan, null, "m.webm"));
        Assert.Contains("GIF", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path, "m.*"));
        Assert.Null(await Ffmpeg.FindAsync(_folder["no-such-program"], default));
    }

    [Fact]
    public async Task Ffmpeg_ThatFails_IsQuoted()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await File.WriteAllTextAsync(_folder["broken"], "#!/bin/sh\necho 'no space left' >&2\nexit 1\n");
        File.SetUnixFileMode(_folder["broken"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var plan = MoviePlan.Of(fixture.Scene(fixture.View), Slices());
        var refused = await Assert.ThrowsAsync<VolumeFormatException>(
            () => WriteAsync(plan, new Ffmpeg(_folder["broken"], "9", new HashSet<MovieFormat> { MovieFormat.WebM }), "m.webm"));
        Assert.Contains("no space left", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path, "m.*"));
    }

    private static MovieSettings Slices() => new(MovieKind.Slices, [Pane.Z], 320, 240, 8, 1.5, MovieFormat.WebM, (320, 240), Parts)
    {
        Along = Pane.Z, FromUm = 10, ToUm = 70,
    };

    private async Task WriteAsync(MoviePlan plan, Ffmpeg? ffmpeg, string name)
    {
        var frames = new MovieFrames(fixture.Figures, _folder["frames"]);
        await frames.DrawAsync(plan, null, default);
        await MovieWriter.WriteAsync(plan, frames, ffmpeg, _folder[name], null, default);
    }

    private sealed class Counted(Action<int> action) : IProgress<(int Done, int All)>
    {
        public void Report((int Done, int All) value) => action(value.Done);
    }
}

/// <summary>A theory that needs ffmpeg and ffprobe.</summary>
internal sealed class FfmpegTheoryAttribute : TheoryAttribute
{
    public FfmpegTheoryAttribute()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(f => File.Exists(Path.Combine(f, "ffmpeg"))) || !folders.Any(f => File.Exists(Path.Combine(f, "ffprobe"))))
        {
            Skip = "ffmpeg is not installed (apt-get install ffmpeg); GIF is tested without it.";
        }
    }
}
