using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Figures;

/// <summary>The pictures of a figure, exact, and where they go; dispose it when it is written.</summary>
public sealed class RenderedFigure : IDisposable
{
    private readonly IReadOnlyList<RenderedImage> _pictures;

    internal RenderedFigure(FigureScene scene, FigureSettings settings, FigurePlan plan, IReadOnlyList<RenderedImage> pictures) =>
        (Scene, Settings, Plan, _pictures) = (scene, settings, plan, pictures);

    /// <summary>Pixels across.</summary>
    public int WidthPixels => Plan.WidthPixels;

    /// <summary>Pixels down.</summary>
    public int HeightPixels => Plan.HeightPixels;

    /// <summary>What it shows, in words.</summary>
    public string Description => Caption.Of(Scene, Settings.Panes) + (Settings.Note.Length > 0 ? $" · {Settings.Note}" : "");

    internal FigureScene Scene { get; }

    internal FigureSettings Settings { get; }

    internal FigurePlan Plan { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var picture in _pictures)
        {
            picture.Dispose();
        }
    }

    internal void Draw(FigureCanvas canvas)
    {
        var (paper, ink) = Settings.IsDark ? (0x000000, 0xFFFFFF) : (0xFFFFFF, 0x000000);
        var size = Settings.Size.TextUnits;
        canvas.Fill(new FigureBox(0, 0, Plan.Width, Plan.Height), new Ink(paper));
        foreach (var (pane, picture) in Plan.Panes.Zip(_pictures))
        {
            canvas.Picture(picture, pane.Box);
            PaneOverlay.Draw(Scene, Settings, pane, canvas);
        }

        foreach (var (bar, box) in Plan.Bars)
        {
            bar.Draw(canvas, box, size, ink);
        }

        foreach (var (color, text, at) in Plan.Legend)
        {
            var swatch = new FigureBox(at.X, at.Y - 0.8 * size, 0.9 * size, 0.9 * size);
            canvas.Fill(swatch, new Ink(color));
            canvas.Path(
                [new(swatch.X, swatch.Y), new(swatch.Right, swatch.Y), new(swatch.Right, swatch.Bottom), new(swatch.X, swatch.Bottom)],
                true, new Stroke(new Ink(ink, 0.6), 0.75));
            canvas.Text(text, new FigurePoint(at.X + 1.4 * size, at.Y), new TextStyle(size, new Ink(ink)));
        }

        foreach (var (line, at) in Plan.Lines)
        {
            canvas.Text(line, at, new TextStyle(size, new Ink(ink)));
        }
    }
}

/// <summary>Draws the pictures of figures: every pixel from the level that the resolution asks for, at full quality.</summary>
public sealed class FigureRenderer(SliceRenderer slices, VolumeRenderer volumes)
{
    /// <summary>What a figure costs, in megapixels of 3D pictures, and of slices and the paper around the pictures.</summary>
    /// <exception cref="Bounds.OutOfRangeException">The figure is too small or too large.</exception>
    public static (double Volume, double Flat) CostOf(FigureScene scene, FigureSettings settings)
    {
        var plan = FigurePlan.Of(scene, settings);
        var volume = plan.Panes.Where(p => p.Pane == Pane.Volume).Sum(p => 1e-6 * p.Width * p.Height);
        return (volume, Math.Max(0, 1e-6 * plan.WidthPixels * plan.HeightPixels - volume));
    }

    /// <summary>Reads what a figure needs, so that drawing it waits for nothing.</summary>
    public async Task LoadAsync(FigureScene scene, FigureSettings settings, CancellationToken ct)
    {
        foreach (var pane in FigurePlan.Of(scene, settings).Panes)
        {
            await (pane.Pane == Pane.Volume
                ? volumes.LoadAsync(scene.Volume, scene.Dataset, scene.View, pane.Width, pane.Height, ct)
                : slices.LoadAsync(
                    scene.Volume, scene.Dataset, scene.View, pane.Pane, pane.Width, pane.Height, pane.UmPerUnit / settings.Size.Scale, ct));
        }
    }

    /// <summary>Draws the pictures of a figure.</summary>
    /// <exception cref="Bounds.OutOfRangeException">The figure is too small or too large.</exception>
    public async Task<RenderedFigure> RenderAsync(FigureScene scene, FigureSettings settings, CancellationToken ct)
    {
        var plan = FigurePlan.Of(scene, settings);
        if (await SlabStepAsync(scene, plan, ct) is { } step)
        {
            // The caption grows by this; what stands below the pictures moves none of them.
            scene = scene with { SlabStepUm = step };
            plan = FigurePlan.Of(scene, settings);
        }

        return await RenderAsync(scene, settings, plan, ct);
    }

    /// <summary>Draws the pictures of a movie's frame, which is of a given size in pixels and leaves some for what stands below.</summary>
    /// <exception cref="Bounds.OutOfRangeException">Nothing is left for the pictures.</exception>
    internal Task<RenderedFigure> RenderFrameAsync(FigureScene scene, FigureSettings settings, int width, int height, double below,
        CancellationToken ct) =>
        RenderAsync(scene, settings, FigurePlan.OfFrame(scene, settings, width, height, below), ct);

    /// <summary>How far apart the samples of thick slices lie at most, µm, where any are sparser than voxels; else null.</summary>
    internal async Task<double?> SlabStepAsync(FigureScene scene, FigurePlan plan, CancellationToken ct)
    {
        double? most = null;
        foreach (var pane in plan.Panes.Where(p => p.Pane != Pane.Volume && scene.View.SlabUm > 0))
        {
            var step = await slices.SparseStepAsync(
                scene.Volume, scene.Dataset, scene.View, pane.Pane, pane.Width, pane.Height, pane.UmPerUnit / plan.Scale, ct);
            most = step > (most ?? 0) ? step : most;
        }

        return most;
    }

    private async Task<RenderedFigure> RenderAsync(FigureScene scene, FigureSettings settings, FigurePlan plan, CancellationToken ct)
    {
        var pictures = new List<RenderedImage>();
        try
        {
            foreach (var pane in plan.Panes)
            {
                var image = pane.Pane == Pane.Volume
                    ? await volumes.RenderWholeAsync(scene.Volume, scene.Dataset, scene.View, pane.Width, pane.Height, ct)
                    : (await slices.RenderAsync(
                        scene.Volume, scene.Dataset, scene.View, pane.Pane, pane.Width, pane.Height, pane.UmPerUnit / plan.Scale,
                            wait: true, ct)).Image;
                pictures.Add(image ?? throw new OperationCanceledException(ct));
            }

            return new RenderedFigure(scene, settings, plan, pictures);
        }
        catch
        {
            pictures.ForEach(p => p.Dispose());
            throw;
        }
    }
}
