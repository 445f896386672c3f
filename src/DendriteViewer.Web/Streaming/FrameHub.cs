using System.Text.Json;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Analysis;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Presence;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Viewing;
using MessagePack;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming;

/// <summary>
/// View changes in, frames out. A connection first joins a session of one dataset, and every later call is checked against
/// the role that the caller has then. See docs/hub.md for the messages.
/// </summary>
[Authorize]
public sealed partial class FrameHub(
    ViewSessions sessions, DatasetCatalog catalog, DatasetAccess access, FrameConnections connections, SiteLog sites,
        EditDesk edits, Analyses analyses, SliceRenderer slices,
    VolumeRenderer volumes, ComputeLanes lanes, Budgets budgets, PresenceVoices voices, DatasetOpenings openings) : Hub
{
    /// <summary>Joins or begins a session.</summary>
    /// <returns>The scene: the dataset as the viewer needs it, the view, the role, JSON.</returns>
    public async Task<string> Join(string session, string dataset, string query) =>
        await TryJoinAsync(session, dataset, query) ?? throw Refused();

    /// <summary>
    /// As <see cref="Join"/> and <see cref="Layout"/> in one call, by which a page begins. Whether the dataset is open to the caller is not
    /// known before, so that a refusal is no failure.
    /// </summary>
    /// <returns>The scene, or null where the dataset is not open to the caller.</returns>
    public async Task<string?> Open(string session, string dataset, string query, int[] sizes, double ratio)
    {
        CheckSizes(sizes);
        Ranges.PixelRatio.Check(ratio);
        var scene = await TryJoinAsync(session, dataset, query);
        connections.Find(Context.ConnectionId)?.Layout(sizes, ratio);
        return scene;
    }

    private async Task<string?> TryJoinAsync(string session, string dataset, string query)
    {
        var opened = await catalog.TryOpenAsync(Context.User!, dataset, DatasetRole.View, Context.ConnectionAborted, query);
        // An address may mean another dataset, which had this id.
        if (opened is null || (ViewLink.IdentityOf(query) is { } identity && identity != opened.Identity.Value)
            || await access.GrantAsync(Context.User!, opened.Identity, Context.ConnectionAborted) is not { } grant)
        {
            return null;
        }

        var place = budgets.Viewer(ClientKeys.Of(Context.User!, Context.GetHttpContext()?.Connection.RemoteIpAddress));
        try
        {
            return await InTurnAsync(() => JoinAsync(session, opened, grant, query, place));
        }
        catch
        {
            // Disposed twice where the connection had begun, which does no harm.
            place.Dispose();
            throw;
        }
    }

    private async Task<string> JoinAsync(string session, Dataset opened, DatasetGrant grant, string query, IDisposable place)
    {
        var identity = opened.Identity;
        var held = await sessions.HoldAsync(session, Context.User!.KeyOf(), opened, query, Context.ConnectionAborted) ?? throw Refused();
        var (user, context) = (Context.User!, Context);

        // Who may look but not see names any more joins again as a guest; so does who may see no more than what a frozen link keeps.
        async Task<bool> IsOpenAsync()
        {
            if (held.IsOver || await access.GrantAsync(user, identity) is not { } now || !now.Shows(held.Dataset))
            {
                return false;
            }

            voices.Find(context.ConnectionId)?.MayPresent = now.Role >= DatasetRole.Annotate;
            return now.SeesNames || !grant.SeesNames;
        }

        if (connections.Find(Context.ConnectionId) is { } before)
        {
            await Groups.LeaveAsync(Context.ConnectionId, before.Session.Dataset.Identity, Context.ConnectionAborted);
        }

        // Before the first news is read, so that none is missed. A guest who sees what a frozen link keeps neither hears nor is heard by
        // those who work on what is there now.
        await LeaveBeforeAsync(held);
        var isHeard = !IsEmbedded && (grant.IsMember || held.Dataset.Kept is null);
        if (isHeard)
        {
            await Groups.EnterAsync(Context.ConnectionId, identity, grant.SeesNames, Context.ConnectionAborted);
        }

        if (held.Dataset.Kept is null)
        {
            await Groups.AddToGroupAsync(
                Context.ConnectionId, DatasetGroups.Journal(identity, grant.SeesNames), Context.ConnectionAborted);
        }

        connections.Begin(
            Context.ConnectionId, held, grant.SeesNames, place, IsOpenAsync, context.Abort, context.ConnectionAborted);
        if (isHeard)
        {
            voices.Begin(Context.ConnectionId, held, user.PersonOf(), grant.Role);
        }

        _ = openings.NoteAsync(identity);
        if (Context.ConnectionAborted.IsCancellationRequested)
        {
            // It went while it joined; of one that goes from here on, OnDisconnectedAsync hears.
            voices.End(Context.ConnectionId);
        }

        var histogram = await catalog.HistogramAsync(held.Dataset.BasisOf(held.Volume(held.Current.View)), Context.ConnectionAborted);
        return JsonSerializer.Serialize(await SceneDto.OfAsync(
            held, held.Dataset.Kept is null ? grant.Role : DatasetRole.View, histogram, catalog, Context.ConnectionAborted),
            ViewDto.Json);
    }

    /// <summary>
    /// Width and height of the panes z, y, x, volume in device pixels (0 hides a pane), then, where two timesteps are compared, of the
    /// other one's pictures in the same order; and device pixels a CSS pixel.
    /// </summary>
    /// <returns>Of each pane, the number of the frame from which on an exact one has this layout.</returns>
    public long[] Layout(int[] sizes, double ratio)
    {
        CheckSizes(sizes);
        return Connection().Layout(sizes!, Ranges.PixelRatio.Check(ratio));
    }

    /// <summary>Changes some fields of the view; the newest wins.</summary>
    /// <returns>The revision that the change made; then of each pane, the number of the frame from which on an exact one shows this view.</returns>
    public long[] Look(string patch)
    {
        var connection = Connection();
        try
        {
            return [connection.Session.Update(v => ViewDto.Patch(v, patch), connection).Number, .. connection.Awaited()];
        }
        catch (ArgumentException e)
        {
            throw new HubException(e.Message);
        }
    }

    /// <summary>Answers, so that a page can tell a server that is silent from one that has nothing to say.</summary>
    public void Alive()
    {
    }

    /// <summary>A frame was drawn.</summary>
    public void Ack(int pane, long number) => Connection().Acknowledge((int)Ranges.Pane.Check(pane), number);

    /// <summary>The stored voxel at a point: z, y, x in µm. Null outside the volume.</summary>
    public Task<ProbeDto?> Probe(double z, double y, double x) => ProbeAt(z, y, x, Connection().Session.Current.View.Hours);

    /// <summary>As <see cref="Probe"/>, in the scan of the view's modality at these hours: the other of two compared, say.</summary>
    public async Task<ProbeDto?> ProbeAt(double z, double y, double x, double hours)
    {
        var session = Connection().Session;
        var at = Point(z, y, x);
        var volume = session.Volume(session.Current.View with { Hours = Ranges.Hours.Check(hours) });
        var hit = await slices.ProbeAsync(volume, at, Context.ConnectionAborted);
        return hit is { } h ? new ProbeDto(h.Value, session.Dataset.Depth.DepthOf(at).Um, h.Index.Z, h.Index.Y, h.Index.X) : null;
    }

    /// <summary>
    /// The stored voxels of the finer scans that hold a point, z, y, x in µm, inside the scan of the view's modality at these hours.
    /// </summary>
    public async Task<NestedProbeDto[]> ProbeNested(double z, double y, double x, double hours)
    {
        var session = Connection().Session;
        var at = Point(z, y, x);
        var around = session.Volume(session.Current.View with { Hours = Ranges.Hours.Check(hours) });
        var found = new List<NestedProbeDto>();
        foreach (var volume in NestedFields.In(session.Dataset, around))
        {
            if (await slices.ProbeAsync(volume, at, Context.ConnectionAborted) is { } h)
            {
                found.Add(new NestedProbeDto(volume.Key.Modality, h.Value, h.Index.Z, h.Index.Y, h.Index.X));
            }
        }

        return [.. found];
    }

    /// <summary>What is seen in the 3D pane at a pixel: z, y, x in µm, or null.</summary>
    public async Task<double[]?> Pick(double u, double v, int width, int height)
    {
        var session = Connection().Session;
        (Ranges.PaneSide with { Name = "The picture's width", Least = 1 }).Check(width);
        (Ranges.PaneSide with { Name = "The picture's height", Least = 1 }).Check(height);
        new NumberRange("u", 0, width, "pixels").Check(u);
        new NumberRange("v", 0, height, "pixels").Check(v);

        var view = session.Current.View;
        var gone = Context.ConnectionAborted;
        var hit = await lanes[Urgency.Moving].RunAsync(
            () => volumes.PickAsync(session.Volume(view), session.Dataset, view, width, height, u, v, gone), gone);
        return hit is { } p ? [p.Z, p.Y, p.X] : null;
    }

    /// <summary>Turns the slices so that one of them, 0 z, 1 y or 2 x, goes through three points: z, y, x of each in µm.</summary>
    /// <returns>The revision that the change made.</returns>
    public long PlaneThrough(int slice, double[] points)
    {
        var session = Connection().Session;
        var pane = (Pane)(int)new NumberRange("The slice", 0, 2).Check(slice);
        var c = Ranges.Um.Of("The points of a plane").Check(points, 9);
        WorldPoint[] three = [new(c[0], c[1], c[2]), new(c[3], c[4], c[5]), new(c[6], c[7], c[8])];

        // As a panel's change, so that the page hears of it and can take it back.
        return session.Update(v => ViewStates.Through(v, session.Dataset, session.Volume(v), pane, three), null).Number;
    }

    /// <summary>Marks a site at a point in the timestep shown.</summary>
    public async Task<string> AddSite(double z, double y, double x)
    {
        var (session, editor) = await EditorAsync();
        return (await sites.AddAsync(session.Dataset, Point(z, y, x), session.Current.View, editor, Context.ConnectionAborted)).Id;
    }

    /// <summary>Moves a site.</summary>
    /// <returns>True, which tells the browser that it was done: of a method without a result it gets null, as after a refusal.</returns>
    public async Task<bool> MoveSite(string id, int version, double z, double y, double x)
    {
        Point(z, y, x);
        var (session, editor) = await EditorAsync();
        var site = (await sites.ListAsync(session.Dataset.Identity)).FirstOrDefault(s => s.Id == id)
            ?? throw new HubException("The site is not there any more.");
        await GuardAsync(() => sites.ChangeAsync(session.Dataset, site with { Version = version, ZUm = z, YUm = y, XUm = x }, editor, Context.ConnectionAborted));
        return true;
    }

    /// <summary>Deletes a site.</summary>
    public async Task DeleteSite(string id)
    {
        var (session, editor) = await EditorAsync();
        await GuardAsync(() => sites.DeleteAsync(session.Dataset.Identity, id, editor, Context.ConnectionAborted));
    }

    /// <summary>Moves the interface through points, for everybody: all of them, [[z, y, x], …] in µm, JSON; [] for what was found.</summary>
    public Task SetInterface(string points) =>
        CorrectAsync(points, 3, (dataset, p, ct) =>
        analyses.CorrectInterfaceAsync(dataset, p.Select(c => new WorldPoint(c[0], c[1], c[2])).ToArray(), Context.User!.PersonOf(), ct));

    /// <summary>
    /// Moves the cell's outline through points, for everybody: all of them, [[u, v], …] in µm along the two axes across the depth axis, JSON;
    /// [] for what was found.
    /// </summary>
    public Task SetOutline(string points) =>
        CorrectAsync(points, 2, (dataset, p, ct) => analyses.CorrectOutlineAsync(
            dataset, p.Select(c => (c[0], c[1])).ToArray(), Context.User!.PersonOf(), ct));

    private async Task CorrectAsync(string points, int dimensions, Func<Dataset, double[][], CancellationToken, Task> correct)
    {
        var session = Connection().Session;
        if (!(await access.RoleAsync(Context.User!, session.Dataset.Identity, Context.ConnectionAborted) >= DatasetRole.Curate))
        {
            throw Refused();
        }

        RefuseFrozen(session);
        double[][] list;
        try
        {
            list = JsonSerializer.Deserialize<double[][]>(points) ?? [];
        }
        catch (JsonException)
        {
            list = [[]];
        }

        if (list.Any(p => p?.Length != dimensions))
        {
            throw new HubException(dimensions == 3 ? "The interface's points are [[z, y, x], …] in µm." : "The outline's points are [[u, v], …] in µm.");
        }

        Ranges.CorrectionPoints.Check(list.Length);
        Array.ForEach(list, p => Ranges.Um.Check(p, dimensions));
        try
        {
            await correct(session.Dataset, list, Context.ConnectionAborted);
        }
        catch (VolumeFormatException e)
        {
            throw new HubException(e.Message);
        }
    }

    /// <summary>Takes the page's last edit of annotations back. False where there is none.</summary>
    public async Task<bool> Undo() => await UndoStep() is not null;

    /// <summary>Makes the edit again that was taken back last. False where there is none.</summary>
    public async Task<bool> Redo() => await RedoStep() is not null;

    /// <summary>As <see cref="Undo"/>, and says what it did. Null where there is nothing to take back.</summary>
    public Task<EditStepDto?> UndoStep() => StepAsync((history, by, ct) => history.UndoAsync(by, ct));

    /// <summary>As <see cref="Redo"/>, and says what it did. Null where there is nothing to make again.</summary>
    public Task<EditStepDto?> RedoStep() => StepAsync((history, by, ct) => history.RedoAsync(by, ct));

    private async Task<EditStepDto?> StepAsync(Func<EditHistory, Person, CancellationToken, Task<EditStepResult?>> step)
    {
        var (session, editor) = await EditorAsync(edits: 0);

        // Taking back a stroke of a mask costs what making it did.
        budgets.Stroke(ClientKeys.Of(Context.User!, Context.GetHttpContext()?.Connection.RemoteIpAddress));
        return await step(session.Edits, editor.Person, Context.ConnectionAborted) is { } done
            ? new EditStepDto(done.Name, done.Changed, done.Kept.Count, done.Warning ?? "",
                JsonSerializer.Serialize(session.Edits.Counts, ViewDto.Json))
            : null;
    }

    /// <inheritdoc/>
    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        connections.End(Context.ConnectionId);
        await LeaveAsync(exception);
        await base.OnDisconnectedAsync(exception);
    }

    private static void CheckSizes(int[]? sizes) =>
        Ranges.PaneSide.Of("A layout's sizes").Check(sizes?.Select(s => (double)s).ToArray(), sizes?.Length == 16 ? 16 : 8);

    private FrameConnection Connection() => connections.Find(Context.ConnectionId) ?? throw new HubException("Join a session first.");

    // Who edits in which page, if they still may; so many edits are counted.
    private async Task<(ViewSession, Editor)> EditorAsync(int edits = 1)
    {
        var session = Connection().Session;
        RefuseFrozen(session);
        if (session.IsOver
            || !(await access.RoleAsync(Context.User!, session.Dataset.Identity, Context.ConnectionAborted) >= DatasetRole.Annotate))
        {
            throw Refused();
        }

        if (edits > 0)
        {
            budgets.Edit(ClientKeys.Of(Context.User!, Context.GetHttpContext()?.Connection.RemoteIpAddress), edits);
        }

        return (session, new Editor(Context.User!.PersonOf(), session.Edits));
    }

    private static async Task GuardAsync(Func<Task> edit)
    {
        try
        {
            await edit();
        }
        catch (Exception e) when (e is EditConflictException or ArgumentException)
        {
            throw new HubException(e.Message);
        }
    }

    private static WorldPoint Point(double z, double y, double x) => new(
        Ranges.Um.Of("z").Check(z), Ranges.Um.Of("y").Check(y), Ranges.Um.Of("x").Check(x));

    private static void RefuseFrozen(ViewSession session)
    {
        if (session.Dataset.Kept is not null)
        {
            throw new HubException(FrozenState.Refused);
        }
    }

    private static HubException Refused() => new("This is not open to you.");
}

