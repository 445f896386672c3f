using System.Buffers;
using System.Globalization;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Movies;

/// <summary>
/// The pictures of a movie as PNG files in a folder. A file appears when it is whole, so that those which a program that was ended had made
/// are kept.
/// </summary>
public sealed class MovieFrames(FigureRenderer renderer, string folder)
{
    private const string Unfinished = ".unfinished";

    /// <summary>Draws the pictures that are not there yet.</summary>
    /// <param name="plan">The movie.</param>
    /// <param name="progress">Pictures that are there, of all.</param>
    /// <param name="ct">Stops it; what was drawn stays.</param>
    /// <returns>Number of pictures that were there before.</returns>
    public async Task<int> DrawAsync(MoviePlan plan, IProgress<(int Done, int All)>? progress, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var (settings, figure, kept) = (plan.Settings, plan.Settings.ToFigure(), 0);

        // The tallest caption of all, so that the picture does not jump as its numbers change. It may say how a thick slab is sampled;
        // that depends on the size of the pictures, and their size on the caption's height.
        var scenes = plan.Shots.Select(s => s.Scene).ToArray();
        var below = 0.0;
        for (var turn = 0; turn < 3; turn++)
        {
            below = scenes.Max(s => FigurePlan.BelowOf(s, figure, settings.Width));
            for (var i = 0; turn < 2 && i < scenes.Length; i++)
            {
                var frame = FigurePlan.OfFrame(scenes[i], figure, settings.Width, settings.Height, below);
                scenes[i] = scenes[i] with { SlabStepUm = await renderer.SlabStepAsync(scenes[i], frame, ct) };
            }
        }

        for (var i = 0; i < plan.Shots.Count; i++)
        {
            ct.ThrowIfCancellationRequested();
            if (File.Exists(PathOf(i)))
            {
                kept++;
            }
            else
            {
                ComputeLane.GiveWay();
                using var rendered = await renderer.RenderFrameAsync(
                    scenes[i], figure, settings.Width, settings.Height, below, ct);
                using var pixels = FigureFile.Pixels(rendered);
                var png = new ArrayBufferWriter<byte>();
                PngEncoder.Encode(pixels, png);
                await File.WriteAllBytesAsync(PathOf(i) + Unfinished, png.WrittenMemory.ToArray(), ct);
                File.Move(PathOf(i) + Unfinished, PathOf(i), overwrite: true);
            }

            progress?.Report((i + 1, plan.Shots.Count));
        }

        return kept;
    }

    /// <summary>The bytes of a picture that was drawn.</summary>
    public Task<byte[]> ReadAsync(int shot, CancellationToken ct) => File.ReadAllBytesAsync(PathOf(shot), ct);

    /// <summary>Removes the folder.</summary>
    public void Remove()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string PathOf(int shot) => Path.Combine(folder, shot.ToString("D5", CultureInfo.InvariantCulture) + ".png");
}
