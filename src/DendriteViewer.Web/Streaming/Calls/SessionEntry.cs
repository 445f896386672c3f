using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Presence;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming.Calls;

/// <summary>Connections join sessions of datasets, with the groups of those who look at each, and leave them.</summary>
/// <param name="sessions">Sessions by their names.</param>
/// <param name="catalog">Opens datasets for those who may look.</param>
/// <param name="access">What they may do there.</param>
/// <param name="connections">Streams to those who joined.</param>
/// <param name="presence">Tells the others who came and went.</param>
/// <param name="voices">Which connections the others hear.</param>
/// <param name="budgets">How many viewers each may have.</param>
/// <param name="openings">When datasets were opened last.</param>
/// <param name="hub">Whose groups are joined.</param>
public sealed class SessionEntry(
    ViewSessions sessions, DatasetCatalog catalog, DatasetAccess access, FrameConnections connections, PresenceCalls presence,
    PresenceVoices voices, Budgets budgets, DatasetOpenings openings, IHubContext<FrameHub> hub)
{
    private IGroupManager Groups => hub.Groups;

    /// <summary>Joins or begins a session.</summary>
    /// <returns>The scene, JSON; null where the dataset is not open to the caller.</returns>
    public async Task<string?> TryJoinAsync(HubCallerContext call, string session, string dataset, string query)
    {
        var opened = await catalog.TryOpenAsync(call.User!, dataset, DatasetRole.View, call.ConnectionAborted, query);
        // An address may mean another dataset, which had this id.
        if (opened is null || (ViewLink.IdentityOf(query) is { } identity && identity != opened.Identity.Value)
            || await access.GrantAsync(call.User!, opened.Identity, call.ConnectionAborted) is not { } grant)
        {
            return null;
        }

        var place = budgets.Viewer(HubCallers.BudgetOf(call));
        try
        {
            return await call.InTurnAsync(() => JoinAsync(call, session, opened, grant, query, place));
        }
        catch
        {
            // Disposed twice where the connection had begun, which does no harm.
            place.Dispose();
            throw;
        }
    }

    /// <summary>A connection ended: its streams end, and the others hear of it.</summary>
    public async Task LeaveAsync(HubCallerContext call, Exception? exception)
    {
        connections.End(call.ConnectionId);
        await presence.LeaveAsync(call, exception);
    }

    private async Task<string> JoinAsync(
        HubCallerContext call, string session, Dataset opened, DatasetGrant grant, string query, IDisposable place)
    {
        var held = await sessions.HoldAsync(session, call.User!.KeyOf(), opened, query, call.ConnectionAborted)
            ?? throw HubCallers.Refused();
        var isHeard = await EnterGroupsAsync(call, held, grant);
        connections.Begin(
            call.ConnectionId, held, grant.SeesNames, place, () => IsOpenAsync(call, held, grant),
            ct => LeaveRefusedAsync(call, held, ct), call.Abort, call.ConnectionAborted);
        if (isHeard)
        {
            voices.Begin(call.ConnectionId, held, call.User!.PersonOf(), grant.Role);
        }

        _ = openings.NoteAsync(opened.Identity);
        if (call.ConnectionAborted.IsCancellationRequested)
        {
            // It went while it joined; of one that goes from here on, LeaveAsync hears.
            voices.End(call.ConnectionId);
        }

        var histogram = await catalog.HistogramAsync(held.Dataset.BasisOf(held.Volume(held.Current.View)), call.ConnectionAborted);
        return JsonSerializer.Serialize(await SceneDto.OfAsync(
            held, held.Dataset.Kept is null ? grant.Role : DatasetRole.View, histogram, catalog, call.ConnectionAborted),
            ViewDto.Json);
    }

    // Before the first news is read, so that none is missed. A guest who sees what a frozen link keeps neither hears nor is heard by
    // those who work on what is there now. True where the others hear it.
    private async Task<bool> EnterGroupsAsync(HubCallerContext call, ViewSession held, DatasetGrant grant)
    {
        if (connections.FindHeld(call.ConnectionId) is { } before)
        {
            await Groups.LeaveAsync(call.ConnectionId, before.Session.Dataset.Identity, call.ConnectionAborted);
        }

        await presence.LeaveBeforeAsync(call, held);
        var identity = held.Dataset.Identity;
        var isHeard = !HubCallers.IsEmbedded(call) && (grant.IsMember || held.Dataset.Kept is null);
        if (isHeard)
        {
            await Groups.EnterAsync(call.ConnectionId, identity, grant.SeesNames, call.ConnectionAborted);
        }

        if (held.Dataset.Kept is null)
        {
            await Groups.AddToGroupAsync(call.ConnectionId, DatasetGroups.Journal(identity, grant.SeesNames), call.ConnectionAborted);
        }

        return isHeard;
    }

    // Who may not look any more neither hears the others nor is heard, from before their page is told of it. A call that changes groups is
    // waited for, so that none puts the connection into one afterwards; one that joins anew ends this.
    private Task LeaveRefusedAsync(HubCallerContext call, ViewSession held, CancellationToken ct) => call.InTurnAsync(async () =>
    {
        ct.ThrowIfCancellationRequested();
        await presence.LeaveRefusedAsync(call);
        await Groups.LeaveAsync(call.ConnectionId, held.Dataset.Identity, ct);
    });

    // Who may look but not see names any more joins again as a guest; so does who may see no more than what a frozen link keeps, and who
    // may not annotate any more: their page would go on offering what is refused.
    private async Task<bool> IsOpenAsync(HubCallerContext call, ViewSession held, DatasetGrant grant)
    {
        if (held.IsOver || await access.GrantAsync(call.User!, held.Dataset.Identity) is not { } now || !now.Shows(held.Dataset))
        {
            return false;
        }

        voices.Find(call.ConnectionId)?.MayPresent = now.Role >= DatasetRole.Annotate;
        return (now.SeesNames || !grant.SeesNames) && (now.Role >= DatasetRole.Annotate || grant.Role < DatasetRole.Annotate);
    }
}