/// <summary>A probed voxel.</summary>
/// <param name="Value">The stored value.</param>
/// <param name="DepthUm">Signed distance from the interface, positive into the electrolyte.</param>
/// <param name="Z">Voxel index along z.</param>
/// <param name="Y">Voxel index along y.</param>
/// <param name="X">Voxel index along x.</param>
[MessagePackObject]
public sealed record ProbeDto(
    [property: Key("value")] double Value,
    [property: Key("depthUm")] double DepthUm,
    [property: Key("z")] int Z,
    [property: Key("y")] int Y,
    [property: Key("x")] int X);

/// <summary>A probed voxel of a finer scan.</summary>
/// <param name="Modality">The scan's modality.</param>
/// <param name="Value">The stored value.</param>
/// <param name="Z">Voxel index along z.</param>
/// <param name="Y">Voxel index along y.</param>
/// <param name="X">Voxel index along x.</param>
[MessagePackObject]
public sealed record NestedProbeDto(
    [property: Key("modality")] string Modality,
    [property: Key("value")] double Value,
    [property: Key("z")] int Z,
    [property: Key("y")] int Y,
    [property: Key("x")] int X);

/// <summary>What an undo or redo did.</summary>
/// <param name="Name">The edit, as “import 12 sites”.</param>
/// <param name="Changed">How many annotations went back.</param>
/// <param name="Kept">How many were left as they are, since somebody changed them after the edit.</param>
/// <param name="Warning">One sentence about those; empty where there are none.</param>
/// <param name="Edits">What can be taken back after it, as in the message <c>edits</c>, which may come before or after this answer.</param>
[MessagePackObject]
public sealed record EditStepDto(
    [property: Key("name")] string Name,
    [property: Key("changed")] int Changed,
    [property: Key("kept")] int Kept,
    [property: Key("warning")] string Warning,
    [property: Key("edits")] string Edits);
