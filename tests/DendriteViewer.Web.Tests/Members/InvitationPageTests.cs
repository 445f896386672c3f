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
    public async Task Join_WithAnAddressThatHasAnAccount_IsAnsweredAsOneThatHasNone_AndLeavesThatAccountAsItWas()
    {
        var name = "J" + Guid.NewGuid().ToString("N");
        var known = await scene.Running.AddPersonAsync(name);
        var answers = new List<string>();
        foreach (var address in new[] { $"{name.ToLowerInvariant()}@example.org", $"{Guid.NewGuid():N}@example.org" })
        {
            var page = await scene.NewInvitationAsync();
            using var answer = await RunningApp.PostFormAsync(scene.Running.NewBrowser(), page, "join",
                ("Input.Name", "Grace"), ("Input.Email", address), ("Input.Password", Chosen));
            var text = Regex.Replace(await answer.Content.ReadAsStringAsync(), "<[^>]*>", "");
            answers.Add(text.Replace(address, "", StringComparison.Ordinal));
            Assert.False(answer.Headers.Contains("Set-Cookie"));

            // Each took its invitation, and made the account of the address a member.
            Assert.Null(await scene.Service<Invitations>().FindAsync(page.Split('/')[^1]));
            Assert.True(await scene.Running.AskDatabaseAsync(db => db.Members.AnyAsync(
                m => db.Users.Any(u => u.Id == m.UserId && u.Email == address))));
        }

        Assert.Contains("Sign in to open it", answers[0]);
        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(name, await scene.Running.AskDatabaseAsync(
            db => db.Users.Where(u => u.Id == known).Select(u => u.DisplayName).SingleAsync()));
        await scene.Running.SignedInAsync($"{name.ToLowerInvariant()}@example.org");
    }
}
