using System.Collections.Immutable;
using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Annotations;

/// <summary>
/// What a file of sites makes of the sites that are there. A line is matched by id. A site that somebody changed after the file was written
/// is left as it is, unless the person chooses otherwise, and one that was deleted is not brought back: a file is older than the page.
/// </summary>
internal sealed class SiteImport
{
    private readonly Dataset _dataset;
    private readonly ImmutableDictionary<string, Site> _sites;
    private readonly AnnotationSchema _schema;
    private readonly Person _by;
    private readonly ImportChoice _choice;
    private readonly Func<string> _newId;
    private readonly Dictionary<string, int> _linesById = [];
    private readonly Dictionary<SiteSpot, string> _spots = [];

    // Where the sites are after their changes, for who matches by place.
    private readonly Dictionary<(double Z, double Y, double X, double Hours), List<Site>> _places = [];
    private readonly List<ImportLine> _lines = [];
    private readonly List<Site> _wanted = [];
    private int _nextNumber;

    // What makes two sites without ids the same.
    private readonly record struct SiteSpot(double Z, double Y, double X, double Hours, string Modality);

    /// <param name="dataset">What the sites are of.</param>
    /// <param name="sites">The sites that are there, deleted ones included.</param>
    /// <param name="schema">The dataset's labels and fields.</param>
    /// <param name="by">Who brings the file in.</param>
    /// <param name="choice">What they choose.</param>
    /// <param name="newId">Makes ids.</param>
    public SiteImport(
        Dataset dataset, ImmutableDictionary<string, Site> sites, AnnotationSchema schema, Person by, ImportChoice choice,
            Func<string> newId)
    {
        (_dataset, _sites, _schema, _by, _choice, _newId) = (dataset, sites, schema, by, choice, newId);
        _nextNumber = SiteRules.NextNumber(sites.Values);
    }

    /// <summary>What the lines make of the sites: a report, and the sites to write.</summary>
    public (ImportReport Report, IReadOnlyList<Site> Wanted) Plan(IReadOnlyList<SiteLine> lines)
    {
        // New sites come last: whether one is there already depends on where the others are after their changes.
        var added = new List<SiteLine>();
        foreach (var line in lines)
        {
            Take(line, added);
        }

        foreach (var site in _sites.SetItems(_wanted.Select(s => KeyValuePair.Create(s.Id, s))).Values.Where(s => !s.Deleted))
        {
            _spots.TryAdd(SpotOf(site), site.Label);
            var place = (site.ZUm, site.YUm, site.XUm, site.Hours);
            if (!_places.TryGetValue(place, out var there))
            {
                _places[place] = there = [];
            }

            there.Add(site);
        }

        added.ForEach(line => Try(line, () =>
        {
            if (_choice.ByPlace && At(line) is { } there)
            {
                // Another line may say what becomes of it, by its id or its place.
                if (_linesById.TryAdd(there.Id, line.Line))
                {
                    Change(line, there);
                }
                else
                {
                    Say(line, ImportOutcome.Skipped, $"The site is in line {_linesById[there.Id]} already.");
                }
            }
            else
            {
                Add(line);
            }
        }));
        var over = _sites.Count + _lines.Count(l => l.Outcome == ImportOutcome.Added) - SiteLog.MostSites;
        return over <= 0
            ? (ImportReport.Of(_lines), _wanted)
            : throw new ArgumentException($"A dataset holds at most {SiteLog.MostSites} sites, deleted ones included; leave out {over}.");
    }

    private void Take(SiteLine line, List<SiteLine> added)
    {
        if (line.Wrong is not null)
        {
            Say(line, ImportOutcome.Wrong, line.Wrong);
        }
        else if (line.Id is { Length: > 0 } id && !_linesById.TryAdd(id, line.Line))
        {
            Say(line, ImportOutcome.Skipped, $"The site is in line {_linesById[id]} already.");
        }
        else if (line.Id is { Length: > 0 } known && _sites.TryGetValue(known, out var site))
        {
            Try(line, () => Change(line, site));
        }
        else
        {
            added.Add(line);
        }
    }

    private void Try(SiteLine line, Action take)
    {
        try
        {
            take();
        }
        catch (ArgumentException e)
        {
            Say(line, ImportOutcome.Wrong, e.Message);
        }
    }

    private void Change(SiteLine line, Site site)
    {
        if (site.Deleted)
        {
            Say(line, ImportOutcome.Skipped, "The site was deleted here; take its id out of the file to add it as a new one.");
            return;
        }

        var after = SiteRules.Check(_dataset, Resolved(line).Over(site), site, _schema);
        if (after == site with { DepthUm = after.DepthUm, Track = after.Track } && IsSameTrack(after.Track, site.Track))
        {
            Say(line, ImportOutcome.Unchanged, "");
            return;
        }

        // CSV has whole seconds.
        if (!_choice.OverwriteNewer && line.ChangedAt is { } written && site.ChangedAt / 1000 > written / 1000)
        {
            var differences = Differences(site, after);
            Say(line, ImportOutcome.Skipped, $"It was changed here after the file was written, which has another {differences}.");
            return;
        }

        _wanted.Add(after);
        Say(line, ImportOutcome.Changed, Differences(site, after));
    }

