using System.CommandLine;
using System.Globalization;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Cli.Commands;

/// <summary>Which slice a command shows: a plane across an axis, or the sheet at one depth from the interface.</summary>
internal sealed class SlicePlace
{
    private readonly Option<string?> _axis = new("--axis") { Description = "z, y or x; z by default, with --follow the depth axis." };
    private readonly Option<double?> _at = new("--at-um") { Description = "Coordinate on the axis, µm." };
    private readonly Option<bool> _follow = new("--follow") { Description = "Show what lies at one depth along the interface." };
    private readonly Option<double?> _depth = new("--depth-um")
    {
        Description = "With --follow, the depth from the interface, µm: positive into the electrolyte.",
    };

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_axis);
        command.Options.Add(_at);
        command.Options.Add(_follow);
        command.Options.Add(_depth);
    }

    /// <summary>The pane, and the view whose crosshair lies on the slice; says on stderr where that is outside of the scan.</summary>
    /// <exception cref="UsageException">Options are missing, contradict each other or do not suit the dataset.</exception>
    public (Pane Pane, ViewState View) Of(ParseResult parse, Dataset dataset, VolumeInfo volume, ViewState view)
    {
        Pane? asked = parse.GetValue(_axis) switch
        {
            null => null, "z" => Pane.Z, "y" => Pane.Y, "x" => Pane.X,
            var other => throw new UsageException($"--axis is z, y or x, not '{other}'."),
        };
        var (at, depth) = (parse.GetValue(_at), parse.GetValue(_depth));
        if (!parse.GetValue(_follow))
        {
            return depth is not null
                ? throw new UsageException("--depth-um is the depth of a slice along the interface; give --follow too.")
                : at is not { } um
                ? throw new UsageException("The slice's place is missing; give --at-um, its coordinate in µm, or --follow and --depth-um.")
                : Plane(volume, view, asked ?? Pane.Z, Ranges.Um.Of("--at-um").Check(um));
        }

        if (at is not null || depth is not { } deep)
        {
            throw new UsageException("--follow takes the slice's place as --depth-um, its depth from the interface in µm.");
        }

        var pane = InterfaceSheet.PaneOf(dataset.Depth.Axis);
        if (!dataset.HasInterface)
        {
            throw new UsageException(InterfaceSheet.NoInterface);
        }

        if (asked is { } across && across != pane)
        {
            throw new UsageException($"The slice that follows the interface is the one across {pane}, the depth axis; leave --axis away.");
        }

        var focus = new InterfaceSheet(dataset.Depth, dataset.Outline, Ranges.DepthUm.Of("--depth-um").Check(deep)).Onto(view.Focus);
        Tell(volume, pane, focus, "In the scan's middle ");
        return (pane, view with { Focus = focus, FollowsInterface = true });
    }

    private static (Pane, ViewState) Plane(VolumeInfo volume, ViewState view, Pane pane, double um)
    {
        var focus = pane switch
        {
            Pane.Z => view.Focus with { Z = um }, Pane.Y => view.Focus with { Y = um }, _ => view.Focus with { X = um },
        };
        Tell(volume, pane, focus, "");
        return (pane, view with { Focus = focus });
    }

    private static void Tell(VolumeInfo volume, Pane pane, WorldPoint focus, string where)
    {
        var (low, high) = volume.Bounds;
        var (at, from, to) = pane switch
        {
            Pane.Z => (focus.Z, low.Z, high.Z), Pane.Y => (focus.Y, low.Y, high.Y), _ => (focus.X, low.X, high.X),
        };
        if (at < from || at > to)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{where}{pane} = {at:0.###} µm lies outside of the scan, which goes from {from:0.###} to {to:0.###} µm."));
        }
    }
}
