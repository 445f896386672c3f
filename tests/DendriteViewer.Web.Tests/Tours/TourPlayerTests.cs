using System.Security.Claims;
using Bunit;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Servers;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Tours;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Tours;

public sealed class TourPlayerTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    [Fact]
    public async Task Address_OfATourThatIsNotThere_SaysSo_AndOffersNothingToTryAgain()
    {
        var news = new ServerNews(null, false, TimeProvider.System, NullLogger<ServerNews>.Instance);
        Services.AddSingleton(new TourDesk(host.Tours, host.Sessions, news));
        Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        Services.AddSingleton(TimeProvider.System);
        _ = Popovers;
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/d/x?tour={Guid.NewGuid():N}");
        var user = new ClaimsPrincipal(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, (await host.AddUserAsync(administrator: true)).ToString())], "test"));
        var session = await host.SessionAsync();
        var player = Render<TourPlayer>(p => p.AddCascadingValue(Task.FromResult(new AuthenticationState(user)))
            .Add(c => c.Session, session).Add(c => c.Stage, new TourStage()));
        player.WaitForAssertion(() => Assert.Contains("not there any more", player.Find("[role=alert]").TextContent));
        Assert.DoesNotContain("Try again", player.Markup);
        Assert.DoesNotContain("no views yet", player.Markup);
    }
}
