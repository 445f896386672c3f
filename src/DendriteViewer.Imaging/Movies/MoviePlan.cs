using System.Globalization;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Movies;

/// <summary>A picture of a movie and for how many frames it is shown.</summary>
/// <param name="Scene">What it shows.</param>
/// <param name="Frames">For how many frames.</param>
public sealed record MovieShot(FigureScene Scene, int Frames);

/// <summary>The pictures of a movie in their order; their frames add up to <see cref="MovieSettings.Frames"/>.</summary>
/// <param name="Settings">What was asked for.</param>
/// <param name="Shots">The pictures.</param>
public sealed record MoviePlan(MovieSettings Settings, IReadOnlyList<MovieShot> Shots)
{
    /// <summary>Plans a movie from a view.</summary>
    /// <exception cref="OutOfRangeException">The dataset or the view has no such movie; the message says the remedy.</exception>
    public static MoviePlan Of(FigureScene scene, MovieSettings settings)
    {
        settings = settings.Checked();
        var shots = settings.Kind switch
        {
            MovieKind.Timesteps => Timesteps(scene, settings),
            MovieKind.Turntable => [.. Enumerable.Range(0, settings.Frames)
                .Select(i => new MovieShot(Turned(scene, 360.0 * i / settings.Frames), 1))],
            MovieKind.Slices => Slices(scene, settings),
            _ => throw new OutOfRangeException("A movie of views is given its views."),
        };
        settings.CheckMegapixels(shots.Count);
        return new MoviePlan(settings, shots);
    }

    /// <summary>Plans a movie of several views: each is shown as long as it says, and between two the view moves.</summary>
    /// <param name="stops">The views and how long each is shown, seconds.</param>
    /// <param name="transitionSeconds">How long each movement takes.</param>
    /// <param name="settings">What was asked for; its length is that of the views and movements.</param>
    /// <exception cref="OutOfRangeException">There is no such movie; the message says the remedy.</exception>
    public static MoviePlan OfViews(
        IReadOnlyList<(FigureScene Scene, double Seconds)> stops, double transitionSeconds, MovieSettings settings)
    {
        if (stops.Count is 0 or > MovieSettings.MostViews)
        {
            throw new OutOfRangeException($"A movie of views has 1 to {MovieSettings.MostViews} of them; this has {stops.Count}.");
        }

        MovieSettings.Transition.Check(transitionSeconds);
        MovieSettings.Rate.Check(settings.FramesPerSecond);
        var shots = new List<MovieShot>();
        var moving = (int)Math.Round(settings.FramesPerSecond * transitionSeconds);
        var slice = settings.Panes.Count > 1 ? (settings.Screen.Width / 2, settings.Screen.Height / 2) : settings.Screen;
        for (var i = 0; i < stops.Count; i++)
        {
            var (scene, seconds) = stops[i];
            MovieSettings.Duration.Check(seconds);
            for (var f = 0; i > 0 && f < moving; f++)
            {
                var view = ViewBetween.Of(
                    stops[i - 1].Scene.View, scene.View, scene.Volume, slice, (double)slice.Item1 / slice.Item2, (f + 1.0) / (moving + 1));
                shots.Add(new MovieShot(scene with { View = view }, 1));
            }

            shots.Add(new MovieShot(scene, Math.Max(1, (int)Math.Round(settings.FramesPerSecond * seconds))));
        }

        settings = (settings with { Kind = MovieKind.Views, Seconds = shots.Sum(s => s.Frames) / settings.FramesPerSecond }).Checked();
        settings.CheckMegapixels(shots.Count);
        return new MoviePlan(settings, shots);
    }

    private static IReadOnlyList<MovieShot> Timesteps(FigureScene scene, MovieSettings settings)
    {
        // A scan less itself is nothing, and its frame would show its values among differences.
        var modality = scene.Volume.Key.Modality;
        var subtracted = scene.View.Compare is { Mode: CompareMode.Difference } c && settings.Panes.Any(p => p != Pane.Volume)
            ? scene.Dataset.Find(modality, c.Hours) : null;
        var volumes = scene.Dataset.Volumes.Where(v => v.Key.Modality == modality && v.Key != subtracted?.Key)
            .OrderBy(v => v.Key.Hours).ToArray();
        if (volumes.Length < 2)
        {
            throw new OutOfRangeException(
                $"{scene.Dataset.Id} has {(volumes.Length == 1 ? "one" : "no")} scan of {modality}"
                + (subtracted is null ? "" : " beside the one that is subtracted") + "; a movie through time needs two.");
        }

        if (settings.Frames < volumes.Length)
        {
            throw new OutOfRangeException(
                $"{settings.Frames} frames cannot show {volumes.Length} scans; choose more frames a second or more seconds.");
        }

        // Frame i shows scan ⌊i·n/frames⌋, so that all are shown as long as another, within a frame.
        return
        [
            .. Enumerable.Range(0, settings.Frames)
                .GroupBy(i => (int)((long)i * volumes.Length / settings.Frames))
                .Select(g => new MovieShot(
                    scene with { Volume = volumes[g.Key], View = scene.View with { Hours = volumes[g.Key].Key.Hours } }, g.Count())),
        ];
    }

    private static FigureScene Turned(FigureScene scene, double byDeg)
    {
        var camera = scene.View.Camera;
        var azimuth = ((camera.AzimuthDeg + byDeg + 180) % 360 + 360) % 360 - 180;
        return scene with { View = scene.View with { Camera = camera with { AzimuthDeg = azimuth } } };
    }

    private static IReadOnlyList<MovieShot> Slices(FigureScene scene, MovieSettings settings)
    {
        if (!SliceSheet.Of(scene.View, settings.Along, scene.Dataset).Plane.IsStraight(settings.Along))
        {
            throw new OutOfRangeException("The view's slices are turned, and a movie of slices goes along an axis; straighten them first.");
        }

        var (low, high) = scene.Volume.Bounds;
        var (least, most) = (Along(settings.Along, low), Along(settings.Along, high));
        foreach (var um in new[] { settings.FromUm, settings.ToUm })
        {
            if (!(um >= least && um <= most))
            {
                throw new OutOfRangeException(string.Create(CultureInfo.InvariantCulture,
                    $"The slice at {um:0.###} µm lies outside the volume; give places from {least:0.###} to {most:0.###} µm."));
            }
        }

        if (settings.FromUm == settings.ToUm)
        {
            throw new OutOfRangeException("The movie begins and ends at the same slice; give two places.");
        }

        return [.. Enumerable.Range(0, settings.Frames).Select(i =>
        {
            var at = settings.FromUm + (settings.ToUm - settings.FromUm) * i / (settings.Frames - 1);
            var focus = scene.View.Focus;
            focus = settings.Along switch { Pane.Z => focus with { Z = at }, Pane.Y => focus with { Y = at }, _ => focus with { X = at } };
            return new MovieShot(scene with { View = scene.View with { Focus = focus } }, 1);
        })];
    }

    private static double Along(Pane axis, WorldPoint p) => axis switch { Pane.Z => p.Z, Pane.Y => p.Y, _ => p.X };
}
