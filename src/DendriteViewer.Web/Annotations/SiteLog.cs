using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
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
        (await CurrentAsync(dataset, ct)).OrderBy(s => s.Hours).ThenBy(s => s.Label, StringComparer.Ordinal)
            .ThenBy(s => s.Id, StringComparer.Ordinal).ToArray();

    /// <summary>Marks a site.</summary>
    public async Task<Site> AddAsync(Dataset dataset, WorldPoint at, double hours, string modality, Editor by, CancellationToken ct) =>
        (await EditAsync(dataset.Identity, by, board => board.Count < MostSites
            ? [SiteRules.Check(dataset, new Site
            {
                Id = NewId(), ZUm = at.Z, YUm = at.Y, XUm = at.X, Hours = hours, Modality = modality, Label = NextLabel(board),
                Author = by.Person.Name,
            }, before: null)]
            : throw new ArgumentException($"A dataset holds at most {MostSites} sites."), "mark", ct))[0];

    /// <summary>
    /// Adds sites that somebody brings in, all or none, in one write. One whose id is there already gets another, and whoever brings them
    /// in is their author, whatever the file says.
    /// </summary>
    /// <exception cref="ArgumentException">A value cannot be, or the dataset would hold more sites than it can.</exception>
    public Task ImportAsync(Dataset dataset, IReadOnlyList<Site> sites, Editor by, CancellationToken ct) =>
        AddAllAsync(dataset, [.. sites.Select(s => SiteRules.BroughtIn(s, by.Person))], by, "import", ct);

    /// <summary>Adds sites that the analysis found; it is their author.</summary>
    /// <exception cref="ArgumentException">A value cannot be, or the dataset would hold more sites than it can.</exception>
    public Task ProposeAsync(Dataset dataset, IReadOnlyList<Site> sites, Editor by, CancellationToken ct) =>
        AddAllAsync(dataset, [.. sites.Select(s => s with { Author = Agreement.Analysis, FileAuthor = "" })], by, "propose", ct);

    private Task AddAllAsync(Dataset dataset, IReadOnlyList<Site> sites, Editor by, string verb, CancellationToken ct) =>
        EditAsync(dataset.Identity, by, board =>
    {
        if (board.Count + sites.Count > MostSites)
        {
            throw new ArgumentException($"A dataset holds at most {MostSites} sites.");
        }

        var taken = new HashSet<string>(board.Keys);
        return sites.Select(s => SiteRules.Check(dataset, s with
        {
            Id = SiteRules.IsId(s.Id) && taken.Add(s.Id) ? s.Id : NewId(), Version = 0, Deleted = false,
        }, before: null)).ToArray();
    }, verb, ct);

    /// <summary>Changes a site; <paramref name="site"/>'s version is the one it was changed from.</summary>
    /// <exception cref="EditConflictException">Somebody else changed it meanwhile.</exception>
    public async Task<Site> ChangeAsync(Dataset dataset, Site site, Editor by, CancellationToken ct) =>
        (await EditAsync(dataset.Identity, by, board =>
        {
            var current = Unchanged(board, site.Id, site.Version);
            return [SiteRules.Check(dataset, site with { Author = current.Author, FileAuthor = current.FileAuthor }, current)];
        }, "change", ct))[0];

    /// <inheritdoc/>
    protected override SiteEdit RowOf(DatasetIdentity dataset, Site after, string state, Person by, long at) => new()
    {
        DatasetIdentity = dataset.Value, SiteId = after.Id, Version = after.Version, State = state, ByKey = by.Key, ByName = by.Name, At = at,
    };

    /// <inheritdoc/>
    protected override string IdOf(SiteEdit row) => row.SiteId;

    /// <inheritdoc/>
    protected override string NameOf(Site item) => item.Label;

    private static string NextLabel(ImmutableDictionary<string, Site> sites)
    {
        var numbers = sites.Values.Select(s => s.Label.StartsWith('N') && int.TryParse(s.Label.AsSpan(1), out var n) ? n : 0);
        var most = numbers.DefaultIfEmpty(0).Max();
        return $"N{most + 1}";
    }
}
