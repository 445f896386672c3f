using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Annotations;

/// <summary>The sites of every dataset. Whoever calls has been authorized.</summary>
public sealed class SiteLog(IDbContextFactory<DendriteDb> database, TimeProvider time)
    : EditLog<Site, SiteEdit>(database, time, "site")
{
    /// <summary>Sites of a dataset at most, deleted ones included.</summary>
    public const int MostSites = 20_000;

    /// <summary>How sites are written.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <inheritdoc/>
    protected override JsonSerializerOptions Options => Json;

    /// <summary>The sites that are not deleted, by time of marking.</summary>
    public async Task<IReadOnlyList<Site>> ListAsync(DatasetIdentity dataset, CancellationToken ct = default) =>
        Sorted(await CurrentAsync(dataset, ct));

    /// <summary>Sites in the order of lists.</summary>
    internal static IReadOnlyList<Site> Sorted(IEnumerable<Site> sites) =>
        [.. sites.OrderBy(s => s.Hours).ThenBy(s => s.Label, StringComparer.Ordinal).ThenBy(s => s.Id, StringComparer.Ordinal)];

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
    public async Task<ImportReport> PreviewAsync(
        Dataset dataset, IReadOnlyList<SiteLine> lines, ImportChoice choice, Person by, CancellationToken ct) =>
        new SiteImport(dataset, await BoardAsync(dataset.Identity, ct), by, choice, NewId).Plan(lines).Report;

    /// <summary>
    /// Takes a file in, in one write and as one step of undo. Where a line is wrong nothing is taken, unless the choice is to skip such
    /// lines. Whoever brings new sites in is their author, whatever the file says.
    /// </summary>
    /// <returns>What was done; a report that is not applied where a line is wrong.</returns>
    /// <exception cref="ArgumentException">The dataset would hold more sites than it can.</exception>
    public async Task<ImportReport> ImportAsync(
        Dataset dataset, IReadOnlyList<SiteLine> lines, ImportChoice choice, Editor by, CancellationToken ct)
    {
        ImportReport report = null!;
        await EditAsync(dataset.Identity, by, board =>
        {
            (report, var wanted) = new SiteImport(dataset, board, by.Person, choice, NewId).Plan(lines);
            report = report with { Applied = report.Wrong == 0 || choice.SkipWrong };
            return report.Applied ? wanted : [];
        }, "import", ct);
        return report;
    }

    /// <summary>Adds sites that the analysis found, all or none; it is their author.</summary>
    /// <exception cref="ArgumentException">A value cannot be, or the dataset would hold more sites than it can.</exception>
    public Task ProposeAsync(Dataset dataset, IReadOnlyList<Site> sites, Editor by, CancellationToken ct) =>
        EditAsync(dataset.Identity, by, board => board.Count + sites.Count <= MostSites
            ? [.. sites.Select(s => s with { Id = NewId(), Version = 0, Deleted = false, Author = Agreement.Analysis, FileAuthor = "" })
                .Select(s => SiteRules.Check(dataset, s, before: null))]
            : throw new ArgumentException($"A dataset holds at most {MostSites} sites."), "propose", ct);

    /// <summary>Changes a site; <paramref name="site"/>'s version is the one it was changed from.</summary>
    /// <exception cref="EditConflictException">Somebody else changed it meanwhile.</exception>
    public async Task<Site> ChangeAsync(Dataset dataset, Site site, Editor by, CancellationToken ct) =>
        (await EditAsync(dataset.Identity, by, board =>
        {
            var current = Unchanged(board, site.Id, site.Version);
            // What was seen belongs to the judgement, and changes with it alone.
            var judgedIn = site.Status != current.Status ? site.JudgedIn : current.JudgedIn;
            return [SiteRules.Check(dataset, site with { JudgedIn = judgedIn, Author = current.Author, FileAuthor = current.FileAuthor },
                current)];
        }, "change", ct))[0];

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
}
