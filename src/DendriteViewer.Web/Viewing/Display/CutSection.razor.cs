using System.Globalization;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Web.Viewing.Display;

/// <summary>What the 3D picture is cut to.</summary>
public sealed partial class CutSection
{
    private const double SliderSteps = 500;
    private static readonly string[] s_cuts = ["Z", "-Z", "Y", "-Y", "X", "-X"];

    private string CutKey => View.Cut is { } c ? (c.KeepsFar ? "" : "-") + c.Along : "";

    /// <inheritdoc/>
    protected override object Shown(ViewState v) => (v.Cut, v.DepthClip, v.Clip, v.Modality);

    private static string NameOf(string? key) => string.IsNullOrEmpty(key) ? "nothing off"
        : $"all {(key[0] == '-' ? "behind" : "before")} the {char.ToLowerInvariant(key[^1])} slice";

    private void ChooseCut(string? key) => Set(s => s with
    {
        Cut = string.IsNullOrEmpty(key) ? null : new SliceCut(Enum.Parse<Pane>(key.TrimStart('-')), key[0] != '-'),
    });

    // The electrolyte to behind the band; where no interface is known, the whole scan, to be narrowed.
    private void ToggleDepths(bool isOn)
    {
        var (low, high) = Session.Volume(View).Bounds;
        double[] ends = [Session.Dataset.Depth.DepthOf(low).Um, Session.Dataset.Depth.DepthOf(high).Um];
        Set(s => s with
        {
            DepthClip = !isOn ? null
                : Session.Dataset.HasInterface ? new Band(5, Math.Max(s.Band.ToUm + 30, 150))
                : new Band(Math.Round(ends.Min(), 3), Math.Round(ends.Max(), 3)),
        });
    }

    private void ToggleBox(bool isOn)
    {
        var (low, high) = Session.Volume(View).Bounds;
        Set(s => s with { Clip = isOn ? new ClipBox(low, high) : null });
    }

    private sealed record Side(string Name, double Low, double High, double Least, double Most)
    {
        public double Step => (Most - Least) / SliderSteps;
    }

    private IEnumerable<Side> SidesOf(ClipBox box)
    {
        var (low, high) = Session.Volume(View).Bounds;
        yield return new Side("z", box.Low.Z, box.High.Z, low.Z, high.Z);
        yield return new Side("y", box.Low.Y, box.High.Y, low.Y, high.Y);
        yield return new Side("x", box.Low.X, box.High.X, low.X, high.X);
    }

    private void SetSide(Side side, double low, double high) => Set(s => s.Clip is not { } box ? s : s with
    {
        Clip = side.Name switch
        {
            "z" => new ClipBox(box.Low with { Z = low }, box.High with { Z = high }),
            "y" => new ClipBox(box.Low with { Y = low }, box.High with { Y = high }),
            _ => new ClipBox(box.Low with { X = low }, box.High with { X = high }),
        },
    });

    private static string Range(double low, double high) => string.Create(CultureInfo.InvariantCulture, $"{low:0.#}–{high:0.#}");
}
