using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>One person in two browsers.</summary>
public sealed class SessionJourney(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task PasswordChangedInOneBrowser_OpenPageOfTheOther_IsLedToSigningInWithTheReason()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync();
        var here = await browser.NewPageAsync();
        await here.BecomeAdministratorAsync(server);
        await here.GetByText("No datasets yet").WaitForAsync();
        var there = await browser.NewPageAsync();
        await SignInAsync(there, server, "a long password");
        await there.GetByText("No datasets yet").WaitForAsync();

        await here.GotoAsync(server.Address + "/account/password");
        await here.FillAsync("[name='Input.Now']", "a long password");
        await here.FillAsync("[name='Input.Next']", "another long password");
        await here.ClickAsync("text=Change it");
        await here.GetByText("Your password is changed").WaitForAsync();

        // Nobody touches the other browser; its open page asks again by itself.
        await there.GetByText("Your password was changed; sign in again.").WaitForAsync();
        await SignInAsync(there, server, "another long password");
        await there.GetByText("No datasets yet").WaitForAsync();
        await here.GotoAsync(server.Address + "/");
        await here.GetByText("No datasets yet").WaitForAsync();
        Assert.Empty(browser.Errors);
    }

    private static async Task SignInAsync(IPage page, AppServer server, string password)
    {
        await page.GotoAsync(server.Address + "/account/login");
        await page.FillAsync("[name='Input.Email']", "ada@example.org");
        await page.FillAsync("[name='Input.Password']", password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }
}
