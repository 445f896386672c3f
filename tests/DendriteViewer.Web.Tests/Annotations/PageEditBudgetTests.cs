using System.Security.Claims;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Measurements;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>What a page edits without the hub costs the account's edits as well, and is refused with a time when they are spent.</summary>
public sealed class PageEditBudgetTests(TestHost host) : IClassFixture<TestHost>
{
    private const string Told = "Too many edits from this account, link or address; ask again in ";

    private static readonly Failures s_failures = new(new SecretRedactor(), NullLogger<Failures>.Instance);

    [Fact]
    public async Task PanelEdits_BeyondTheBudget_AreRefusedWithATimeAndNotDone()
    {
        var (user, other) = (await UserAsync(), await UserAsync());
        var session = await host.SessionAsync();
        var log = new SiteLog(host.Database, host.Time, host.Journal, host.Schemas);
        var sites = new SiteDesk(log, host.Schemas, host.Analyses, host.Access, host.Budgets, s_failures);
        var isDone = false;
        Task DoAsync(SiteLog of, Editor by)
        {
            isDone = true;
            return Task.CompletedTask;
        }

        // An import of as many as may be made at once takes all, and a second one waits for some ten seconds.
        Assert.Null(await sites.TryAsync(session, user, (_, _) => Task.CompletedTask, 5000));
        Assert.StartsWith(Told, await sites.TryAsync(session, user, DoAsync, 1000), StringComparison.Ordinal);
        Assert.False(isDone);
        Assert.Null(await sites.TryAsync(session, other, DoAsync, 1000));
        Assert.True(isDone);
        Assert.Null(await sites.TryAsync(session, other, (_, _) => Task.CompletedTask, 0));

        var site = await log.AddAsync(host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", user.PersonOf(), default);
        await log.ChangeAsync(host.Dataset, site with { Note = "later" }, user.PersonOf(), default);
        var history = new HistoryDesk(new EditDesk(host.Journal, [log]), host.Access, host.Budgets, s_failures);
        Assert.StartsWith(
            Told, await SpentAsync(user, () => history.RestoreAsync(session, user, "site", site.Id, 1, 2)), StringComparison.Ordinal);

        var order = new MeasurementOrder(
            host.Dataset, user.PersonOf(), MaySave: true, ClientKeys.OfPage(user), Page: null);
        var ruler = new Measurement
        {
            Id = "", Kind = MeasurementKind.Ruler, PointsUm = [[60, 60, 60], [60, 60, 90]], Hours = 0, Modality = "projection",
        };
        var drawn = await host.Measurements.MeasureAsync(order with { Client = ClientKeys.OfPage(await UserAsync()) }, ruler, default);
        foreach (Func<Task> edit in (Func<Task>[])[
            () => host.Measurements.MeasureAsync(order, ruler, default),
            async () => drawn = await host.Measurements.RenameAsync(order, drawn with { Label = drawn.Label + "a" }, default),
            () => host.Measurements.DeleteAsync(order, drawn.Id, default)])
        {
            Assert.StartsWith(Told, await SpentAsync(user, async () =>
            {
                try
                {
                    await edit();
                    return null;
                }
                catch (BudgetSpentException e)
                {
                    return e.Message;
                }
            }), StringComparison.Ordinal);
        }

        Assert.NotNull(await host.Measurements.Log.FindAsync(host.Dataset.Identity, drawn.Id, default));
    }

    // Edits when all are spent. They come back, a hundred each second, so another moment is tried where one came between.
    private async Task<string?> SpentAsync(ClaimsPrincipal user, Func<Task<string?>> edit)
    {
        string? told = null;
        for (var tries = 0; told is null && tries < 5; tries++)
        {
            foreach (var count in (int[])[500, 100, 10, 1])
            {
                try
                {
                    while (true)
                    {
                        host.Budgets.Edit(ClientKeys.OfPage(user), count);
                    }
                }
                catch (BudgetSpentException)
                {
                    // Fewer may be left.
                }
            }

            told = await edit();
        }

        return told;
    }

    private async Task<ClaimsPrincipal> UserAsync()
    {
        var id = (await host.AddUserAsync(administrator: true)).ToString();
        return new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, id), new("dendrite:name", "Me")], "test"));
    }
}
