using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Presence;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming;

// What pages that look at one dataset tell one another: where each looks, who follows whom, who presents, and what a laser points at.
public sealed partial class FrameHub
{
    private static readonly object s_turn = new();

    // A page in a frame of another site shows a view: it neither sees nor hears the others, nor is seen.
    private bool IsEmbedded => Context.User!.HasClaim(c => c.Type == DendriteClaims.Embedded);

    /// <inheritdoc/>
    public override Task OnConnectedAsync()
    {
        // It has no handle of the operating system, so that nobody has to dispose of it.
        Context.Items[s_turn] = new SemaphoreSlim(1);
        return base.OnConnectedAsync();
    }

    /// <summary>Says where the page's person is, JSON; see <see cref="Whereabouts"/>. The newest word wins.</summary>
    public void Here(string where) => Voice().Tell(Whereabouts.Read(where));

    /// <summary>Points with the laser in a pane, at places for all to see: z, y, x of each in µm, at most 32.</summary>
    public void Point(int pane, double[] points)
    {
        var voice = Voice();
        if (points.Length is 0 or > PresenceVoice.MostLaserNumbers || points.Length % 3 != 0)
        {
            throw new ArgumentException($"The laser points at 1 to {PresenceVoice.MostLaserNumbers / 3} places of three numbers.");
        }

        new NumberRange("pane", 0, 3).Check(pane);
        Ranges.Um.Of("A place of the laser").Check(points, points.Length);
        voice.Point(pane, points);
    }

    /// <summary>
    /// Hears the views of another page from now on, as the message <c>theirs</c>; empty for no page any more.
    /// </summary>
    public Task Follow(string page) => InTurnAsync(async () =>
    {
        Whereabouts.CheckId(page);
        var voice = Voice();
        voice.Count();
        await UnfollowAsync(voice);
        voice.Follows = page;
        if (page.Length > 0)
        {
            await Groups.AddToGroupAsync(
                Context.ConnectionId, PresenceVoice.FollowersOf(voice.Dataset, page), Context.ConnectionAborted);
        }

        return true;
    });

    /// <summary>Begins to present to all who are here, for who may annotate; or ends it.</summary>
    public Task Present(bool isPresenting) => InTurnAsync(async () =>
    {
        var voice = Voice();
        voice.Count();
        if (isPresenting)
        {
            if (!(await access.RoleAsync(Context.User!, voice.Dataset, Context.ConnectionAborted) >= DatasetRole.Annotate))
            {
                throw Refused();
            }

            voice.MayPresent = true;
        }

        voice.Present(isPresenting);
        return true;
    });

    /// <summary>
    /// How others know the page: its public id, its person's public key in this dataset, which several pages share, their colour and name.
    /// </summary>
    public string[] Me() => Voice().Me;

    private PresenceVoice Voice() => voices.Find(Context.ConnectionId) ?? throw new HubException(
        IsEmbedded && connections.Find(Context.ConnectionId) is not null
            ? "A page that is embedded is not seen by others, and does not see them." : "Join a session first.");

    // Calls of one connection run at once; those that change its groups go one after another, each from what the one before left.
    private async Task<T> InTurnAsync<T>(Func<Task<T>> change)
    {
        var turn = (SemaphoreSlim)Context.Items[s_turn]!;
        await turn.WaitAsync(Context.ConnectionAborted);
        try
        {
            return await change();
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task UnfollowAsync(PresenceVoice voice)
    {
        if (voice.Follows is { Length: > 0 } before)
        {
            await Groups.RemoveFromGroupAsync(Context.ConnectionId, PresenceVoice.FollowersOf(voice.Dataset, before));
            voice.Follows = "";
        }
    }

    // A connection that joins anew follows nobody; where it shows another session or dataset then, the others are told that it left theirs.
    private async Task LeaveBeforeAsync(ViewSession next)
    {
        if (voices.Find(Context.ConnectionId) is not { } before)
        {
            return;
        }

        await UnfollowAsync(before);
        if (before.Dataset != next.Dataset.Identity || before.Id != PresenceVoice.IdOf(next.Id))
        {
            voices.End(Context.ConnectionId);
            await before.LeaveAsync();
        }
    }

    // Whoever closed their page is gone at once; who lost the connection may be back soon.
    private async Task LeaveAsync(Exception? exception)
    {
        if (voices.End(Context.ConnectionId) is { } voice && exception is null)
        {
            await voice.LeaveAsync();
        }
    }
}
