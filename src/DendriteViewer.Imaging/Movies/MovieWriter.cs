using System.Runtime.CompilerServices;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Movies;

/// <summary>Writes a movie of pictures that were drawn: WebM and MP4 by ffmpeg, GIF by ImageSharp.</summary>
public static class MovieWriter
{
    /// <summary>Writes the movie beside its place, and moves it there when it is whole.</summary>
    /// <param name="plan">The movie.</param>
    /// <param name="frames">Its pictures, all drawn.</param>
    /// <param name="ffmpeg">The program, or null where there is none.</param>
    /// <param name="target">The file.</param>
    /// <param name="progress">Frames that were handed to the encoder.</param>
    /// <param name="ct">Stops it; nothing is left of the file.</param>
    /// <exception cref="VolumeFormatException">ffmpeg is missing or failed.</exception>
    public static async Task WriteAsync(
        MoviePlan plan, MovieFrames frames, Ffmpeg? ffmpeg, string target, IProgress<int>? progress, CancellationToken ct)
    {
        var beside = target + ".unfinished";
        try
        {
            if (plan.Settings.Format == MovieFormat.Gif)
            {
                await using var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
                await PictureFile.WriteGifAsync(GifFramesAsync(plan, frames, progress, ct), file, ct);
            }
            else
            {
                var program = ffmpeg is not null && ffmpeg.Formats.Contains(plan.Settings.Format)
                    ? ffmpeg
                    : throw new VolumeFormatException(ffmpeg is null ? Ffmpeg.Missing
                        : $"ffmpeg {ffmpeg.Version} of this server cannot write {plan.Settings.Format}; choose another format.");
                await program.WriteAsync(
                    FramesAsync(plan, frames, progress, ct), plan.Settings.FramesPerSecond, plan.Settings.Format, beside, ct);
            }

            File.Move(beside, target, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> FramesAsync(
        MoviePlan plan, MovieFrames frames, IProgress<int>? progress, [EnumeratorCancellation] CancellationToken ct)
    {
        var done = 0;
        for (var shot = 0; shot < plan.Shots.Count; shot++)
        {
            var png = await frames.ReadAsync(shot, ct);
            for (var i = 0; i < plan.Shots[shot].Frames; i++)
            {
                yield return png;
                progress?.Report(++done);
            }
        }
    }

    // A picture that is shown for several frames is kept once. Times are rounded to hundredths of a second at the ends of frames, so that
    // their errors do not add up.
    private static async IAsyncEnumerable<(byte[] Png, int Hundredths)> GifFramesAsync(
        MoviePlan plan, MovieFrames frames, IProgress<int>? progress, [EnumeratorCancellation] CancellationToken ct)
    {
        var done = 0;
        for (var shot = 0; shot < plan.Shots.Count; shot++)
        {
            var before = Hundredths(done);
            done += plan.Shots[shot].Frames;
            yield return (await frames.ReadAsync(shot, ct), Hundredths(done) - before);
            progress?.Report(done);
        }

        int Hundredths(int frame) => (int)Math.Round(100 * frame / plan.Settings.FramesPerSecond);
    }
}
