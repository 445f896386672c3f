using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Slicing;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Streaming;

/// <summary>Size of a pane in device pixels, and how many of them a CSS pixel has each way.</summary>
internal sealed record PaneSize(int Width, int Height, double Ratio)
{
    /// <summary>Of a pane that is hidden.</summary>
    public static readonly PaneSize None = new(0, 0, 1);

    /// <summary>Whether there is nothing to draw into.</summary>
    public bool IsHidden => Width == 0 || Height == 0;
}

/// <summary>What decides a pane's pixels; other changes need no frame.</summary>
/// <param name="View">The part of the view that the pane shows.</param>
/// <param name="Data">States of the dataset and of the masks that are shown.</param>
/// <param name="Size">The pane's size.</param>
internal sealed record PaneContent(PaneView View, PaneData Data, PaneSize Size);

/// <summary>
/// The part of a view that a pane shows. These are records and no tuples: a tuple of more than eight leaves its first members out of its
/// hash code, and frames that differ in one of those, as the camera, would all be looked for in one list.
/// </summary>
internal abstract record PaneView;

/// <summary>What the 3D pane shows.</summary>
internal sealed record VolumePaneView(
    double Hours, string Modality, OrbitCamera Camera, VolumeMode Mode, double IsoValue, bool Shaded, bool Shadows,
    TransferFunction Transfer, ClipBox? Clip, Band? DepthClip, Overlay? Overlay, SliceCut? Cut, SliceSheet CutSheet) : PaneView;

/// <summary>What a slice pane shows.</summary>
internal sealed record SlicePaneView(
    double Hours, string Modality, SliceSheet Sheet, double UmPerPixel, double SlabUm, SlabMode SlabMode,
    SliceInterpolation Interpolation, double WindowLow, double WindowHigh, string ColorMap, Overlay? Labels, double? Threshold,
    Comparison? Difference, NestedLook? Nested) : PaneView;

/// <summary>States of the data that a pane shows: an analysis, a corrected interface and another stroke change them.</summary>
/// <param name="Dataset">The manifest's revision.</param>
/// <param name="Mask">Entries in the log of the mask that is shown, or null.</param>
/// <param name="Overlay">Entries in the log of the overlay's mask, or null.</param>
/// <param name="Difference">Entries in the log of the mask that is compared with, or null.</param>
internal sealed record PaneData(string Dataset, long? Mask, long? Overlay, long? Difference);

/// <summary>Loads and draws what one pane of a session shows.</summary>
/// <param name="pane">The pane.</param>
/// <param name="session">What is looked at.</param>
/// <param name="slices">Draws slices.</param>
/// <param name="volumes">Draws in 3D.</param>
public sealed class PanePictures(Pane pane, ViewSession session, SliceRenderer slices, VolumeRenderer volumes)
{
    /// <summary>The pane.</summary>
    public Pane Pane => pane;

    /// <summary>What is looked at.</summary>
    public ViewSession Session => session;

    /// <summary>What decides the pixels of a view.</summary>
    internal PaneContent ContentOf(ViewState v, PaneSize size) =>
        new(pane == Pane.Volume ? VolumeViewOf(v) : SliceViewOf(v), DataOf(v), size);

    private VolumePaneView VolumeViewOf(ViewState v) => new(
        v.Hours, v.Modality, v.Camera, v.Mode, v.IsoValue, v.Shaded, v.Shadows, v.Transfer, v.Clip, v.DepthClip, v.Overlay, v.Cut,
        v.Cut is { } cut ? SliceSheet.Of(v, cut.Along, session.Dataset) : default);

    private SlicePaneView SliceViewOf(ViewState v) => new(
        v.Hours, v.Modality, SliceSheet.Of(v, pane, session.Dataset), v.UmPerPixel, v.SlabUm, v.SlabMode, v.Interpolation,
        v.WindowLow, v.WindowHigh, v.ColorMap, v.LabelsIn(session.Dataset) is null ? null : v.Overlay, v.Threshold,
        v.Compare is { Mode: CompareMode.Difference } c ? c : null,
        v.Nested is { } look && NestedFields.ShownIn(session.Dataset, session.Volume(v), v) is not null ? look : null);

    private PaneData DataOf(ViewState v)
    {
        var (dataset, volume) = (session.Dataset, session.Volume(v));
        var overlay = v.Overlay is { } o ? dataset.Find(o.Modality, o.Hours ?? v.Hours) : null;
        return new(dataset.Revision, RevisionOf(volume), RevisionOf(overlay), RevisionOf(SliceRenderer.DifferenceOf(volume, dataset, v)));

        // A mask of a kept state is another than the one under correction, also where nobody has looked at that one yet.
        static long? RevisionOf(VolumeInfo? of) => of?.Mask is { } mask ? mask.IsKept ? -1 - mask.Revision : mask.Revision : null;
    }

    /// <summary>What it costs to draw a view at a size.</summary>
    internal RenderRequest RequestFor(PaneSize size, bool exact, int scale)
    {
        var pixels = (long)size.Width * size.Height;
        return exact ? RenderRequest.Resting(session.Id, pane != Pane.Volume, pixels)
            : RenderRequest.Moving(session.Id, pane != Pane.Volume, pixels / (scale * scale));
    }

    /// <summary>Reads what the picture at full scale needs.</summary>
    internal Task LoadAsync(ViewState view, PaneSize size, CancellationToken ct)
    {
        var volume = session.Volume(view);
        if (pane == Pane.Volume)
        {
            return volumes.LoadAsync(volume, session.Dataset, view, size.Width, size.Height, ct);
        }

        var um = UmPerPixel(volume, view, size);
        var shown = slices.LoadAsync(volume, session.Dataset, view, pane, size.Width, size.Height, um, ct);
        return SliceRenderer.DifferenceOf(volume, session.Dataset, view) is { } other
            ? Task.WhenAll(shown, slices.LoadAsync(other, session.Dataset, view, pane, size.Width, size.Height, um, ct))
            : shown;
    }

    /// <summary>Draws a view.</summary>
    /// <param name="view">The view.</param>
    /// <param name="size">The pane's size.</param>
    /// <param name="scale">Pixels of the pane in one of the picture, each way.</param>
    /// <param name="wait">Whether bricks that are not there yet are waited for; the picture is then the one at rest.</param>
    /// <param name="ct">Gives the picture up.</param>
    internal async Task<(RenderOutcome Outcome, RenderedImage? Image)> RenderAsync(
        ViewState view, PaneSize size, int scale, bool wait, CancellationToken ct)
    {
        var volume = session.Volume(view);
        if (pane == Pane.Volume)
        {
            return await volumes.RenderAsync(volume, session.Dataset, view, size.Width, size.Height, scale, wait, ct);
        }

        int width = Math.Max(1, size.Width / scale), height = Math.Max(1, size.Height / scale);
        return await slices.RenderAsync(volume, session.Dataset, view, pane, width, height,
            UmPerPixel(volume, view, size) * size.Width / width, wait, ct);
    }

    private double UmPerPixel(Imaging.Datasets.VolumeInfo volume, ViewState view, PaneSize size) =>
        view.UmPerPixel > 0 ? view.UmPerPixel / size.Ratio : ViewStates.FitUmPerPixel(volume, pane, size.Width, size.Height);
}
