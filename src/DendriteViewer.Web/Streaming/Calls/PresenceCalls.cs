using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Presence;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming.Calls;

/// <summary>
/// What pages that look at one dataset tell one another: where each looks, who follows whom, who presents, and what a laser points at.
/// </summary>
/// <param name="callers">Who calls, and what they may do.</param>
/// <param name="connections">Which connections joined.</param>
/// <param name="voices">What each connection says to the others.</param>
/// <param name="hub">Whose groups followers are in.</param>
public sealed class PresenceCalls(
    HubCallers callers, FrameConnections connections, PresenceVoices voices, IHubContext<FrameHub> hub)
{
    /// <summary>The caller's voice among those who look at the dataset.</summary>
    /// <exception cref="HubException">They joined no session, or their page is embedded.</exception>
    public PresenceVoice VoiceOf(HubCallerContext call) => voices.Find(call.ConnectionId) ?? throw new HubException(
        HubCallers.IsEmbedded(call) && connections.Find(call.ConnectionId) is not null
            ? "A page that is embedded is not seen by others, and does not see them." : "Join a session first.");

    /// <summary>Points with the laser in a pane, 0 to 3, at places for all to see: z, y, x of each in µm, at most 32.</summary>
    /// <exception cref="ArgumentException">There are none or too many, or a number is out of its range.</exception>
    public void Point(HubCallerContext call, int pane, double[] points)
    {
        var voice = VoiceOf(call);
        if (points.Length is 0 or > PresenceVoice.MostLaserNumbers || points.Length % 3 != 0)
        {
            throw new ArgumentException($"The laser points at 1 to {PresenceVoice.MostLaserNumbers / 3} places of three numbers.");
        }

        new NumberRange("pane", 0, 3).Check(pane);
        Ranges.Um.Of("A place of the laser").Check(points, points.Length);
        voice.Point(pane, points);
    }

    /// <summary>Hears the views of another page from now on; empty for no page any more.</summary>
    public Task FollowAsync(HubCallerContext call, string page) => call.InTurnAsync(async () =>
    {
        Whereabouts.CheckId(page);
        var voice = VoiceOf(call);
        voice.Count();
        await UnfollowAsync(call, voice);
        voice.Follows = page;
        if (page.Length > 0)
        {
            await hub.Groups.AddToGroupAsync(
                call.ConnectionId, PresenceVoice.FollowersOf(voice.Dataset, page), call.ConnectionAborted);
        }
    });

    /// <summary>Begins to present to all who are here, for who may annotate; or ends it.</summary>
    public Task PresentAsync(HubCallerContext call, bool isPresenting) => call.InTurnAsync(async () =>
    {
        var voice = VoiceOf(call);
        voice.Count();
        if (isPresenting)
        {
            await callers.RequireAsync(call, voice.Dataset, DatasetRole.Annotate);
            voice.MayPresent = true;
        }

        voice.Present(isPresenting);
    });

    /// <summary>
    /// A connection that joins anew follows nobody; where it shows another session or dataset then, the others are told that it left
    /// theirs.
    /// </summary>
    internal async Task LeaveBeforeAsync(HubCallerContext call, ViewSession next)
    {
        if (voices.Find(call.ConnectionId) is not { } before)
        {
            return;
        }

        await UnfollowAsync(call, before);
        if (before.Dataset != next.Dataset.Identity || before.Id != PresenceVoice.IdOf(next.Id))
        {
            voices.End(call.ConnectionId);
            await before.LeaveAsync();
        }
    }

    /// <summary>A connection may not look any more, though it is open for a moment: nobody hears it, and it follows nobody.</summary>
    internal async Task LeaveRefusedAsync(HubCallerContext call)
    {
        if (voices.End(call.ConnectionId) is { } voice)
        {
            await UnfollowAsync(call, voice);
            await voice.LeaveAsync();
        }
    }

    /// <summary>Whoever closed their page is gone at once; who lost the connection may be back soon.</summary>
    internal async Task LeaveAsync(HubCallerContext call, Exception? exception)
    {
        if (voices.End(call.ConnectionId) is { } voice && exception is null)
        {
            await voice.LeaveAsync();
        }
    }

    private async Task UnfollowAsync(HubCallerContext call, PresenceVoice voice)
    {
        if (voice.Follows is { Length: > 0 } before)
        {
            await hub.Groups.RemoveFromGroupAsync(call.ConnectionId, PresenceVoice.FollowersOf(voice.Dataset, before));
            voice.Follows = "";
        }
    }
}
