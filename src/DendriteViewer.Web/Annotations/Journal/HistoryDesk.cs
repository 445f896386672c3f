using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>The versions of an annotation as somebody may see them in a panel.</summary>
/// <param name="Versions">The versions, oldest first; null where they are not open to the visitor.</param>
/// <param name="Failure">Why they could not be read; null where they could.</param>
public sealed record HistoryView(IReadOnlyList<ObjectVersion>? Versions, string? Failure = null);

/// <summary>Where panels read and restore versions of annotations of any kind: asks for the right each time.</summary>
public sealed class HistoryDesk(EditDesk desk, DatasetAccess access, Budgets budgets, Failures failures)
{
    /// <summary>Reads the versions of an annotation. What was overwritten, and by whom, is for members who edit.</summary>
    public async Task<HistoryView> ReadAsync(ViewSession session, ClaimsPrincipal user, string kind, string id)
    {
        try
        {
            return await access.GrantAsync(user, session.Dataset.Identity) is { SeesLog: true }
                ? new HistoryView(await desk.VersionsAsync(session.Dataset.Identity, kind, id, default))
                : new HistoryView(null);
        }
        catch (Exception e)
        {
            return new HistoryView(null, failures.Tell(e));
        }
    }

    /// <summary>Makes an annotation what it was at a version, as a new edit that the page can take back.</summary>
    /// <param name="session">The page's.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="kind">The annotation's kind.</param>
    /// <param name="id">Which.</param>
    /// <param name="version">What it is made again.</param>
    /// <param name="seen">The newest version that was seen: what somebody made of it since is not overwritten.</param>
    /// <returns>Why it was refused; null where it was done.</returns>
    public async Task<string?> RestoreAsync(ViewSession session, ClaimsPrincipal user, string kind, string id, int version, int seen)
    {
        using var making = session.Edits.Making();
        try
        {
            if (await access.GrantAsync(user, session.Dataset.Identity) is not { SeesLog: true })
            {
                return "Restoring is not open to you any more.";
            }

            budgets.Edit(ClientKeys.OfPage(user), 1);
            var op = new EditOp
            {
                Key = Guid.NewGuid().ToString("N"), Kind = kind, Do = EditAction.Restore, Id = id, Of = version, Base = seen,
            };
            var answers = await desk.ApplyAsync(session.Dataset, [op], new Editor(user.PersonOf(), session.Edits), default);
            return answers[0].Outcome switch
            {
                EditOutcome.Refused => answers[0].Why,
                EditOutcome.Unchanged => $"It is as version {version} left it already.",
                _ => null,
            };
        }
        catch (Exception e)
        {
            return failures.Tell(e);
        }
    }
}
