using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming;

/// <summary>Edits of annotations by operations, and the entries of the dataset's journal. See docs/hub.md.</summary>
public sealed partial class FrameHub
{
    // Sessions that a page had before, at most.
    private const int MostSessions = 16;

    /// <summary>Does operations on annotations, each once however often it is sent.</summary>
    /// <param name="ops">A list of <see cref="EditOp"/>, JSON.</param>
    /// <returns>A list of <see cref="EditAnswer"/>, JSON, after what they did is committed.</returns>
    /// <exception cref="BudgetSpentException">Too many edits in a short time: none is done, and all are sent again later.</exception>
    public async Task<string> Edit(string ops)
    {
        var read = EditOp.ReadAll(ops);
        var (session, editor) = await EditorAsync(read.Count);
        EditOp[] asked = [.. read.Select(op => WithWhatIsSeen(op, session))];
        return JsonSerializer.Serialize(await edits.ApplyAsync(session.Dataset, asked, editor, Context.ConnectionAborted), EditOp.Json);
    }

    /// <summary>What was written after an entry of the dataset's journal; -1 for everything as it is.</summary>
    /// <returns>Entries, or the whole state where they are too many or not open to the caller; JSON.</returns>
    public async Task<string> EntriesSince(long number)
    {
        var shown = Connection().Session.Dataset;
        if (shown.Kept is not null)
        {
            throw new HubException("The link shows a state that was kept, which nothing is added to.");
        }

        var dataset = shown.Identity;
        var grant = await access.GrantAsync(Context.User!, dataset, Context.ConnectionAborted) ?? throw Refused();
        var seesLog = grant.IsMember && grant.Role >= DatasetRole.Annotate;
        new NumberRange("The number", -1, long.MaxValue).Check(number);
        return (await edits.SinceAsync(dataset, number, seesLog, grant.SeesNames, Context.ConnectionAborted)).ToJsonString();
    }

    /// <summary>Gives the page what its earlier sessions did, to take back: it was loaded again, or its server forgot it.</summary>
    /// <param name="sessions">The page's earlier sessions; its own is always among them.</param>
    /// <returns>What can be taken back, as in the message <c>edits</c>.</returns>
    public async Task<string> Recall(string[] sessions)
    {
        if (sessions is not { Length: <= MostSessions } || !Array.TrueForAll(sessions, ViewSession.IsId))
        {
            throw new HubException($"A page names at most {MostSessions} sessions of {ViewSession.LeastIdChars} to "
                + $"{ViewSession.MostIdChars} characters.");
        }

        var (session, editor) = await EditorAsync();
        await edits.RecallAsync(session.Dataset.Identity, editor.Person.Key, session.Edits, sessions, Context.ConnectionAborted);
        return JsonSerializer.Serialize(session.Edits.Counts, ViewDto.Json);
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
