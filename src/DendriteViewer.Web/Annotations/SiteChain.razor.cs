using System.Globalization;
using DendriteViewer.Analysis.Nucleation;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Annotations;

/// <summary>The positions of a site through time, and what can be made of them.</summary>
public sealed partial class SiteChain
{
    private const int MostOthers = 12;
    private double _hours;

    /// <summary>The session that edits.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>The site.</summary>
    [Parameter, EditorRequired]
    public Site Site { get; set; } = null!;

    /// <summary>All sites, of which those nearest can be joined with it.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<Site> Sites { get; set; } = [];

    /// <summary>Its volumes through time; empty where the analysis has none.</summary>
    [Parameter]
    public IReadOnlyList<SiteVolume> Volumes { get; set; } = [];

    /// <summary>Whether the visitor may annotate.</summary>
    [Parameter]
    public bool MayEdit { get; set; }

    private IReadOnlyList<SitePosition> Positions => SiteChains.PositionsOf(Site);

    // One row for each time at which there is a position or a volume; alone at its own time there is nothing to tell.
    private List<Row> Rows
    {
        get
        {
            var positions = Positions;
            var hours = positions.Select(p => p.Hours).Concat(Volumes.Select(v => v.Hours)).Select(h => Math.Round(h,
                6)).Distinct().Order();
            return positions.Count < 2 && Volumes.Count == 0 ? [] : [.. hours.Select(h =>
            {
                var at = positions.FirstOrDefault(p => SiteChains.IsSame(p.Hours, h));
                var moved = at is null || at == positions[0] ? (double?)null : (PlaceOf(at) - PlaceOf(positions[0])).Length;
                return new Row(h, at, moved, Volumes.Where(v => SiteChains.IsSame(v.Hours, h)).Select(v =>
                    (double?)v.Um3).FirstOrDefault());
            })];
        }
    }

    // Those nearest that share no time with it.
    private List<Site> Others => [.. Sites
        .Where(s => s.Id != Site.Id && !SiteChains.PositionsOf(s).Any(q => Positions.Any(p => SiteChains.IsSame(p.Hours, q.Hours))))
        .OrderBy(DistanceUm).Take(MostOthers)];

    /// <inheritdoc/>
    public void Dispose() => Session.Changed -= OnView;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Session.Changed += OnView;
        _hours = Session.Current.View.Hours;
    }

    // What can be cut, and which row is of now, goes with the timestep shown.
    private void OnView(ViewRevision revision, object? by)
    {
        if (revision.View.Hours != _hours)
        {
            _hours = revision.View.Hours;
            _ = InvokeAsync(StateHasChanged);
        }
    }

    private double DistanceUm(Site other) =>
        SiteChains.PositionsOf(other).Min(q => Positions.Min(p => (PlaceOf(p) - PlaceOf(q)).Length));

    private void Go(Row row)
    {
        var at = PlaceOf(row.Position ?? Positions[0]);
        Session.Go(v => v with { Hours = row.Hours, Focus = at, Center = at }, this);
    }

    private static WorldPoint PlaceOf(SitePosition p) => new(p.ZUm, p.YUm, p.XUm);

    private static string F(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private sealed record Row(double Hours, SitePosition? Position, double? MovedUm, double? Um3);
}
