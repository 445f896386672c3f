using System.Text.RegularExpressions;
using DendriteViewer.Web.Members;
using DendriteViewer.Web.Tests.Hosting;
using DendriteViewer.Web.Tests.Hosting.Authorization;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Members;

[Collection(AuthorizationScene.Name)]
public sealed class InvitationPageTests(AuthorizationScene scene)
{
    private const string Chosen = "chosen for this one";

    [Fact]
    public async Task Join_WithAnAddress_IsAnsweredAlikeWhetherItHasAnAccount_AndWaitsUntilThatAccountAccepts()
    {
        var name = "J" + Guid.NewGuid().ToString("N");
        var known = await scene.Running.AddPersonAsync(name);
        var (answers, later) = (new List<string>(), new List<string>());
        foreach (var (address, given) in new[]
            { ($"{name.ToLowerInvariant()}@example.org", Chosen), ($"{Guid.NewGuid():N}@example.org", RunningApp.Password) })
        {
            var page = await scene.NewInvitationAsync();
            var guest = scene.Running.NewBrowser();
            using var answer = await RunningApp.PostFormAsync(guest, page, "join",
                ("Input.Name", "Grace"), ("Input.Email", address), ("Input.Password", given));
            answers.Add(TextOf(await answer.Content.ReadAsStringAsync()).Replace(address, "", StringComparison.Ordinal));
            Assert.False(answer.Headers.Contains("Set-Cookie"));

            // Who holds the invitation makes nobody a member by an address, and the page tells no more afterwards.
            later.Add(TextOf(await guest.GetStringAsync(page)).Replace(address, "", StringComparison.Ordinal));
            Assert.False(await IsMemberAsync(address));
            Assert.Equal(address, (await scene.Service<Invitations>().FindAsync(page.Split('/')[^1]))?.Email);

            var owner = await scene.Running.SignedInAsync(address);
            using var accepted = await RunningApp.PostFormAsync(owner, page, "accept");
            Assert.Equal("/d/" + scene.Running.Dataset.Value, accepted.Headers.Location?.OriginalString);
            Assert.True(await IsMemberAsync(address));
        }

        Assert.Contains("Sign in to open it", answers[0]);
        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(later[0], later[1]);
        Assert.Equal(name, await scene.Running.AskDatabaseAsync(
            db => db.Users.Where(u => u.Id == known).Select(u => u.DisplayName).SingleAsync()));

        Task<bool> IsMemberAsync(string address) => scene.Running.AskDatabaseAsync(db => db.Members.AnyAsync(
            m => db.Users.Any(u => u.Id == m.UserId && u.Email == address)
                && db.Invitations.Any(i => i.Email == address && i.DatasetIdentity == m.DatasetIdentity)));
    }

    private static string TextOf(string html) => Regex.Replace(html, "<[^>]*>", "");
}