    private void Add(SiteLine line)
    {
        if (line.Missing().FirstOrDefault() is { } missing)
        {
            throw new ArgumentException(line.Id is { Length: > 0 }
                ? $"There is no site {SiteRules.Short(line.Id)}, and for a new one the line has no {missing}."
                : $"It has no {missing}.");
        }

        var (isId, remark) = (SiteRules.IsId(line.Id ?? ""), "");
        var site = SiteRules.BroughtIn(Resolved(line).ToSite(), _by);
        if (site.Label.Length == 0)
        {
            site = site with { Label = $"N{_nextNumber}" };
            remark = $"It has no label, and is called {site.Label}.";
        }

        if (line.Id is { Length: > 0 } && !isId)
        {
            var id = SiteRules.Short(line.Id);
            remark += $"{(remark.Length > 0 ? " " : "")}Its id '{id}' is not 1 to 40 letters, digits, - and _; it gets another.";
        }

        site = SiteRules.Check(_dataset, site with { Id = isId ? line.Id! : _newId() }, before: null, _schema);
        if (!isId && !_spots.TryAdd(SpotOf(site), site.Label))
        {
            Say(line, ImportOutcome.Skipped, $"{_spots[SpotOf(site)]} is at the same place already.");
            return;
        }

        _nextNumber = Math.Max(_nextNumber, SiteRules.NextNumber([site]));
        _wanted.Add(site);
        Say(line, ImportOutcome.Added, remark);
    }

    private void Say(SiteLine line, ImportOutcome outcome, string why) =>
        _lines.Add(new ImportLine(line.Line, outcome, SiteRules.Short(line.Label is { Length: > 0 } label ? label : line.Id ?? ""), why));

    // The site at a line's place and time, where the person matches by place.
    private Site? At(SiteLine line) =>
        line is { ZUm: { } z, YUm: { } y, XUm: { } x, Hours: { } hours }
            && _places.TryGetValue((Math.Round(z, 3), Math.Round(y, 3), Math.Round(x, 3), hours), out var there)
            ? there.Find(s => line.Modality is null || line.Modality == s.Modality) : null;

    private SiteLine Resolved(SiteLine line) => line with
    {
        Labels = MarkColumns.Resolved(_schema, line.Labels, line.AreLabelsNames),
        Fields = line.AreFieldsText ? MarkColumns.Resolved(_schema, line.Fields) : line.Fields,
    };

    // Depths follow from where the interface is now.
    private static bool IsSameTrack(ValueList<SitePosition> a, ValueList<SitePosition> b) =>
        a.Select(p => p with { DepthUm = 0 }).SequenceEqual(b.Select(p => p with { DepthUm = 0 }));

    private static SiteSpot SpotOf(Site s) => new(s.ZUm, s.YUm, s.XUm, s.Hours, s.Modality);

    // Names the fields that differ, and the values of those that are short.
    private string Differences(Site before, Site after)
    {
        var parts = new List<string>();
        if ((before.ZUm, before.YUm, before.XUm) != (after.ZUm, after.YUm, after.XUm))
        {
            parts.Add("place");
        }

        Compare("label", before.Label, after.Label);
        Compare("status", Word(before.Status), Word(after.Status));
        Compare("hours", SiteRules.N(before.Hours), SiteRules.N(after.Hours));
        Compare("modality", before.Modality, after.Modality);
        Compare("judged in", before.JudgedIn.ToString(), after.JudgedIn.ToString());
        Compare("radius", SiteRules.N(before.RadiusUm), SiteRules.N(after.RadiusUm));
        Compare("labels", NamesOf(before.Labels), NamesOf(after.Labels));
        parts.AddRange(after.Fields.Where(v => !v.Value.Equals(before.Fields[v.Key])).Select(v => v.Key)
            .Concat(before.Fields.Where(v => after.Fields[v.Key] is null).Select(v => v.Key)).Select(f => _schema.Field(f)?.Name ?? f));
        if (!IsSameTrack(before.Track, after.Track))
        {
            parts.Add("positions through time");
        }

        if (before.Note != after.Note)
        {
            parts.Add("note");
        }

        return string.Join(", ", parts);

        void Compare(string field, string was, string now)
        {
            if (was != now)
            {
                parts.Add($"{field} ({SiteRules.Short(was)} → {SiteRules.Short(now)})");
            }
        }
    }

    private string NamesOf(ValueList<string> labels) =>
        labels.Count == 0 ? "none" : string.Join(", ", labels.Select(l => _schema.Label(l)?.Name ?? l));

    private static string Word(SiteStatus status) => status.ToString().ToLower(CultureInfo.InvariantCulture);
}
