using System.Security.Claims;
using Bunit;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Tests.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Annotations;

public sealed class SitesPanelTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    private readonly SiteLog _log = host.Sites;

    [Fact]
    public async Task Panel_WithoutSites_SaysWhatToDoNext()
    {
        var panel = await RenderAsync();
        Assert.Contains("No sites yet", panel.Markup);
    }

    [Fact]
    public async Task Panel_AnotherPersonsSite_AppearsByItselfAndIsEdited()
    {
        var panel = await RenderAsync();
        var session = panel.Instance.Session;
        var site = await _log.AddAsync(host.Dataset, new WorldPoint(50, 60, 70), 1.5, "projection", new Person("ben", "Ben"), default);
        session.Update(v => v with { Selected = site.Id }, null);
        panel.WaitForAssertion(() => Assert.Contains("by Ben", panel.Markup));
        await panel.Find("textarea").ChangeAsync(new() { Value = "by the void" });
        panel.WaitForAssertion(() =>
            Assert.Equal("by the void", _log.ListAsync(host.Dataset.Identity).Result.Single(s => s.Id == site.Id).Note));
        await panel.Find(".danger").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.DoesNotContain("by Ben", panel.Markup));
    }

    [Fact]
    public async Task Panel_OfSomebodyWhoMayOnlyLook_OffersNoEdits()
    {
        var panel = await RenderAsync(mayEdit: false);
        Assert.Empty(panel.FindAll("button"));
    }

    private async Task<IRenderedComponent<SitesPanel>> RenderAsync(bool mayEdit = true)
    {
        var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, (await host.AddUserAsync(administrator: true)).ToString())], "test"));
        Services.AddSingleton(_log);
        Services.AddSingleton(host.Access);
        Services.AddSingleton(host.Analyses);
        Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        var session = await host.SessionAsync();
        var state = Task.FromResult(new AuthenticationState(user));
        _ = Popovers;
        return Render<SitesPanel>(p => p.AddCascadingValue(state).Add(c => c.Session, session).Add(c => c.MayEdit, mayEdit).Add(c => c.By, new Person("me", "Me")));
    }
}
