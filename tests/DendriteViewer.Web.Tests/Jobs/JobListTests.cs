using System.Security.Claims;
using Bunit;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Tests.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Jobs;

/// <summary>Who sees which jobs, and what each may do about them.</summary>
public sealed class JobListTests : MudContext
{
    private readonly TestHost _host = new();

    public override Task InitializeAsync() => _host.InitializeAsync();

    protected override async Task EndAsync()
    {
        await base.EndAsync();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData(null, 1, 0)]
    [InlineData(DatasetRole.View, 2, 0)]
    [InlineData(DatasetRole.Curate, 2, 1)]
    public async Task List_OfAMember_HasTheirOwnJobsAndThoseOfTheirDatasets(DatasetRole? role, int seen, int buttons)
    {
        var ben = await _host.AddUserAsync();
        await using (var db = await _host.Database.CreateDbContextAsync())
        {
            if (role is { } r)
            {
                db.Members.Add(new DatasetMember { DatasetIdentity = _host.Dataset.Identity.Value, UserId = ben, Role = r });
                await db.SaveChangesAsync();
            }
        }

        // Kinds that nobody here does fail at once.
        await StartAsync(new JobRequest("Unknown", "cell", _host.Dataset.Id.Value, "", _host.Dataset.Identity.Value), "ada");
        await StartAsync(new JobRequest(ImportHandler.Name, "folder of Ben", null, ""), ben.ToString());
        await StartAsync(new JobRequest(ImportHandler.Name, "folder of Ada", null, ""), "ada");
        await StartAsync(new JobRequest(ImportHandler.Name, "scan of Ada", _host.Dataset.Id.Value, "", _host.Dataset.Identity.Value),
            "ada");
        var list = RenderFor(ben);
        list.WaitForAssertion(() => Assert.Equal(seen, list.FindAll(".job").Count));
        Assert.Equal(buttons, list.FindAll("button").Count);
        Assert.DoesNotContain("of Ada", list.Markup);
        Assert.Contains("folder of Ben", list.Markup);
    }

    [Fact]
    public async Task List_OfAnAdministrator_TriesAgainWhatFailed()
    {
        var job = await StartAsync(new JobRequest("Unknown", "cell", _host.Dataset.Id.Value, "", _host.Dataset.Identity.Value), "ada");
        var list = RenderFor(await _host.AddUserAsync(administrator: true));
        list.WaitForAssertion(() => Assert.Contains("does not know jobs of the kind", list.Markup));
        await list.InvokeAsync(() => list.Find("button").Click());
        list.WaitForAssertion(() => Assert.Equal(2, list.FindAll(".job.failed").Count));
        Assert.NotEqual(job.Id, _host.Jobs.Jobs[0].Id);
        Assert.Equal("Ada", _host.Jobs.Jobs[0].By);
    }

    // The page was opened with the right to stop it, which was taken away since.
    [Fact]
    public async Task List_OfSomebodyWhoseRightEnded_TriesNothingAgain()
    {
        var ada = await _host.AddUserAsync(administrator: true);
        await StartAsync(new JobRequest("Unknown", "cell", null, ""), "ada");
        var list = RenderFor(ada);
        list.WaitForAssertion(() => Assert.Single(list.FindAll("button")));
        await using (var db = await _host.Database.CreateDbContextAsync())
        {
            (await db.Users.FindAsync(ada))!.IsAdministrator = false;
            await db.SaveChangesAsync();
        }

        await list.InvokeAsync(() => list.Find("button").Click());
        Assert.Single(_host.Jobs.Jobs);
    }

    private async Task<Job> StartAsync(JobRequest request, string by)
    {
        var job = await _host.Jobs.StartAsync(request, new Person(by, by));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (_host.Jobs.Jobs.Single(j => j.Id == job.Id).IsActive)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }

        return job;
    }

    private IRenderedComponent<JobList> RenderFor(Guid user)
    {
        Services.AddSingleton(_host.Jobs);
        Services.AddSingleton(new JobAccess(_host.Access));
        Services.AddSingleton(TimeProvider.System);
        var principal = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user.ToString()), new("dendrite:name", "Ada")], "Test"));
        return Render<JobList>(p => p.AddCascadingValue(Task.FromResult(new AuthenticationState(principal))));
    }
}
