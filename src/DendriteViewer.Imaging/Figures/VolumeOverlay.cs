using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Figures;

/// <summary>What is drawn over the 3D picture: the volume's box, the band's rims, sites, axes, scale bar. The geometry is that of
/// overlay.js.</summary>
internal sealed class VolumeOverlay(FigureScene scene, FigureSettings settings, PanePlan plan, FigureCanvas canvas)
    : PaneOverlay(scene, settings, plan, canvas)
{
    private const int RimSteps = 16;
    private readonly CameraMap _map = CameraMap.Of(scene.Volume, scene.View.Camera, plan.Box);

    /// <inheritdoc/>
    protected override void Draw()
    {
        if (Has(FigureParts.Axes))
        {
            DrawBox();
        }

        if (Has(FigureParts.Band) && Scene.HasBand)
        {
            DrawRim(Scene.View.Band.FromUm);
            DrawRim(Scene.View.Band.ToUm);
        }

        if (Has(FigureParts.Crosshair) && _map.ToFigure(Scene.View.Focus)?.At is { } p)
        {
            Canvas.TwoTone([new(p.X - 5, p.Y), new(p.X + 5, p.Y)], false, 0xFFFFFF, 1);
            Canvas.TwoTone([new(p.X, p.Y - 5), new(p.X, p.Y + 5)], false, 0xFFFFFF, 1);
        }

        if (Has(FigureParts.Scale))
        {
            DrawScaleBar(_map.UmPerUnit, " at the centre");
        }

        if (Has(FigureParts.Axes))
        {
            WorldVector[] axes = [new(0, 0, 1), new(0, 1, 0), new(1, 0, 0)];
            DrawAxes(
                new FigurePoint(Box.Right - 3.2 * TextSize, Box.Y + 3.4 * TextSize),
                axes.Select((v, i) => (v.Dot(_map.Frame.Right), v.Dot(_map.Frame.Down), "xyz"[i].ToString())));
        }

        DrawTime();
        if (Has(FigureParts.Sites))
        {
            foreach (var mark in Scene.Marks)
            {
                DrawTrail(mark, p => _map.ToFigure(p)?.At);
            }

            foreach (var mark in Scene.Marks)
            {
                if (_map.ToFigure(mark.PlaceAt(Scene.View.Hours)) is { } seen)
                {
                    DrawMark(mark, seen.At, Math.Max(4, mark.RadiusUm / _map.UmPerUnit * _map.DistanceUm / seen.AlongUm));
                }
            }

            foreach (var shape in Scene.ShapesNow)
            {
                var lines = shape.Lines.Select(l => (Points: l.Points.Select(p => _map.ToFigure(p)?.At).ToArray(), l.IsClosed)).ToArray();
                if (Array.TrueForAll(lines, l => Array.TrueForAll(l.Points, p => p is not null)))
                {
                    DrawShape(shape, [.. lines.Select(l => ((IReadOnlyList<FigurePoint>)[.. l.Points.Select(p => p!.Value)], l.IsClosed))]);
                }
            }
        }
    }

    private void DrawBox()
    {
        var (low, high) = Scene.Volume.Bounds;
        for (var i = 0; i < 8; i++)
        {
            foreach (var bit in new[] { 1, 2, 4 })
            {
                if ((i & bit) == 0 && Corner(i) is { } a && Corner(i | bit) is { } b)
                {
                    Canvas.Path([a, b], false, new Stroke(new Ink(0xFFFFFF, 0.35), 1));
                }
            }
        }

        FigurePoint? Corner(int i) => _map.ToFigure(
            new WorldPoint((i & 4) != 0 ? high.Z : low.Z, (i & 2) != 0 ? high.Y : low.Y, (i & 1) != 0 ? high.X : low.X))?.At;
    }

    // Where a depth meets the sides of the volume's box, following the interface.
    private void DrawRim(double depthUm)
    {
        var depth = Scene.Dataset.Depth;
        var (low, high) = Scene.Volume.Bounds;
        var (_, u0, v0) = InterfaceSurface.Split(depth.Axis, low.Z, low.Y, low.X);
        var (_, u1, v1) = InterfaceSurface.Split(depth.Axis, high.Z, high.Y, high.X);
        var rim = new List<FigurePoint>();
        for (var i = 0; i < 4 * RimSteps; i++)
        {
            var f = i % RimSteps / (double)RimSteps;
            var (fu, fv) = (i / RimSteps) switch { 0 => (f, 0.0), 1 => (1.0, f), 2 => (1 - f, 1.0), _ => (0.0, 1 - f) };
            var (u, v) = (u0 + fu * (u1 - u0), v0 + fv * (v1 - v0));
            if (_map.ToFigure(InterfaceSurface.Join(depth.Axis, depth.CoordinateOf(new Depth(depthUm), u, v), u, v)) is not { } seen)
            {
                return;
            }

            rim.Add(seen.At);
        }

        Canvas.Path(rim, true, null, new Ink(BandColor, 0.07));
        Canvas.TwoTone(rim, true, BandColor, 1);
    }
}
