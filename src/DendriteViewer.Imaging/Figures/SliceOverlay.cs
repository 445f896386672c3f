using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Figures;

/// <summary>What is drawn over a slice: band, sites, crosshair, its place, axes, scale bar. The geometry is that of the browser's
/// overlay.js.</summary>
internal sealed class SliceOverlay(FigureScene scene, FigureSettings settings, PanePlan plan, FigureCanvas canvas)
    : PaneOverlay(scene, settings, plan, canvas)
{
    private const int DepthLinePoints = 25;
    private static readonly Pane[] s_slices = [Pane.Z, Pane.Y, Pane.X];
    private readonly SliceMap _map = new(SliceSheet.Of(scene.View, plan.Pane, scene.Dataset), plan.Box, plan.UmPerUnit);

    private bool IsStraight => _map.Plane.IsStraight(Plan.Pane);

    /// <inheritdoc/>
    protected override void Draw()
    {
        if (Has(FigureParts.Band) && Scene.HasBand)
        {
            DrawBand();
        }

        if (Has(FigureParts.Crosshair))
        {
            DrawCrosshair();
        }

        if (Has(FigureParts.Scale))
        {
            // A sheet is seen along the depth axis, so that what is steep in it looks shorter than it is.
            var (right, down) = SliceAngles.NamesOf(Plan.Pane);
            DrawScaleBar(_map.UmPerUnit, _map.Sheet.Curve is null ? "" : $" along {right} and {down}");
        }

        if (Has(FigureParts.Axes))
        {
            DrawTitle(Caption.PlaceOf(Scene, Plan.Pane, withDepth: false), 0);
            if (IsStraight)
            {
                var (right, down) = SliceAngles.NamesOf(Plan.Pane);
                DrawAxes(new FigurePoint(Box.Right - 3.6 * TextSize, Box.Y + 1.4 * TextSize), [(1, 0, right), (0, 1, down)]);
            }
        }

        DrawTime();
        if (Has(FigureParts.Sites))
        {
            DrawSites();
            DrawShapes();
        }
    }

    /// <summary>Where the slice passes a depth: points of the figure along the pane.</summary>
    /// <remarks>
    /// Along the pane's steeper direction depth is all but linear, so that in each column (or row) three steps of the secant method find
    /// it.
    /// </remarks>
    internal IReadOnlyList<FigurePoint> DepthLine(double depthUm)
    {
        var axis = Scene.Dataset.Depth.Axis;
        return ZeroLine(
            p => Scene.Dataset.Depth.DepthOf(p).Um - depthUm,
            isDown: Math.Abs(Along(_map.Plane.Down, axis)) >= Math.Abs(Along(_map.Plane.Right, axis)));
    }

    /// <summary>Where another slice cuts this one.</summary>
    internal IReadOnlyList<FigurePoint> CutLine(Pane other)
    {
        var (plane, curve) = SliceSheet.Of(Scene.View, other, Scene.Dataset);
        return curve is not null ? DepthLine(curve.DepthUm)
            : ZeroLine(
                p => (p - plane.Middle).Dot(plane.Normal),
                isDown: Math.Abs(plane.Normal.Dot(_map.Plane.Down)) >= Math.Abs(plane.Normal.Dot(_map.Plane.Right)));
    }

    // Where a function of the place is 0: in each column (isDown), or in each row.
    private IReadOnlyList<FigurePoint> ZeroLine(Func<WorldPoint, double> of, bool isDown)
    {
        var (from, length, across) = isDown ? (Box.X, Box.Width, Box.Height) : (Box.Y, Box.Height, Box.Width);
        var start = isDown ? Box.Y : Box.X;
        return [.. Enumerable.Range(0, DepthLinePoints).Select(i =>
        {
            var t = from + i * length / (DepthLinePoints - 1);
            var (a, b) = (start, start + across);
            for (var k = 0; k < 3; k++)
            {
                var (fa, fb) = (Off(t, a), Off(t, b));
                var rise = fb - fa;
                (a, b) = (b, b - fb * (b - a) / (rise == 0 ? 1 : rise));
            }

            return isDown ? new FigurePoint(t, b) : new FigurePoint(b, t);
        })];

        double Off(double t, double s) => of(_map.ToWorld(isDown ? new FigurePoint(t, s) : new FigurePoint(s, t)));
    }

    private static double Along(WorldVector v, Axis axis) => InterfaceSurface.Split(axis, v.Z, v.Y, v.X).Along;

    private void DrawBand()
    {
        var (band, depth) = (Scene.View.Band, Scene.Dataset.Depth);
        if (Math.Abs(Along(_map.Plane.Right, depth.Axis)) < 1e-6 && Math.Abs(Along(_map.Plane.Down, depth.Axis)) < 1e-6)
        {
            // The slice lies across the depth axis: all of it is in the band, or nothing.
            if (band.Contains(depth.DepthOf(_map.Plane.Middle)))
            {
                Canvas.TwoTone(
                    [new(Box.X + 1, Box.Y + 1), new(Box.Right - 1, Box.Y + 1), new(Box.Right - 1, Box.Bottom - 1),
                        new(Box.X + 1, Box.Bottom - 1)],
                    true, BandColor, 2);
                DrawTitle("in the band", Has(FigureParts.Axes) ? 1 : 0, BandColor);
            }

            return;
        }

        var (near, far) = (DepthLine(band.FromUm), DepthLine(band.ToUm));
        Canvas.Path([.. near, .. far.Reverse()], true, null, new Ink(BandColor, 0.12));
        Canvas.TwoTone(near, false, BandColor, 1);
        Canvas.TwoTone(far, false, BandColor, 1);
    }

    private void DrawCrosshair()
    {
        const double Gap = 7;
        var p = _map.ToFigure(Scene.View.Focus).At;
        if (!Scene.View.Rotation.IsNone || !Scene.View.Roll.IsNone || Scene.View.FollowsInterface)
        {
            foreach (var other in s_slices.Where(o => o != Plan.Pane))
            {
                DrawCut(CutLine(other), p, Gap);
            }

            return;
        }

        Canvas.TwoTone([new(Box.X, p.Y), new(p.X - Gap, p.Y)], false, 0xFFFFFF, 1);
        Canvas.TwoTone([new(p.X + Gap, p.Y), new(Box.Right, p.Y)], false, 0xFFFFFF, 1);
        Canvas.TwoTone([new(p.X, Box.Y), new(p.X, p.Y - Gap)], false, 0xFFFFFF, 1);
        Canvas.TwoTone([new(p.X, p.Y + Gap), new(p.X, Box.Bottom)], false, 0xFFFFFF, 1);
    }

    // A line with a gap around the crosshair's middle.
    private void DrawCut(IReadOnlyList<FigurePoint> line, FigurePoint middle, double gap)
    {
        double Distance(FigurePoint q) => Math.Sqrt((q.X - middle.X) * (q.X - middle.X) + (q.Y - middle.Y) * (q.Y - middle.Y));
        for (var i = 1; i < line.Count; i++)
        {
            var (a, b) = (line[i - 1], line[i]);
            var length = Math.Sqrt((b.X - a.X) * (b.X - a.X) + (b.Y - a.Y) * (b.Y - a.Y));
            var (fromA, fromB) = (Distance(a), Distance(b));
            FigurePoint Between(double share) => new(a.X + (b.X - a.X) * share, a.Y + (b.Y - a.Y) * share);
            if (fromA + fromB > length + 0.1)
            {
                Canvas.TwoTone([a, b], false, 0xFFFFFF, 1);
                continue;
            }

            if (fromA > gap)
            {
                Canvas.TwoTone([a, Between((fromA - gap) / length)], false, 0xFFFFFF, 1);
            }

            if (fromB > gap)
            {
                Canvas.TwoTone([Between((fromA + gap) / length), b], false, 0xFFFFFF, 1);
            }
        }
    }

    // As in the viewer, what lies in the slice, which may be thick; what lies near it is left out here.
    private void DrawShapes()
    {
        var reach = Math.Max(Scene.Volume.VoxelSize.Least / 2, Scene.View.SlabUm / 2) + 1e-6;
        foreach (var shape in Scene.ShapesNow)
        {
            if (shape.Ball is { } ball)
            {
                var (at, off) = _map.ToFigure(ball.Middle);
                if (Math.Abs(off) < ball.RadiusUm)
                {
                    var radius = Math.Sqrt(ball.RadiusUm * ball.RadiusUm - off * off) / _map.UmPerUnit;
                    Canvas.TwoTone(at, radius, shape.Color, 1.75);
                    Labels.Beside(shape.Text, at, radius + 3, 0xFFFFFF);
                }
            }
            else if (shape.IsSolid)
            {
                if (shape.Cut(_map.ToFigure) is { Count: > 0 } cut)
                {
                    DrawShape(shape, [(cut, true)]);
                }
            }
            else if (shape.Lines.All(l => l.Points.All(p => Math.Abs(_map.ToFigure(p).OffUm) <= reach)))
            {
                DrawShape(shape, [.. shape.Lines.Select(l =>
                    ((IReadOnlyList<FigurePoint>)[.. l.Points.Select(p => _map.ToFigure(p).At)], l.IsClosed))]);
            }
        }
    }

    private void DrawSites()
    {
        foreach (var mark in Scene.Marks)
        {
            DrawTrail(mark, p => _map.ToFigure(p).At);
        }

        foreach (var mark in Scene.Marks)
        {
            var (at, off) = _map.ToFigure(mark.PlaceAt(Scene.View.Hours));
            var reach = Math.Max(mark.RadiusUm, Math.Max(2 * Scene.Volume.VoxelSize.Least, Scene.View.SlabUm / 2));
            if (Math.Abs(off) <= reach)
            {
                // Where the plane cuts the ball, its circle there.
                var cut = Math.Min(mark.RadiusUm, Math.Abs(off));
                DrawMark(mark, at, Math.Max(5, Math.Sqrt(mark.RadiusUm * mark.RadiusUm - cut * cut) / _map.UmPerUnit));
            }
        }
    }
}
