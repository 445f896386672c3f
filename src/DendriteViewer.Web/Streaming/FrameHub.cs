using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Presence;
using DendriteViewer.Web.Streaming.Calls;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming;

/// <summary>
/// View changes in, frames out. A connection first joins a session of one dataset. A call that writes, reads entries of the journal or
/// presents is checked against the role that the caller has then (<see cref="HubCallers"/>). Whether they may look at all is asked every
/// two seconds (<see cref="FrameConnection"/>), and holds for the calls that only look or say where the page is: once the right has ended
/// each call is refused, and the connection neither hears other pages nor is heard. What fails becomes the caller's answer in <see
/// cref="Hosting.HubFailures"/>. See docs/hub.md for the messages.
/// </summary>
/// <param name="callers">Who calls, and what they may do.</param>
/// <param name="entry">Joins and leaves sessions.</param>
/// <param name="places">Answers what is at a place.</param>
/// <param name="edits">Edits annotations.</param>
/// <param name="corrections">Corrects what the analysis found.</param>
/// <param name="presence">Tells the others who is where.</param>
[Authorize]
public sealed class FrameHub(
    HubCallers callers, SessionEntry entry, PlaceQueries places, EditCalls edits, CorrectionCalls corrections, PresenceCalls presence)
    : Hub
{
    /// <summary>Joins or begins a session.</summary>
    /// <returns>The scene: the dataset as the viewer needs it, the view, the role, JSON.</returns>
    public async Task<string> Join(string session, string dataset, string query) =>
        await entry.TryJoinAsync(Context, session, dataset, query) ?? throw HubCallers.Refused();

    /// <summary>
    /// As <see cref="Join"/> and <see cref="Layout"/> in one call, by which a page begins. Whether the dataset is open to the caller is not
    /// known before, so that a refusal is no failure.
    /// </summary>
    /// <returns>The scene, or null where the dataset is not open to the caller.</returns>
    public async Task<string?> Open(string session, string dataset, string query, int[] sizes, double ratio)
    {
        CheckLayout(sizes, ratio);
        var scene = await entry.TryJoinAsync(Context, session, dataset, query);
        if (scene is not null)
        {
            callers.ConnectionOf(Context).Layout(sizes, ratio);
        }

        return scene;
    }

    /// <summary>
    /// Width and height of the panes z, y, x, volume in device pixels (0 hides a pane), then, where two timesteps are compared, of the
    /// other one's pictures in the same order; and device pixels a CSS pixel.
    /// </summary>
    /// <returns>Of each pane, the number of the frame from which on an exact one has this layout.</returns>
    public long[] Layout(int[] sizes, double ratio)
    {
        CheckLayout(sizes, ratio);
        return callers.ConnectionOf(Context).Layout(sizes, ratio);
    }

    /// <summary>Changes some fields of the view; the newest wins.</summary>
    /// <returns>
    /// The revision that the change made; then of each pane, the number of the frame from which on an exact one shows this view.
    /// </returns>
    public long[] Look(string patch)
    {
        var connection = callers.ConnectionOf(Context);
        return [connection.Session.Update(v => ViewDto.Patch(v, patch), connection).Number, .. connection.Awaited()];
    }

    /// <summary>Answers, so that a page can tell a server that is silent from one that has nothing to say.</summary>
    public void Alive()
    {
    }

    /// <summary>A frame was drawn.</summary>
    public void Ack(int pane, long number) => callers.ConnectionOf(Context).Acknowledge((int)Ranges.Pane.Check(pane), number);

    /// <summary>The stored voxel at a point: z, y, x in µm. Null outside the volume.</summary>
    public Task<ProbeDto?> Probe(double z, double y, double x) => places.ProbeAsync(Context, PlaceQueries.At(z, y, x));

    /// <summary>As <see cref="Probe"/>, in the scan of the view's modality at these hours: the other of two compared, say.</summary>
    public Task<ProbeDto?> ProbeAt(double z, double y, double x, double hours) =>
        places.ProbeAsync(Context, PlaceQueries.At(z, y, x), hours);

    /// <summary>
    /// The stored voxels of the finer scans that hold a point, z, y, x in µm, inside the scan of the view's modality at these hours.
    /// </summary>
    public Task<NestedProbeDto[]> ProbeNested(double z, double y, double x, double hours) =>
        places.ProbeNestedAsync(Context, PlaceQueries.At(z, y, x), hours);

    /// <summary>What is seen in the 3D pane at a pixel: z, y, x in µm, or null.</summary>
    public Task<double[]?> Pick(double u, double v, int width, int height) => places.PickAsync(Context, u, v, width, height);

    /// <summary>Turns the slices so that one of them, 0 z, 1 y or 2 x, goes through three points: z, y, x of each in µm.</summary>
    /// <returns>The revision that the change made.</returns>
    public long PlaneThrough(int slice, double[] points) => places.PlaneThrough(Context, slice, points);

    /// <summary>Marks a site at a point in the timestep shown.</summary>
    /// <returns>Its id.</returns>
    public Task<string> AddSite(double z, double y, double x) => edits.AddSiteAsync(Context, PlaceQueries.At(z, y, x));

    /// <summary>Moves a site.</summary>
    /// <returns>True, which tells the browser that it was done: of a method without a result it gets null, as after a refusal.</returns>
    public async Task<bool> MoveSite(string id, int version, double z, double y, double x)
    {
        await edits.MoveSiteAsync(Context, id, version, PlaceQueries.At(z, y, x));
        return true;
    }

    /// <summary>Deletes a site.</summary>
    public Task DeleteSite(string id) => edits.DeleteSiteAsync(Context, id);

    /// <summary>Does operations on annotations, each once however often it is sent.</summary>
    /// <param name="ops">A list of <see cref="EditOp"/>, JSON.</param>
    /// <returns>A list of <see cref="EditAnswer"/>, JSON, after what they did is committed.</returns>
    /// <exception cref="BudgetSpentException">Too many edits in a short time: none is done, and all are sent again later.</exception>
    public Task<string> Edit(string ops) => edits.ApplyAsync(Context, ops);

    /// <summary>What was written after an entry of the dataset's journal; -1 for everything as it is.</summary>
    /// <returns>Entries, or the whole state where they are too many or not open to the caller; JSON.</returns>
    public Task<string> EntriesSince(long number) => edits.EntriesSinceAsync(Context, number);

    /// <summary>Gives the page what its earlier sessions did, to take back: it was loaded again, or its server forgot it.</summary>
    /// <param name="sessions">The page's earlier sessions; its own is always among them.</param>
    /// <returns>What can be taken back, as in the message <c>edits</c>.</returns>
    public Task<string> Recall(string[] sessions) => edits.RecallAsync(Context, sessions);

    /// <summary>What this session can take back, as in the message <c>edits</c>, after what its panels do now.</summary>
    public Task<string> EditCounts() => edits.CountsAsync(Context);

    /// <summary>Takes the page's last edit of annotations back. False where there is none.</summary>
    public async Task<bool> Undo() => await UndoStep() is not null;

    /// <summary>Makes the edit again that was taken back last. False where there is none.</summary>
    public async Task<bool> Redo() => await RedoStep() is not null;

    /// <summary>As <see cref="Undo"/>, and says what it did. Null where there is nothing to take back.</summary>
    public Task<EditStepDto?> UndoStep() => edits.UndoAsync(Context);

    /// <summary>As <see cref="Redo"/>, and says what it did. Null where there is nothing to make again.</summary>
    public Task<EditStepDto?> RedoStep() => edits.RedoAsync(Context);

    /// <summary>
    /// Moves the interface through points, for everybody: all of them, [[z, y, x], …] in µm, JSON; [] for what was found.
    /// </summary>
    public Task SetInterface(string points) => corrections.SetInterfaceAsync(Context, points);

    /// <summary>
    /// Moves the cell's outline through points, for everybody: all of them, [[u, v], …] in µm along the two axes across the depth axis,
    /// JSON; [] for what was found.
    /// </summary>
    public Task SetOutline(string points) => corrections.SetOutlineAsync(Context, points);

    /// <summary>Says where the page's person is, JSON; see <see cref="Whereabouts"/>. The newest word wins.</summary>
    public void Here(string where) => presence.VoiceOf(Context).Tell(Whereabouts.Read(where));

    /// <summary>Points with the laser in a pane, at places for all to see: z, y, x of each in µm, at most 32.</summary>
    public void Point(int pane, double[] points) => presence.Point(Context, pane, points);

    /// <summary>
    /// Hears the views of another page from now on, as the message <c>theirs</c>; empty for no page any more.
    /// </summary>
    public Task Follow(string page) => presence.FollowAsync(Context, page);

    /// <summary>Begins to present to all who are here, for who may annotate; or ends it.</summary>
    public Task Present(bool isPresenting) => presence.PresentAsync(Context, isPresenting);

    /// <summary>
    /// How others know the page: its public id, its person's public key in this dataset, which several pages share, their colour and name.
    /// </summary>
    public string[] Me() => presence.VoiceOf(Context).Me;

    /// <inheritdoc/>
    public override Task OnConnectedAsync()
    {
        CallTurns.Begin(Context);
        return base.OnConnectedAsync();
    }

    /// <inheritdoc/>
    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        await entry.LeaveAsync(Context, exception);
        await base.OnDisconnectedAsync(exception);
    }

    private static void CheckLayout(int[]? sizes, double ratio)
    {
        Ranges.PaneSide.Of("A layout's sizes").Check(sizes?.Select(s => (double)s).ToArray(), sizes?.Length == 16 ? 16 : 8);
        Ranges.PixelRatio.Check(ratio);
    }
}
