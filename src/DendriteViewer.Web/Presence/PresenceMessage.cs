using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Presence;

/// <summary>Where a page looks, as others are told.</summary>
/// <param name="Hours">Hours of the timestep.</param>
/// <param name="Modality">Modality.</param>
/// <param name="Focus">Crosshair.</param>
/// <param name="Center">Middle of the slices.</param>
/// <param name="UmPerPixel">Zoom of the slices; 0 where they fit their panes.</param>
/// <param name="Rotation">Turn of the slices.</param>
/// <param name="Roll">Turn of their pictures.</param>
/// <param name="FollowsInterface">Whether the slice across the depth axis follows the interface.</param>
/// <param name="Camera">The camera.</param>
/// <param name="Maximized">The pane that fills the view, or null.</param>
public sealed record PresenceView(
    double Hours, string Modality, double[] Focus, double[] Center, double UmPerPixel, double[] Rotation, double[] Roll,
    bool FollowsInterface, double[] Camera, Pane? Maximized)
{
    internal static PresenceView Of(ViewState view)
    {
        var v = ViewDto.Of(view);
        return new PresenceView(
            v.Hours, v.Modality, v.Focus, v.Center, v.UmPerPixel, v.Rotation, v.Roll, v.FollowsInterface, v.Camera, v.Maximized);
    }
}

/// <summary>Somebody who looks at the dataset, as others are told.</summary>
/// <param name="Id">Public id of the page; the same after it reconnected.</param>
/// <param name="Person">
/// Public key of the person in this dataset, which several pages of theirs share; of who is unseen the page's id, which says nobody's name.
/// </param>
/// <param name="Color">Their colour; empty where they are unseen.</param>
/// <param name="Name">Their name; null where who is told sees no names, or they are unseen.</param>
/// <param name="IsUnseen">Whether they do not want to be seen: besides whom they follow, nothing is told of them.</param>
/// <param name="View">Where they look.</param>
/// <param name="Pane">The pane under their pointer.</param>
/// <param name="Cursor">The point under their pointer, z, y, x in µm.</param>
/// <param name="Sizes">Sizes of their panes, CSS pixels.</param>
/// <param name="Follows">The page that they follow; empty for none.</param>
/// <param name="IsPresenting">Whether they present.</param>
public sealed record PresenceMessage(
    string Id, string Person, string Color, string? Name, bool IsUnseen, PresenceView? View, int? Pane, double[]? Cursor, double[] Sizes,
    string Follows, bool IsPresenting);
