using System.Security.Claims;
using Bunit;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tests.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Sharing;

public sealed class ShareBoxTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    [Fact]
    public async Task Box_LinksWhoseMakersMayNotShareAnyMore_SaysThatTheyAreClosedAndWhy()
    {
        var (gone, demoted, stays) = (await host.AddMakerAsync(), await host.AddMakerAsync(), await host.AddMakerAsync());
        foreach (var (maker, name) in new[] { (gone, "of who left"), (demoted, "of who looks only"), (stays, "of who shares") })
        {
            await host.Links.CreateAsync(host.Dataset, DatasetRole.View, name, null, "", maker, default);
        }

        await using (var db = await host.Database.CreateDbContextAsync())
        {
            await db.Users.Where(u => u.Id == Guid.Parse(gone)).ExecuteDeleteAsync();
            await db.Members.Where(m => m.UserId == Guid.Parse(demoted))
                .ExecuteUpdateAsync(s => s.SetProperty(m => m.Role, DatasetRole.View));
        }

        Services.AddSingleton(new ShareDesk(host.Links, host.Access, host.Audit, new DendriteOptions()));
        Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        _ = Popovers;
        var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, stays)], "test"));
        var session = await host.SessionAsync();
        var box = Render<ShareBox>(p => p.AddCascadingValue(Task.FromResult(new AuthenticationState(user))).Add(b => b.Session, session));
        box.WaitForAssertion(() => Assert.Equal(3, box.FindAll(".link-list li").Count));
        Assert.Contains("closed: the account that made it was removed", TextOf("of who left"), StringComparison.Ordinal);
        Assert.Contains("closed: who made it may not share this dataset any more", TextOf("of who looks only"), StringComparison.Ordinal);
        Assert.Contains("no end", TextOf("of who shares"), StringComparison.Ordinal);
        Assert.Equal(2, box.FindAll(".link-list li.ended").Count);

        // A state that is cited ends when somebody wants it to.
        await box.InvokeAsync(() => box.FindComponent<LinkChoicesForm>().Instance.ChoicesChanged.InvokeAsync(
            new LinkChoices(LinkKind.Frozen)));
        await box.InvokeAsync(() => box.Find("form.share-form").Submit());
        box.WaitForAssertion(() => Assert.Contains("no end", box.FindAll(".link-list li").Single(
            l => l.TextContent.Contains("frozen", StringComparison.Ordinal)).TextContent, StringComparison.Ordinal));
        Assert.Contains("Its link has no end", box.Markup, StringComparison.Ordinal);

        string TextOf(string name) => box.FindAll(".link-list li").Single(l => l.TextContent.Contains(name)).TextContent;
    }
}

/// <summary>Links that are copied, in a dataset of their own.</summary>
public sealed class ShareBoxCopyTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    [Fact]
    public async Task Copy_OfALinkThatASiteMayNotShowAnyMore_SaysSo()
    {
        var maker = await host.AddMakerAsync();
        await host.Links.CreateAsync(host.Dataset, DatasetRole.View, "Shown elsewhere", null, "", maker, default,
            new LinkChoices(EmbedOrigins: ["https://wiki.example.org"]));
        Services.AddSingleton(new ShareDesk(host.Links, host.Access, host.Audit, new DendriteOptions()));
        Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        _ = Popovers;
        var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, maker)], "test"));
        var session = await host.SessionAsync();
        var box = Render<ShareBox>(p => p.AddCascadingValue(Task.FromResult(new AuthenticationState(user))).Add(b => b.Session, session));
        box.WaitForAssertion(() => Assert.Contains("Shown elsewhere", box.Markup, StringComparison.Ordinal));
        var line = box.FindComponents<ShareLinkLine>().Single(l => l.Instance.Listed.Link.Name == "Shown elsewhere");
        await box.InvokeAsync(() => line.Instance.Copy.InvokeAsync());
        box.WaitForAssertion(() => Assert.Contains(
            "Not shown in frames by https://wiki.example.org", box.Find("[role=status]").TextContent, StringComparison.Ordinal));
    }
}
