using System.Collections.Frozen;
using System.Security.Claims;
using DendriteViewer.Analysis.Nucleation;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Analysis;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Annotations;

/// <summary>The sites of a dataset as somebody may see them in a panel.</summary>
/// <param name="Sites">The sites that are not deleted.</param>
/// <param name="Found">What the analysis found and nobody has marked, ready to be proposed.</param>
/// <param name="Agreement">How far annotators agree; null where there are too few.</param>
/// <param name="Failure">Why they could not be read; null where they could.</param>
public sealed record SitesView(IReadOnlyList<Site> Sites, IReadOnlyList<Site> Found, AgreementFinding? Agreement, string? Failure = null)
{
    /// <summary>The dataset's labels and fields.</summary>
    public AnnotationSchema Schema { get; init; } = AnnotationSchema.Empty;

    /// <summary>Volumes through time of the analysis' sites, by what <see cref="Site.Found"/> names them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<SiteVolume>> Volumes { get; init; } =
        FrozenDictionary<string, IReadOnlyList<SiteVolume>>.Empty;
}

/// <summary>Where the panel reads and edits sites: asks for the right each time, and tells a refusal in one sentence.</summary>
public sealed class SiteDesk(
    SiteLog log, SchemaLog schemas, Analyses analyses, DatasetAccess access, Budgets budgets, Failures failures)
{
    private const int MostTries = 3;

    /// <summary>Calls back whenever the sites of the session's dataset, or what the analysis found, have changed.</summary>
    /// <returns>Ends it.</returns>
    public IDisposable Watch(ViewSession session, Action changed)
    {
        void On(DatasetIdentity id)
        {
            if (id == session.Dataset.Identity)
            {
                changed();
            }
        }

        // Sites, labels and fields that are shown as they were do not change.
        if (session.Dataset.Kept is null)
        {
            log.Changed += On;
            schemas.Changed += On;
        }

        analyses.Changed += On;
        return new Ending(() =>
        {
            log.Changed -= On;
            schemas.Changed -= On;
            analyses.Changed -= On;
        });
    }

    /// <summary>Reads what the visitor may see. Somebody whose link was revoked may still have the page open, and sees nothing.</summary>
    public async Task<SitesView> ReadAsync(ViewSession session, ClaimsPrincipal user)
    {
        try
        {
            if (await access.GrantAsync(user, session.Dataset.Identity) is not { } grant)
            {
                return new SitesView([], [], null);
            }

            var sites = SiteRules.For(grant, await log.ListAsync(session.Dataset));
            var agreement = await log.AgreementAsync(session.Dataset, ReachUm(session));
            var (found, volumes) = await FoundAsync(session, sites);
            return new SitesView(sites, found, agreement)
            {
                Schema = await schemas.OfAsync(session.Dataset), Volumes = volumes,
            };
        }
        catch (Exception e)
        {
            return new SitesView([], [], null, failures.Tell(e));
        }
    }

    /// <summary>What the visitor may do with the session's dataset now; null for nothing.</summary>
    public async Task<DatasetRole?> RoleAsync(ViewSession session, ClaimsPrincipal user) =>
        (await access.GrantAsync(user, session.Dataset.Identity))?.Role;

    /// <summary>Edits if the visitor still may, and has not edited too much in a short time.</summary>
    /// <param name="session">The page.</param>
    /// <param name="user">Who edits.</param>
    /// <param name="edit">Does it.</param>
    /// <param name="count">As how many edits it counts: 1000 at most; 0 where it edits and reads nothing of the dataset.</param>
    /// <returns>Why it was refused; null where it was done.</returns>
    public async Task<string?> TryAsync(ViewSession session, ClaimsPrincipal user, Func<SiteLog, Editor, Task> edit, int count = 1)
    {
        using var making = session.Edits.Making();
        try
        {
            if (!((await access.GrantAsync(user, session.Dataset.Identity))?.Role >= DatasetRole.Annotate))
            {
                return "Annotating is not open to you any more.";
            }

            if (session.Dataset.Kept is { } kept)
            {
                return PastState.RefusalOf(kept);
            }

            if (count > 0)
            {
                budgets.Edit(ClientKeys.OfPage(user), count);
            }

            await edit(log, new Editor(user.PersonOf(), session.Edits));
            return null;
        }
        catch (Exception e)
        {
            return failures.Tell(e);
        }
    }

    /// <summary>
    /// Saves one field of a site. Another field that somebody changed meanwhile is left alone; the same field is a conflict.
    /// </summary>
    /// <param name="session">The page.</param>
    /// <param name="user">Who writes.</param>
    /// <param name="id">The site.</param>
    /// <param name="read">The field as text.</param>
    /// <param name="begun">The text that the person began from.</param>
    /// <param name="write">The site with the new text.</param>
    public async Task<DraftOutcome> SaveAsync(
        ViewSession session, ClaimsPrincipal user, string id, Func<Site, string> read, string begun, Func<Site, Site> write)
    {
        var outcome = DraftOutcome.Refused("The site was deleted meanwhile; what you typed stays here.");
        var refusal = await TryAsync(session, user, async (sites, by) =>
        {
            for (var tries = 1; ; tries++)
            {
                if ((await sites.ListAsync(session.Dataset.Identity)).FirstOrDefault(s => s.Id == id) is not { } site)
                {
                    return;
                }

                var wanted = write(site);
                if (read(site) != begun && read(site) != read(wanted))
                {
                    outcome = DraftOutcome.Conflict(read(site));
                    return;
                }

                try
                {
                    var saved = wanted == site ? site : await sites.ChangeAsync(session.Dataset, wanted, by, default);
                    outcome = DraftOutcome.Kept(read(saved));
                    return;
                }
                catch (EditConflictException) when (tries < MostTries)
                {
                    // Somebody saved another field between the two; this one is tried upon theirs.
                }
            }
        });
        return refusal is null ? outcome : DraftOutcome.Refused(refusal);
    }

    /// <summary>Takes back, or makes again, the page's last edit.</summary>
    /// <returns>What the person is told; null where all went back.</returns>
    public async Task<string?> StepAsync(ViewSession session, ClaimsPrincipal user, bool undo)
    {
        string? told = null;
        var refusal = await TryAsync(session, user, async (_, by) =>
        {
            var step = await (undo ? session.Edits.UndoAsync(by.Person, default) : session.Edits.RedoAsync(by.Person, default));
            told = step is null ? $"There is no edit of this page to {(undo ? "undo" : "redo")}." : step.Warning;
        });
        return refusal ?? told;
    }

    // Marks so near to one another are of one place.
    private static double ReachUm(ViewSession session)
    {
        var voxel = session.Volume(session.Current.View).VoxelSize;
        return 4 * Math.Max(voxel.Z, Math.Max(voxel.Y, voxel.X));
    }

    // What the analysis found and nobody has marked, or judged, within a few voxels.
    private async Task<(IReadOnlyList<Site> Found, IReadOnlyDictionary<string, IReadOnlyList<SiteVolume>> Volumes)> FoundAsync(
        ViewSession session, IReadOnlyList<Site> sites)
    {
        try
        {
            var result = await analyses.ResultAsync(session.Dataset, session.Current.View.Modality, default);
            var (reach, labels) = (ReachUm(session), sites.Select(s => s.Label).ToHashSet());
            var proposed = (result?.Sites ?? []).Select(f => (Found: f, Site: Proposal.Of(f, result!, labels))).ToArray();
            return ([.. proposed.Select(p => p.Site).Where(f => !sites.Any(s => (PlaceOf(s) - PlaceOf(f)).Length <= reach + s.RadiusUm))],
                proposed.ToDictionary(p => p.Site.Found, p => p.Found.Volumes));
        }
        catch (VolumeFormatException)
        {
            // The analysis panel says that the result is damaged.
            return ([], FrozenDictionary<string, IReadOnlyList<SiteVolume>>.Empty);
        }
    }

    private static WorldPoint PlaceOf(Site site) => new(site.ZUm, site.YUm, site.XUm);

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
