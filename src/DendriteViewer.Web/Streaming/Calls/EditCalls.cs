using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Viewing;
using MessagePack;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming.Calls;

/// <summary>
/// Edits of annotations: by operations, by single calls of clients that keep nothing, taken back and made again; and the entries of the
/// dataset's journal. See docs/hub.md.
/// </summary>
/// <param name="callers">Who calls, and what they may do.</param>
/// <param name="access">Whether they see names and what was overwritten.</param>
/// <param name="edits">Does operations.</param>
/// <param name="sites">The sites.</param>
/// <param name="measurements">Measures what is drawn.</param>
/// <param name="budgets">How much each may ask for.</param>
public sealed class EditCalls(
    HubCallers callers, DatasetAccess access, EditDesk edits, SiteLog sites, MeasurementDesk measurements, Budgets budgets)
{
    // Sessions that a page had before, at most.
    private const int MostSessions = 16;

    // How long the counts wait for an edit of a panel: a large import takes longer, and nobody takes that back before it is there.
    private static readonly TimeSpan s_editPatience = TimeSpan.FromSeconds(5);

    /// <summary>Does operations on annotations, each once however often it is sent.</summary>
    /// <param name="call">Who edits.</param>
    /// <param name="ops">A list of <see cref="EditOp"/>, JSON.</param>
    /// <returns>A list of <see cref="EditAnswer"/>, JSON, after what they did is committed.</returns>
    /// <exception cref="BudgetSpentException">
    /// Too many edits, or too much to measure, in a short time: none is done, and all are sent again later.
    /// </exception>
    /// <exception cref="ArgumentException">They cannot be read, or more than one of them measures voxels.</exception>
    public async Task<string> ApplyAsync(HubCallerContext call, string ops)
    {
        var read = EditOp.ReadAll(ops);
        MeasurementDesk.CheckTogether(read);
        var (session, editor) = await callers.EditorAsync(call, read.Count);
        var order = new MeasurementOrder(
            session.Dataset, editor, MaySave: true, HubCallers.BudgetOf(call), session.Measurements);
        var asked = new List<EditOp>(read.Count);

        // All of it is measured before any of it is written, so that of a call that is refused for its budget nothing is done.
        foreach (var op in read)
        {
            asked.Add(await measurements.PrepareAsync(order, WithWhatIsSeen(op, session), call.ConnectionAborted));
        }

        return JsonSerializer.Serialize(await edits.ApplyAsync(session.Dataset, asked, editor, call.ConnectionAborted), EditOp.Json);
    }

    /// <summary>What was written after an entry of the dataset's journal; -1 for everything as it is.</summary>
    /// <returns>Entries, or the whole state where they are too many or not open to the caller; JSON.</returns>
    public async Task<string> EntriesSinceAsync(HubCallerContext call, long number)
    {
        var shown = callers.SessionOf(call).Dataset;
        if (shown.Kept is not null)
        {
            throw new HubException("The link shows a state that was kept, which nothing is added to.");
        }

        var dataset = shown.Identity;
        var grant = await access.GrantAsync(call.User!, dataset, call.ConnectionAborted) ?? throw HubCallers.Refused();
        new NumberRange("The number", -1, long.MaxValue).Check(number);
        return (await edits.SinceAsync(dataset, number, grant.SeesLog, grant.SeesNames, call.ConnectionAborted)).ToJsonString();
    }

    /// <summary>Gives the page what its earlier sessions did, to take back: it was loaded again, or its server forgot it.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="earlier">The page's earlier sessions; its own is always among them.</param>
    /// <returns>What can be taken back, as in the message <c>edits</c>.</returns>
    public async Task<string> RecallAsync(HubCallerContext call, string[] earlier)
    {
        if (earlier is not { Length: <= MostSessions } || !Array.TrueForAll(earlier, ViewSession.IsId))
        {
            throw new HubException($"A page names at most {MostSessions} sessions of {ViewSession.LeastIdChars} to "
                + $"{ViewSession.MostIdChars} characters.");
        }

        var (session, editor) = await callers.EditorAsync(call);
        await edits.RecallAsync(session.Dataset.Identity, editor.Person.Key, session.Edits, earlier, call.ConnectionAborted);
        return JsonSerializer.Serialize(session.Edits.Counts, ViewDto.Json);
    }

    /// <summary>
    /// What the session can take back, as in the message <c>edits</c>, after what its panels do now. What a panel did is seen by another
    /// line than the hub's, on which that message may still be on its way, and some panels show it before it is kept.
    /// </summary>
    public async Task<string> CountsAsync(HubCallerContext call)
    {
        var (session, _) = await callers.EditorAsync(call, edits: 0);
        try
        {
            await session.Edits.SettledAsync().WaitAsync(s_editPatience, TimeProvider.System, call.ConnectionAborted);
        }
        catch (TimeoutException)
        {
            // What was made before is known all the same.
        }

        return JsonSerializer.Serialize(session.Edits.Counts, ViewDto.Json);
    }

    /// <summary>Marks a site in the timestep shown.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> AddSiteAsync(HubCallerContext call, WorldPoint at)
    {
        var (session, editor) = await callers.EditorAsync(call);
        return (await sites.AddAsync(session.Dataset, at, session.Current.View, editor, call.ConnectionAborted)).Id;
    }

    /// <summary>Moves a site.</summary>
    public async Task MoveSiteAsync(HubCallerContext call, string id, int version, WorldPoint at)
    {
        var (session, editor) = await callers.EditorAsync(call);
        var site = (await sites.ListAsync(session.Dataset.Identity)).FirstOrDefault(s => s.Id == id)
            ?? throw new HubException("The site is not there any more.");
        await sites.ChangeAsync(
            session.Dataset, site with { Version = version, ZUm = at.Z, YUm = at.Y, XUm = at.X }, editor, call.ConnectionAborted);
    }

    /// <summary>Deletes a site.</summary>
    public async Task DeleteSiteAsync(HubCallerContext call, string id)
    {
        var (session, editor) = await callers.EditorAsync(call);
        await sites.DeleteAsync(session.Dataset.Identity, id, editor, call.ConnectionAborted);
    }

    /// <summary>Takes the page's last edit back. Null where there is nothing to take back.</summary>
    public Task<EditStepDto?> UndoAsync(HubCallerContext call) => StepAsync(call, (history, by, ct) => history.UndoAsync(by, ct));

    /// <summary>Makes the edit again that was taken back last. Null where there is nothing to make again.</summary>
    public Task<EditStepDto?> RedoAsync(HubCallerContext call) => StepAsync(call, (history, by, ct) => history.RedoAsync(by, ct));

    private async Task<EditStepDto?> StepAsync(
        HubCallerContext call, Func<EditHistory, Person, CancellationToken, Task<EditStepResult?>> step)
    {
        var (session, editor) = await callers.EditorAsync(call, edits: 0);

        // Taking back a stroke of a mask costs what making it did.
        budgets.Stroke(HubCallers.BudgetOf(call));
        return await step(session.Edits, editor.Person, call.ConnectionAborted) is { } done
            ? new EditStepDto(done.Name, done.Changed, done.Kept.Count, done.Warning ?? "",
                JsonSerializer.Serialize(session.Edits.Counts, ViewDto.Json))
            : null;
    }

    // What the person sees while they mark or judge a site.
    private static EditOp WithWhatIsSeen(EditOp op, ViewSession session)
    {
        if (!op.SeenNow || op.Kind != "site" || op.Fields is null || (op.Do != EditAction.Add && !op.Fields.ContainsKey("status")))
        {
            return op;
        }

        var fields = (JsonObject)op.Fields.DeepClone();
        fields["judgedIn"] = JsonSerializer.SerializeToNode(
            JudgedVolumes.ShownIn(session.Dataset, session.Current.View, session.PicturesOf(op.Id)), SiteLog.Json);
        return op with { Fields = fields };
    }
}

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
