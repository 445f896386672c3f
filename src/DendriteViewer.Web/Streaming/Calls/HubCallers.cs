using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming.Calls;

/// <summary>
/// Who calls the frame hub: the session that their connection joined, and whether <see cref="DatasetAccess"/> lets them do now what they
/// ask for.
/// </summary>
/// <param name="connections">Which connection joined which session.</param>
/// <param name="access">Who may do what.</param>
/// <param name="budgets">How much each may ask for.</param>
public sealed class HubCallers(FrameConnections connections, DatasetAccess access, Budgets budgets)
{
    /// <summary>The connection's streams.</summary>
    /// <exception cref="HubException">It joined no session.</exception>
    public FrameConnection ConnectionOf(HubCallerContext call) =>
        connections.Find(call.ConnectionId) ?? throw new HubException("Join a session first.");

    /// <summary>The session that the connection joined.</summary>
    /// <exception cref="HubException">It joined none.</exception>
    public ViewSession SessionOf(HubCallerContext call) => ConnectionOf(call).Session;

    /// <summary>Who edits annotations in which session, if they still may; so many edits are counted.</summary>
    /// <exception cref="HubException">They may not, or the session shows a state that was kept.</exception>
    /// <exception cref="BudgetSpentException">Too many edits in a short time.</exception>
    public async Task<(ViewSession Session, Editor Editor)> EditorAsync(HubCallerContext call, int edits = 1)
    {
        var session = SessionOf(call);
        RefuseFrozen(session);
        if (session.IsOver)
        {
            throw Refused();
        }

        await RequireAsync(call, session.Dataset.Identity, DatasetRole.Annotate);
        if (edits > 0)
        {
            budgets.Edit(BudgetOf(call), edits);
        }

        return (session, new Editor(call.User!.PersonOf(), session.Edits));
    }

    /// <summary>The session in which the caller corrects what belongs to the dataset, if they still may.</summary>
    /// <exception cref="HubException">They may not, or the session shows a state that was kept.</exception>
    public async Task<ViewSession> CuratorsSessionAsync(HubCallerContext call)
    {
        var session = SessionOf(call);
        await RequireAsync(call, session.Dataset.Identity, DatasetRole.Curate);
        RefuseFrozen(session);
        return session;
    }

    /// <summary>Refuses whoever does not have a role in the dataset any more.</summary>
    /// <exception cref="HubException">They do not have it.</exception>
    public async Task RequireAsync(HubCallerContext call, DatasetIdentity dataset, DatasetRole role)
    {
        if (!(await access.RoleAsync(call.User!, dataset, call.ConnectionAborted) >= role))
        {
            throw Refused();
        }
    }

    /// <summary>Whose budget a call spends.</summary>
    public static ClientKeys BudgetOf(HubCallerContext call) =>
        ClientKeys.Of(call.User!, call.GetHttpContext()?.Connection.RemoteIpAddress);

    /// <summary>
    /// Whether the page is in a frame of another site: it shows a view, and neither sees nor hears the others, nor is seen.
    /// </summary>
    public static bool IsEmbedded(HubCallerContext call) => call.User!.HasClaim(c => c.Type == DendriteClaims.Embedded);

    /// <summary>What everybody hears who may not do what they asked for.</summary>
    public static HubException Refused() => new("This is not open to you.");

    private static void RefuseFrozen(ViewSession session)
    {
        if (session.Dataset.Kept is { } kept)
        {
            throw new HubException(PastState.RefusalOf(kept));
        }
    }
}
