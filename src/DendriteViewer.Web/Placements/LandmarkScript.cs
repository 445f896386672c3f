using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Components;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Placements;

/// <summary>
/// The browser's half of landmarks (wwwroot/placement/landmarks.js), while they are placed. It is loaded when it is started.
/// </summary>
/// <param name="js">The page's scripts.</param>
public sealed class LandmarkScript(IJSRuntime js)
{
    private PageScript? _module;
    private IDisposable? _panel;

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => _panel is not null;

    /// <summary>Starts it, with the component that hears of clicks: its methods Placed, Moved and Selected.</summary>
    public async Task StartAsync<T>(T panel) where T : class
    {
        var self = DotNetObjectReference.Create(panel);
        (_panel, _module) = (self, new PageScript(js, "placement/landmarks.js"));
        await _module.CallAsync("start", self);
    }

    /// <summary>Shows pairs.</summary>
    /// <param name="draft">The pairs.</param>
    /// <param name="dataset">The dataset in whose frame they are shown.</param>
    /// <param name="lies">From the volume's own µm to where it is drawn now.</param>
    /// <param name="fitted">What the pairs give; null for nothing.</param>
    /// <param name="selected">The selected pair; 0 for none.</param>
    /// <param name="isLinked">Whether both panes move together.</param>
    public async Task ShowAsync(
        LandmarkDraft draft, Dataset dataset, AffineTransform lies, Placement? fitted, int selected, bool isLinked)
    {
        if (_module is not { } module)
        {
            return;
        }

        await module.CallAsync("set", new
        {
            pairs = draft.Pairs.Select(p => new
            {
                id = p.Id, name = p.Name, moving = Through(lies, p.MovingUm),
                @fixed = p.FixedIn(dataset) is { } at ? new[] { at.Z, at.Y, at.X } : null,
                fitted = fitted is null ? null : Through(fitted.Matrix, p.MovingUm),
            }),
            selected, isLinked,
        });
    }

    /// <summary>Stops it.</summary>
    public async Task StopAsync()
    {
        var (module, panel) = (_module, _panel);
        (_module, _panel) = (null, null);
        if (module is not null)
        {
            await module.EndAsync("stop");
        }

        panel?.Dispose();
    }

    private static double[]? Through(AffineTransform t, double[]? own)
    {
        if (own is null)
        {
            return null;
        }

        var at = t.ToWorld(new VoxelPoint(own[0], own[1], own[2]));
        return [at.Z, at.Y, at.X];
    }
}
