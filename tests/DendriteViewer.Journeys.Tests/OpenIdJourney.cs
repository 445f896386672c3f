using System.Net;
using DendriteViewer.Web.Tests.OpenId;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>A person who signs in at an identity provider, by the buttons that a browser shows.</summary>
public sealed class OpenIdJourney(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task SignIn_AtAProvider_LeadsThereAndBackAndSigningOutEndsIt()
    {
        await browser.BeginAsync();
        await using var provider = new OpenIdProcess();
        await provider.StartAsync();
        await using var server = await AppServer.StartAsync(
            demo: false, behindNginx: false, [.. provider.Arguments.Chunk(2).Select(a => (a[0][2..].Replace(":", "__"), a[1]))]);
        var page = await browser.NewPageAsync();
        await page.BecomeAdministratorAsync(server);
        await page.GetByText("No datasets yet").WaitForAsync();
        await SignOutAsync(page);

        // Whose e-mail the provider has not verified, is told so and let in nowhere.
        await SignInAsync(page, "someone", "ada@example.org", isVerified: false);
        await page.GetByText("Campus login has not verified your e-mail").WaitForAsync();

        await page.GotoAsync(server.Address + "/jobs");
        await SignInAsync(page, "ada-at-campus", "ada@example.org", isVerified: true);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Jobs", Exact = true }).WaitForAsync();
        await UseTokenAsync(page, server);
        await SignOutAsync(page);
        await page.GotoAsync(server.Address + "/");
        await page.GetByText("Sign in with Campus login").WaitForAsync();
        Assert.Empty(browser.Errors);
    }

    // A token for a program is shown once, works, and ends when it is revoked.
    private static async Task UseTokenAsync(IPage page, AppServer server)
    {
        await page.GotoAsync(server.Address + "/tokens");
        await page.GetByText("linked", new() { Exact = true }).WaitForAsync();

        // The provider signed her in an hour ago, as it says; she is sent there again, and comes back to where she was.
        await page.GetByText("Confirm that it is you").ClickAsync();
        await page.GetByText("Sign in again with Campus login").ClickAsync();
        await FillInAsync(page, "ada-at-campus", "ada@example.org", isVerified: true);
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("script");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make token" }).ClickAsync();
        var token = await page.Locator("code").Filter(new() { HasText = "dvp_" }).InnerTextAsync();
        using var program = new HttpClient();
        program.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync(server.Address + "/api/datasets")).StatusCode);
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke script" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke script" }).First.WaitForAsync(
            new() { State = WaitForSelectorState.Detached });
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync(server.Address + "/api/datasets")).StatusCode);
    }

    private static async Task SignInAsync(IPage page, string subject, string email, bool isVerified)
    {
        await page.GetByText("Sign in with Campus login").ClickAsync();
        await FillInAsync(page, subject, email, isVerified);
    }

    private static async Task FillInAsync(IPage page, string subject, string email, bool isVerified)
    {
        await page.GetByRole(AriaRole.Heading, new() { Name = "Sign in at the provider of tests" }).WaitForAsync();
        await page.GetByLabel("Subject").FillAsync(subject);
        await page.GetByLabel("E-mail").FillAsync(email);
        await page.GetByLabel("Verified").FillAsync(isVerified ? "true" : "false");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    private static async Task SignOutAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Account and theme" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GetByText("Sign in with Campus login").WaitForAsync();
    }
}
