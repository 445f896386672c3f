using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Bookmarks;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tokens;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Hosting.Authorization;

/// <summary>How one visitor of each kind comes to the scene: by an account, a link, a token, or nothing.</summary>
internal sealed class SceneVisitors(AuthorizationScene scene)
{
    /// <summary>A visitor of a kind, with what they hold.</summary>
    public async Task<Visitor> ComeAsync(string kind)
    {
        var open = await scene.Running.LinkAsync(DatasetRole.View);
        switch (kind)
        {
            case "anonymous":
                return new Visitor(kind) { Link = open.Link.Id, Token = open.Token, Bookmark = await BookmarkAsync(null) };
            case "public":
                var visiting = new Visitor(kind) { Link = open.Link.Id, Token = open.Token, Bookmark = await BookmarkAsync(null) };
                await using (await scene.OpenForAsync(visiting))
                {
                    var visitor = scene.Running.NewBrowser();
                    (await visitor.GetAsync("/d/" + scene.Running.Dataset.Value)).EnsureSuccessStatusCode();
                    visiting.Cookies = scene.CookiesOf(visitor);
                }

                return visiting;
            case "look-link" or "mark-link" or "two-links" or "expired" or "revoked" or "demoted" or "orphaned":
                return await ComeByLinkAsync(kind);
            case "token" or "foreign-token":
                var of = await scene.Running.AddPersonAsync("program-" + kind, role: kind == "token" ? DatasetRole.Own : null);
                var scopes = kind == "token" ? TokenScopes.Annotate : TokenRights.Everything;
                return new Visitor(kind)
                {
                    Account = of, Link = open.Link.Id, Token = open.Token, Bookmark = await BookmarkAsync(of),
                    AccessToken = (await scene.Service<PersonalTokens>().CreateAsync(of, new TokenOrder(kind, scopes, 30))).Text,
                };
            default:
                DatasetRole? role = kind switch
                {
                    "viewer" => DatasetRole.View,
                    "annotator" => DatasetRole.Annotate,
                    "curator" => DatasetRole.Curate,
                    "owner" or "removed" or "disabled" => DatasetRole.Own,
                    _ => null,
                };
                var id = await scene.Running.AddPersonAsync(kind, kind == "admin", role);
                var member = new Visitor(kind, kind)
                {
                    Account = id, Link = open.Link.Id, Token = open.Token, Bookmark = await BookmarkAsync(id),
                };
                await scene.SignInAsync(member);
                if (kind == "disabled")
                {
                    await scene.Running.AddPersonAsync("another-admin", administrator: true);
                    await scene.Service<People>().DisableAsync(id);
                }

                if (kind == "removed")
                {
                    await scene.Service<People>().RemoveAsync(id);
                }

                return member;
        }
    }

    private async Task<Visitor> ComeByLinkAsync(string kind)
    {
        var maker = await scene.Running.AddPersonAsync("maker-of-" + kind, role: DatasetRole.Curate);
        var (link, token) = await scene.Running.LinkAsync(
            kind is "look-link" or "two-links" ? DatasetRole.View : DatasetRole.Annotate, maker);
        var browser = scene.Running.NewBrowser();
        if (kind == "two-links")
        {
            await TakeAsync(browser, maker);
        }

        (await browser.GetAsync("/s/" + token)).EnsureSuccessStatusCode();
        if (kind == "expired")
        {
            await scene.Running.AskDatabaseAsync(db => db.Links.Where(l => l.Id == link.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(l => l.ExpiresAt, 1L)));
        }
        else if (kind == "revoked")
        {
            await scene.Service<ShareLinks>().RevokeAsync(scene.Running.Identity, link.Id, default);
        }
        else if (kind == "demoted")
        {
            await scene.Service<People>().SetRoleAsync(scene.Running.Identity, maker, DatasetRole.Annotate);
        }
        else if (kind == "orphaned")
        {
            await scene.Service<People>().RemoveAsync(maker);
        }

        return new Visitor(kind)
        {
            Link = link.Id, Token = token, Cookies = scene.CookiesOf(browser), Bookmark = await BookmarkAsync(null),
        };
    }

    // Opens a link to annotate that works once, by its button.
    private async Task TakeAsync(HttpClient browser, Guid maker)
    {
        var (_, token) = await scene.Service<ShareLinks>().CreateAsync(scene.Running.Stored, DatasetRole.Annotate, "once", null, "",
            maker.ToString(), default, new LinkChoices(IsOneTime: true));
        (await browser.GetAsync("/s/" + token)).EnsureSuccessStatusCode();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/s/" + token) { Content = new FormUrlEncodedContent([]) };
        request.Headers.Add("Origin", scene.Running.Address);
        using var answer = await browser.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    // One's own, or shared by an account that nobody has.
    private async Task<Guid> BookmarkAsync(Guid? owner)
    {
        var bookmark = new Bookmark
        {
            Id = Guid.NewGuid(), DatasetIdentity = scene.Running.Identity.Value, OwnerId = owner ?? Guid.NewGuid(), Author = "Ada",
            Name = "A view", View = "v=1&t=2", IsShared = owner is null,
        };
        await scene.Running.AskDatabaseAsync(async db =>
        {
            db.Bookmarks.Add(bookmark);
            return await db.SaveChangesAsync();
        });
        return bookmark.Id;
    }
}
