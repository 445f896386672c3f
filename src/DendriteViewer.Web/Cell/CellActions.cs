using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Cell;

/// <summary>
/// What the sections of the cell's tab do to the cell, for the person of the page; the tab cascades it. The right may have ended since
/// the page was opened, so it is asked for each time. What was refused is told in the tab.
/// </summary>
public sealed class CellActions(
    ViewSession session, CellDesk desk, DatasetAccess access, Failures failures, Task<AuthenticationState>? authentication)
{
    private readonly SemaphoreSlim _setting = new(1, 1);

    /// <summary>Raised when <see cref="Refusal"/> changes.</summary>
    public event Action? Changed;

    /// <summary>Why the last change was refused; null where it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Forgets the refusal.</summary>
    public void Clear() => Tell(null);

    /// <summary>Changes the cell, as a step that undo takes back.</summary>
    /// <returns>Whether it was changed.</returns>
    public Task<bool> ChangeAsync(CellEdit edit) =>
        RunAsync(1, by => desk.ChangeAsync(session.Dataset, edit, by, default));

    /// <summary>
    /// Changes settings that the page shows, as a step that undo takes back. Changes are saved in the order in which they are made, since
    /// each builds on the one before.
    /// </summary>
    /// <returns>Whether they were changed.</returns>
    public async Task<bool> SetAsync(ChangeSettings change)
    {
        await _setting.WaitAsync();
        try
        {
            return await ChangeAsync(change);
        }
        finally
        {
            _setting.Release();
        }
    }

    /// <summary>Adds a file.</summary>
    /// <param name="kind">What it holds.</param>
    /// <param name="name">Its name.</param>
    /// <param name="open">Opens its content.</param>
    /// <param name="said">What is said of it; null for nothing.</param>
    /// <returns>The file; null where it was refused.</returns>
    public async Task<CellFile?> AddAsync(CellFileKind kind, string name, Func<Stream> open, DescribeFile? said = null)
    {
        CellFile? added = null;
        await RunAsync(CellDesk.FileCounts, async by =>
        {
            await using var content = open();
            added = await desk.AddAsync(session.Dataset, kind, name, content, by, default, said);
        });
        return added;
    }

    /// <summary>Whose budget is spent for what the person of the page has the server compute.</summary>
    public async Task<ClientKeys> ClientAsync() =>
        ClientKeys.OfPage(authentication is null ? new() : (await authentication).User);

    private async Task<bool> RunAsync(int counts, Func<Editor, Task> work)
    {
        using var making = session.Edits.Making();
        try
        {
            var user = authentication is null ? null : (await authentication).User;
            if (user is null || !(await access.RoleAsync(user, session.Dataset.Identity) >= DatasetRole.Annotate))
            {
                Tell("Changing this dataset’s cell is not open to you any more.");
                return false;
            }

            desk.Spend(user, counts);
            await work(new Editor(user.PersonOf(), session.Edits));
            Tell(null);
            return true;
        }
        catch (Exception e)
        {
            Tell(failures.Tell(e));
            return false;
        }
    }

    private void Tell(string? refusal)
    {
        if (Refusal != refusal)
        {
            Refusal = refusal;
            Changed?.Invoke();
        }
    }
}
