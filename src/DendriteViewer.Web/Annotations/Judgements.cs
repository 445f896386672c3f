using System.Text.Json;

namespace DendriteViewer.Web.Annotations;

/// <summary>What somebody thinks of a site, and which modalities they saw when they said so.</summary>
internal readonly record struct Opinion(bool IsYes, string Modalities);

/// <summary>A place that was marked, and what each person thinks of it, by their keys.</summary>
internal sealed record JudgedPlace(IReadOnlyDictionary<string, Opinion> Opinions);

/// <summary>
/// Who thinks what of each site of a dataset: a fold of its log, which takes in later edits without reading the earlier ones again.
/// </summary>
internal sealed class Judgements
{
    // In the order in which sites were marked, by which places are formed.
    private readonly List<Judged> _sites = [];
    private readonly Dictionary<string, Judged> _byId = [];

    private sealed class Judged(Site first)
    {
        /// <summary>The site as the last edit left it.</summary>
        public Site Last { get; set; } = first;

        /// <summary>The last word of each person.</summary>
        public Dictionary<string, Opinion> Opinions { get; } = [];
    }

    /// <summary>The last entry of the journal that is in it; 0 before the first.</summary>
    public long Number { get; private set; }

    /// <summary>Takes in edits that come after those that it has.</summary>
    /// <param name="edits">Edits, oldest first.</param>
    public void Take(IEnumerable<SiteEdit> edits)
    {
        foreach (var edit in edits)
        {
            Take(edit, JsonSerializer.Deserialize<Site>(edit.State, SiteLog.Json)!);
            Number = Math.Max(Number, edit.Number);
        }
    }

    // A mark says yes for whoever made it; a status is a judgement of whoever set it. The last word of each counts.
    private void Take(SiteEdit edit, Site state)
    {
        if (!_byId.TryGetValue(edit.SiteId, out var site))
        {
            _sites.Add(_byId[edit.SiteId] = site = new Judged(state));
            if (state.Author != Agreement.Analysis)
            {
                site.Opinions[edit.ByKey] = new Opinion(true, state.JudgedIn.Modalities);
            }

            return;
        }

        if (state.Status != site.Last.Status || state.Deleted != site.Last.Deleted)
        {
            site.Opinions[edit.ByKey] = new Opinion(state.Status == SiteStatus.Confirmed && !state.Deleted, state.JudgedIn.Modalities);
        }

        site.Last = state;
    }

    /// <summary>
    /// The places: each site is of the first place that lies within a distance of where the site is now, else a place of its own.
    /// </summary>
    /// <param name="um">The distance, µm.</param>
    public IReadOnlyList<JudgedPlace> PlacesWithin(double um)
    {
        var places = new List<(Site At, Dictionary<string, Opinion> Opinions)>();

        // Cells as wide as the distance: what lies within it is in the same cell or beside it.
        var cells = new Dictionary<(long Z, long Y, long X), List<int>>();
        foreach (var site in _sites)
        {
            var (z, y, x) = (CellOf(site.Last.ZUm, um), CellOf(site.Last.YUm, um), CellOf(site.Last.XUm, um));
            var found = -1;
            for (var i = 0; i < 27; i++)
            {
                foreach (var place in cells.GetValueOrDefault((z - 1 + i / 9, y - 1 + i / 3 % 3, x - 1 + i % 3)) ?? [])
                {
                    if ((found < 0 || place < found) && DistanceUm(places[place].At, site.Last) <= um)
                    {
                        found = place;
                    }
                }
            }

            if (found < 0)
            {
                found = places.Count;
                places.Add((site.Last, []));
                if (!cells.TryGetValue((z, y, x), out var cell))
                {
                    cells[(z, y, x)] = cell = [];
                }

                cell.Add(found);
            }

            // Of several marks at one place one yes is enough.
            var opinions = places[found].Opinions;
            foreach (var (person, opinion) in site.Opinions)
            {
                if (!opinions.TryGetValue(person, out var other) || !other.IsYes)
                {
                    opinions[person] = opinion;
                }
            }
        }

        return places.ConvertAll(p => new JudgedPlace(p.Opinions));
    }

    // A distance of nothing has one cell a place.
    private static long CellOf(double um, double width) => (long)Math.Floor(um / Math.Max(width, 1e-3));

    private static double DistanceUm(Site a, Site b) =>
        Math.Sqrt(Math.Pow(a.ZUm - b.ZUm, 2) + Math.Pow(a.YUm - b.YUm, 2) + Math.Pow(a.XUm - b.XUm, 2));
}
