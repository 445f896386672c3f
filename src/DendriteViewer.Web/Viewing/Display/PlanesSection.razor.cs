using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Web.Viewing.Display;

/// <summary>Where the slices lie: along the interface, or turned by angles. Dragging their lines in the panes does the same.</summary>
public sealed partial class PlanesSection
{
    private static readonly Pane[] s_slices = [Pane.Z, Pane.Y, Pane.X];

    private Pane _pane = Pane.Z;

    private Pane Across => InterfaceSheet.PaneOf(Session.Dataset.Depth.Axis);

    private bool IsCurved => InterfaceSheet.IsShownIn(View, _pane, Session.Dataset);

    private SliceAngles Angles => SliceAngles.Of(View.Rotation, _pane);

    private (string Right, string Down) Names => SliceAngles.NamesOf(_pane);

    // Found by a version that kept no record of where nothing was seen. What people gave was not filled in.
    private bool IsFillingUnknown => Session.Dataset.Manifest.Depth is { Surface.FilledNodes: null, Other: { } other }
        && other.ContainsKey("interfaceFound");

    /// <inheritdoc/>
    protected override object Shown(ViewState v) => (v.Rotation, v.Roll, v.FollowsInterface);

    private void Turn(SliceAngles angles) => Set(s => s with { Rotation = angles.RotationOf(_pane) });

    private static string NameOf(Pane pane) => pane.ToString().ToLowerInvariant();
}
