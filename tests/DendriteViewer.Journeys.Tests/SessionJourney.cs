using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>One person in two browsers.</summary>
public sealed class SessionJourney(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task PasswordCodeAndSigningOutEverywhere_ReachTheOpenPageOfTheOtherBrowser()
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

        // A second factor, of which the phone's app shows codes: this test, from the key that the page gives for typing.
        await here.GotoAsync(server.Address + "/account/second-factor");
        await here.Locator(".qr svg").WaitForAsync();
        var key = (await here.Locator("code.key").TextContentAsync())!.Replace(" ", "");
        await here.FillAsync("[name='Input.Code']", CodeOf(key, 0));
        await here.ClickAsync("text=Set it up");
        await here.Locator(".recovery-codes li").Nth(9).WaitForAsync();
        Assert.Equal(10, await here.Locator(".recovery-codes li").CountAsync());
        await there.GotoAsync(server.Address + "/account");
        await there.ClickAsync("text=Sign out everywhere else");
        await there.GetByText("You are signed out everywhere else (1).").WaitForAsync();
        await SignInAsync(here, server, "another long password");
        await here.FillAsync("[name='Input.Code']", CodeOf(key, 1));
        await here.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await here.GetByText("No datasets yet").WaitForAsync();

        // The administrator's pages know of both; ending the other one's session closes the page that it has open.
        await there.GotoAsync(server.Address + "/");
        await there.GetByText("No datasets yet").WaitForAsync();
        await here.GotoAsync(server.Address + "/admin/audit");
        await here.GetByText("signed in by password and code").First.WaitForAsync();
        await here.GetByRole(AriaRole.Link, new() { Name = "Sessions" }).ClickAsync();
        await here.GetByRole(AriaRole.Button, new() { Name = "End a session of Ada" }).First.ClickAsync();
        await there.GetByText("An administrator ended this session; sign in again.").WaitForAsync();
        Assert.Empty(browser.Errors);
    }

    // RFC 6238, of the half minute so many after this one.
    private static string CodeOf(string key, int later)
    {
        var bits = string.Concat(key.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c), 2).PadLeft(5, '0')));
        byte[] secret = [.. bits.Chunk(8).Where(b => b.Length == 8).Select(b => Convert.ToByte(new string(b), 2))];
        var step = (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30) + later;
        byte[] counter = [.. BitConverter.GetBytes(step).Reverse()];
#pragma warning disable CA5350 // The standard's.
        var hash = System.Security.Cryptography.HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var at = hash[^1] & 0xF;
        var number = ((hash[at] & 0x7F) << 24) | (hash[at + 1] << 16) | (hash[at + 2] << 8) | hash[at + 3];
        return (number % 1_000_000).ToString("000000", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task SignInAsync(IPage page, AppServer server, string password)
    {
        await page.GotoAsync(server.Address + "/account/login");
        await page.FillAsync("[name='Input.Email']", "ada@example.org");
        await page.FillAsync("[name='Input.Password']", password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }
}
