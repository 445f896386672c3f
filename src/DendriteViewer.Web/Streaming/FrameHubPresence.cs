using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Presence;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming;

// What pages that look at one dataset tell one another: where each looks, who follows whom, who presents, and what a laser points at.
public sealed partial class FrameHub
{
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
    public async Task Follow(string page)
    {
        Whereabouts.CheckId(page);
        var voice = Voice();
        voice.Count();
        if (voice.Follows is { Length: > 0 } before)
        {
            await Groups.RemoveFromGroupAsync(Context.ConnectionId, PresenceVoice.FollowersOf(voice.Dataset, before));
        }

        voice.Follows = page;
        if (page.Length > 0)
        {
            await Groups.AddToGroupAsync(
                Context.ConnectionId, PresenceVoice.FollowersOf(voice.Dataset, page), Context.ConnectionAborted);
        }
    }

    /// <summary>Begins to present to all who are here, or ends it; for who may annotate.</summary>
    public async Task Present(bool isPresenting)
    {
        var voice = Voice();
        voice.Count();
        if (!(await access.RoleAsync(Context.User!, voice.Dataset, Context.ConnectionAborted) >= DatasetRole.Annotate))
        {
            throw Refused();
        }

        voice.MayPresent = true;
        voice.Present(isPresenting);
    }

    /// <summary>
    /// How others know the page: its public id, its person's public key in this dataset, which several pages share, their colour and name.
    /// </summary>
    public string[] Me() => Voice().Me;

    private PresenceVoice Voice() => voices.Find(Context.ConnectionId) ?? throw new HubException("Join a session first.");

    // Whoever closed their page is gone at once; who lost the connection may be back soon.
    private async Task LeaveAsync(Exception? exception)
    {
        if (voices.End(Context.ConnectionId) is { } voice && exception is null)
        {
            await voice.LeaveAsync();
        }
    }
}
