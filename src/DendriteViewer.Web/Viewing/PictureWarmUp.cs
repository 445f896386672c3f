using System.Buffers;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Compute;

namespace DendriteViewer.Web.Viewing;

/// <summary>
/// Draws one small picture of each kind when the server has started. .NET compiles what draws at its first use, and code for vectors
/// even where the rest was compiled ahead of time; else the first visitor would wait for that.
/// </summary>
public sealed partial class PictureWarmUp(
    DatasetStore store, ViewSessions sessions, SliceRenderer slices, VolumeRenderer volumes, ComputeLanes lanes,
    ILogger<PictureWarmUp> log)
{
    private const int Width = 64, Height = 48, JpegQuality = 80;

    /// <summary>Draws the first dataset that can be opened. Nothing depends on it: what fails is left to whoever opens it.</summary>
    public Task RunAsync(CancellationToken ct) => lanes[Urgency.Resting].RunAsync(() => TryAsync(ct), ct);

    private async Task TryAsync(CancellationToken ct)
    {
        try
        {
            await foreach (var (_, dataset, _) in store.ListAsync(ct))
            {
                if (dataset is not null)
                {
                    await DrawAsync(dataset, ct);
                    return;
                }
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogLeft(log, e.Message);
        }
    }

    private async Task DrawAsync(Dataset dataset, CancellationToken ct)
    {
        var volume = dataset.Volumes[0];
        var view = await sessions.StartAsync(dataset, volume, ct);
        var um = ViewStates.FitUmPerPixel(volume, Pane.Z, Width, Height);
        using var jpeg = new JpegEncoder();
        var encoded = new ArrayBufferWriter<byte>();
        foreach (var isAtRest in new[] { false, true })
        {
            await slices.LoadAsync(volume, dataset, view, Pane.Z, Width, Height, um, ct);
            await volumes.LoadAsync(volume, dataset, view, Width, Height, ct);
            using var slice = (await slices.RenderAsync(volume, dataset, view, Pane.Z, Width, Height, um, isAtRest, ct)).Image;
            using var picture = (await volumes.RenderAsync(volume, dataset, view, Width, Height, 1, isAtRest, ct)).Image;
            foreach (var image in new[] { slice, picture }.OfType<RenderedImage>())
            {
                encoded.ResetWrittenCount();
                jpeg.Encode(image, JpegQuality, encoded);
                encoded.ResetWrittenCount();
                PngEncoder.Encode(image, encoded);
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "No picture could be drawn ahead of the first visitor: {Why}")]
    private static partial void LogLeft(ILogger logger, string why);
}
