using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Exchange;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Viewing;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Annotations;

/// <summary>The sites of every dataset. Whoever calls has been authorized.</summary>
/// <param name="database">Where the log is kept.</param>
/// <param name="time">The clock.</param>
/// <param name="journal">The server's journal; null for one of its own.</param>
/// <param name="schemas">The labels and fields by which sites are judged; null for a log of them in the same journal.</param>
public sealed class SiteLog(
    IDbContextFactory<DendriteDb> database, TimeProvider time, EditJournal? journal = null, SchemaLog? schemas = null)
    : EditLog<Site, SiteEdit>(database, journal, time, "site")
{
    /// <summary>Sites of a dataset at most, deleted ones included.</summary>
    public const int MostSites = 20_000;

    private readonly SiteOpinions _opinions = new();
    private SchemaLog? _schemas = schemas;

    // What a client has seen of a site that it cuts or joins.
    private static readonly string[] s_throughTime = ["zUm", "yUm", "xUm", "hours", "modality", "track"];

    private SchemaLog Schemas => _schemas ??= new SchemaLog(Database, Time, Journal);

    /// <summary>How sites are written.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <inheritdoc/>
    protected override JsonSerializerOptions Options => Json;

    /// <inheritdoc/>
    protected override string IdColumn => nameof(SiteEdit.SiteId);

    /// <inheritdoc/>
    protected override FieldRules Fields { get; } = new(
        ["id", "version", "author", "fileAuthor", "changedAt", "deleted", "depthUm", "judgedIn", "found"],
        new FieldGroup("place", "zUm", "yUm", "xUm") { Derived = ["depthUm"], Decimals = 3 },
        new FieldGroup("time", "hours", "modality"), new FieldGroup("radius", "radiusUm"),
        new FieldGroup("track", "track") { Derived = ["found"], DerivedInside = ["depthUm"] },
        new FieldGroup("status", "status") { Along = ["judgedIn"] }) { HasMembers = true };

    /// <summary>The sites that are not deleted, by time of marking.</summary>
    public async Task<IReadOnlyList<Site>> ListAsync(DatasetIdentity dataset, CancellationToken ct = default) =>
        Sorted(await CurrentAsync(dataset, ct));

    /// <summary>The same, and the last entry of the dataset's journal that is in them.</summary>
    public async Task<(IReadOnlyList<Site> Sites, long Number)> NumberedListAsync(DatasetIdentity dataset, CancellationToken ct = default)
    {
        var (sites, number) = await NumberedAsync(dataset, ct);
        return (Sorted(sites), number);
    }

    /// <summary>
    /// How far annotators agree; only edits that it has not seen yet are read. Null where there are too few people or places.
    /// </summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="withinUm">Marks so near to one another are of one place, µm.</param>
    /// <param name="ct">Stops it.</param>
    public Task<AgreementFinding?> AgreementAsync(DatasetIdentity dataset, double withinUm, CancellationToken ct = default) =>
        _opinions.AgreementAsync(dataset, withinUm, RowsAfterAsync, ct);

    /// <inheritdoc/>
    protected override void Forget(DatasetIdentity dataset) => _opinions.Forget(dataset);

    /// <summary>Sites in the order of lists.</summary>
    internal static IReadOnlyList<Site> Sorted(IEnumerable<Site> sites) =>
        [.. sites.OrderBy(s => s.Hours).ThenBy(s => s.Label, StringComparer.Ordinal).ThenBy(s => s.Id, StringComparer.Ordinal)];

    /// <summary>As <see cref="ListAsync"/> gave them after an entry of the dataset's journal.</summary>
    /// <exception cref="ArgumentException">The journal has no such entry.</exception>
    public async Task<IReadOnlyList<Site>> ListAtAsync(DatasetIdentity dataset, long number, CancellationToken ct) =>
        Sorted(await StateAtAsync(dataset, number, ct));

    /// <summary>Marks a site in the scan that a view shows, with all that the view shows of it.</summary>
    public Task<Site> AddAsync(Dataset dataset, WorldPoint at, ViewState view, Editor by, CancellationToken ct) =>
        AddAsync(dataset, at, new JudgedVolume(view.Modality, view.Hours, null), JudgedVolumes.ShownIn(dataset, view), by, ct);

    /// <summary>Marks a site in one scan.</summary>
    public Task<Site> AddAsync(Dataset dataset, WorldPoint at, double hours, string modality, Editor by, CancellationToken ct)
    {
        var scan = new JudgedVolume(modality, hours, NestedFields.PlacementOf(dataset, new VolumeKey(modality, hours))?.Version);
        return AddAsync(dataset, at, scan, JudgedVolumes.Of(modality.Length > 0 ? [scan] : []), by, ct);
    }

    private async Task<Site> AddAsync(
        Dataset dataset, WorldPoint at, JudgedVolume scan, JudgedVolumes judgedIn, Editor by, CancellationToken ct) =>
        (await EditAsync(dataset.Identity, by, board => board.Count < MostSites
            ? [SiteRules.Check(dataset, new Site
            {
                Id = NewId(), ZUm = at.Z, YUm = at.Y, XUm = at.X, Hours = scan.Hours, Modality = scan.Modality,
                JudgedIn = judgedIn, Label = $"N{SiteRules.NextNumber(board.Values)}", Author = by.Person.Name,
            }, before: null)]
            : throw new ArgumentException($"A dataset holds at most {MostSites} sites."), "mark", ct))[0];

    /// <summary>What a file would do; nothing is written.</summary>
    /// <exception cref="ArgumentException">The dataset would hold more sites than it can.</exception>
    internal async Task<ImportReport> PreviewAsync(
        Dataset dataset, IReadOnlyList<SiteLine> lines, ImportChoice choice, AnnotationSchema schema, Person by, CancellationToken ct) =>
        new SiteImport(dataset, await BoardAsync(dataset.Identity, ct), schema, by, choice, NewId).Plan(lines).Report;

    /// <summary>
    /// A file as one edit, to be written with what else the file has. Where a line is wrong nothing is taken, unless the choice is to skip
    /// such lines. Whoever brings new sites in is their author, whatever the file says.
    /// </summary>
    internal ImportWriting BeginImport(
        Dataset dataset, IReadOnlyList<SiteLine> lines, ImportChoice choice, AnnotationSchema schema, Editor by, CancellationToken ct)
    {
        ImportReport? report = null;
        var writing = Begin(dataset.Identity, by, board =>
        {
            (report, var wanted) = new SiteImport(dataset, board, schema, by.Person, choice, NewId).Plan(lines);
            report.RefuseWrong(choice);
            return wanted;
        }, new EditNote("import") { What = EditWhat.Import }, ct);
        return new ImportWriting(writing.Edit, () => report!, writing.FinishAsync);
    }

    /// <summary>Adds sites that the analysis found, all or none; it is their author.</summary>
    /// <exception cref="ArgumentException">A value cannot be, or the dataset would hold more sites than it can.</exception>
    public Task ProposeAsync(Dataset dataset, IReadOnlyList<Site> sites, Editor by, CancellationToken ct) =>
        WriteAsync(dataset.Identity, by, board => board.Count + sites.Count <= MostSites
            ? [.. sites.Select(s => s with { Id = NewId(), Version = 0, Deleted = false, Author = Agreement.Analysis, FileAuthor = "" })
                .Select(s => SiteRules.Check(dataset, s, before: null))]
            : throw new ArgumentException($"A dataset holds at most {MostSites} sites."),
            new EditNote("propose") { What = EditWhat.Import }, ct);

    /// <summary>Changes a site; <paramref name="site"/>'s version is the one it was changed from.</summary>
    /// <exception cref="EditConflictException">Somebody else changed it meanwhile.</exception>
    public async Task<Site> ChangeAsync(Dataset dataset, Site site, Editor by, CancellationToken ct)
    {
        var schema = await SchemaAsync(dataset.Identity, ct);
        return (await EditAsync(dataset.Identity, by, board =>
        {
            var current = Unchanged(board, site.Id, site.Version);
            return [SiteRules.Check(dataset, site with
            {
                // What was seen belongs to the judgement, and changes with it alone.
                JudgedIn = site.Status != current.Status ? site.JudgedIn : current.JudgedIn,
                Author = current.Author, FileAuthor = current.FileAuthor, Found = current.Found,
            }, current, schema)];
        }, "change", ct))[0];
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Site> Rearranged(
        Dataset dataset, ImmutableDictionary<string, Site> board, EditOp op, Editor by, AnnotationSchema schema)
    {
        var site = AsSeen(board, op.Id, op.Was, s_throughTime);
        if (op.Do == EditAction.Join)
        {
            if (op.Id == op.Other)
            {
                throw new ArgumentException("A site cannot be joined with itself; choose another one.");
            }

            var other = AsSeen(board, op.Other, op.OtherWas, s_throughTime);
            return [SiteRules.Check(dataset, SiteChains.Join(site, other), site, schema), other.AsDeleted()];
        }

        if (op.Hours is not { } hours)
        {
            throw new ArgumentException("A split says from which hours on it is another site (hours).");
        }

        var (earlier, later) = SiteChains.Split(site, hours);
        CheckNew(board, op.Other);
        later = later with
        {
            Id = op.Other, Version = 0, Label = $"N{SiteRules.NextNumber(board.Values)}", Author = by.Person.Name, FileAuthor = "",
        };
        return [SiteRules.Check(dataset, earlier, site, schema), SiteRules.Check(dataset, later, site, schema)];
    }

    private static void CheckNew(ImmutableDictionary<string, Site> board, string id)
    {
        if (board.Count >= MostSites)
        {
            throw new ArgumentException($"A dataset holds at most {MostSites} sites.");
        }

        if (!SiteRules.IsId(id))
        {
            throw new ArgumentException("A new site's id is 1 to 40 letters, digits, - and _.");
        }

        if (board.ContainsKey(id))
        {
            throw new EditConflictException("There is a site with this id already.");
        }
    }

    /// <inheritdoc/>
    public override Task<AnnotationSchema> SchemaAsync(DatasetIdentity dataset, CancellationToken ct) => Schemas.OfAsync(dataset, ct);

    /// <inheritdoc/>
    protected override Site Added(
        Dataset dataset, ImmutableDictionary<string, Site> board, EditOp op, Editor by, AnnotationSchema schema)
    {
        CheckNew(board, op.Id);
        if (op.Fields?.Select(f => f.Key).FirstOrDefault(f => !Fields.IsEditable(f) && f != "judgedIn") is { } server)
        {
            throw new ArgumentException($"The field {server} of a site is the server's; leave it out.");
        }

        try
        {
            var fields = (JsonObject?)op.Fields?.DeepClone() ?? [];
            fields["id"] = op.Id;
            var site = fields.Deserialize<Site>(Json)!;
            CheckWhole(site);
            return SiteRules.Check(dataset, site with
            {
                Author = by.Person.Name, Label = site.Label.Length > 0 ? site.Label : $"N{SiteRules.NextNumber(board.Values)}",
            }, before: null, schema);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"A field of the new site cannot be read ({e.Path?.TrimStart('$', '.')}).", e);
        }
    }

    /// <inheritdoc/>
    protected override Site Judged(Dataset dataset, Site after, Site before, EditOp op, AnnotationSchema schema)
    {
        CheckWhole(after);
        if (after.Label.Trim().Length == 0)
        {
            throw new ArgumentException("A site needs a label, so that it can be spoken of.");
        }

        // What was seen belongs to the judgement: where nobody says it of the new one, it is not that of the old one.
        var judgedIn = after.Status == before.Status ? before.JudgedIn
            : after.JudgedIn.Equals(before.JudgedIn) ? JudgedVolumes.None : after.JudgedIn;
        return SiteRules.Check(dataset, after with { JudgedIn = judgedIn }, before, schema);
    }

    // JSON may have null where a site has a text.
    private static void CheckWhole(Site site)
    {
        if (site.Label is null || site.Note is null || site.Modality is null || site.JudgedIn is null)
        {
            throw new ArgumentException("A site's label, note, modality and judgedIn may be empty, but not null.");
        }
    }

    /// <inheritdoc/>
    protected override Site Nameless(Site item) => SiteRules.WithoutNames([item])[0];

    /// <inheritdoc/>
    protected override SiteEdit RowOf(DatasetIdentity dataset, Site after, string state, Person by, long at) => new()
    {
        DatasetIdentity = dataset.Value, SiteId = after.Id, Version = after.Version, State = state,
        ByKey = by.Key, ByName = by.Name, At = at,
    };

    /// <inheritdoc/>
    protected override string IdOf(SiteEdit row) => row.SiteId;

    /// <inheritdoc/>
    protected override string NameOf(Site item) => item.Label;

    /// <inheritdoc/>
    protected override string ViewOf(Site item) => ViewLink.Of(item.Id, item.Modality, item.Hours, [item.ZUm, item.YUm, item.XUm]);

    /// <inheritdoc/>
    protected override void CheckRestored(Site then, Site? now, AnnotationSchema schema) => MarkRules.Check(
        schema, $"Site {then.Label} as it was", "site", (then.Labels, then.Fields),
        now is null or { Deleted: true } ? null : (now.Labels, now.Fields));
}
