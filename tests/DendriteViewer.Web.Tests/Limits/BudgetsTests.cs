using System.Net;
using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Limits;

namespace DendriteViewer.Web.Tests.Limits;

public sealed class BudgetsTests : IDisposable
{
    private readonly Budgets _budgets = new(new DendriteOptions
    {
        PictureBurstMegapixels = 20, PictureMegapixelsPerSecond = 0.1, PicturesAtOnce = 2, ViewersPerAccount = 2, SignInsPerMinute = 3,
    });

    public void Dispose() => _budgets.Dispose();

    private static ClientKeys Account(string name, string address = "10.0.0.1") =>
        new("account:" + name, IsShared: false, "address:" + address);

    [Fact]
    public async Task Spend_MoreThanTheAccountHas_IsRefusedWithATime()
    {
        (await _budgets.SpendAsync(Account("ada"), 16.8, default)).Dispose();
        var refused = await Assert.ThrowsAsync<BudgetSpentException>(() => _budgets.SpendAsync(Account("ada"), 16.8, default));
        Assert.InRange(refused.After.TotalSeconds, 1, 1000);

        // Another account at the same address has its own budget, until the address has spent four times as much.
        foreach (var name in new[] { "bo", "cy", "di" })
        {
            (await _budgets.SpendAsync(Account(name), 16.8, default)).Dispose();
        }

        await Assert.ThrowsAsync<BudgetSpentException>(() => _budgets.SpendAsync(Account("ed"), 16.8, default));
        (await _budgets.SpendAsync(Account("fi", "10.0.0.2"), 16.8, default)).Dispose();
    }

    // What was done offline comes in calls of many; a call that is refused is sent again at the time that the sentence names.
    [Fact]
    public void Edit_MoreThanAPersonMakes_IsRefusedWithATimeAndLeavesOthersAlone()
    {
        for (var i = 0; i < 5; i++)
        {
            _budgets.Edit(Account("ada"), 200);
        }

        var refused = Assert.Throws<BudgetSpentException>(() => _budgets.Edit(Account("ada"), 200));
        Assert.Matches("^Too many edits from this account, link or address; ask again in [0-9]+ s.$", refused.Message);
        Assert.InRange(refused.After.TotalSeconds, 0.5, 10);
        _budgets.Edit(Account("bo"), 200);

        // What the address refuses costs the account nothing.
        var last = 0;
        while (Record.Exception(() => _budgets.Edit(Account($"cy {last}"), 1000)) is null)
        {
            last++;
        }

        _budgets.Edit(Account($"cy {last}", "10.0.0.2"), 1000);
    }

    [Fact]
    public void Invitation_MoreThanAnAccountOrADatasetMayHave_IsRefusedWithATimeAndCostsTheOtherNothing()
    {
        var (dataset, other) = (DatasetIdentity.New(), DatasetIdentity.New());
        void Invite(Guid account, DatasetIdentity to, int count)
        {
            for (var i = 0; i < count; i++)
            {
                _budgets.Invitation(account, to);
            }
        }

        var ada = Guid.NewGuid();
        Invite(ada, dataset, Budgets.InvitationsAtOnce);
        var refused = Assert.Throws<BudgetSpentException>(() => _budgets.Invitation(ada, other));
        Assert.Equal("Too many invitations from this account; ask again in 120 s.", refused.Message);

        // The refused one is not counted: the dataset takes as many of another account as are left.
        Invite(Guid.NewGuid(), dataset, Budgets.InvitationsAtOnce);
        refused = Assert.Throws<BudgetSpentException>(() => _budgets.Invitation(Guid.NewGuid(), dataset));
        Assert.Equal("Too many invitations to this dataset; ask again in 60 s.", refused.Message);
        Invite(Guid.NewGuid(), other, Budgets.InvitationsAtOnce);
    }

    // A page of thumbnails asks for all of them at once.
    [Fact]
    public async Task Spend_MorePicturesThanAtOnce_WaitForOneAnother()
    {
        var first = await _budgets.SpendAsync(Account("ada"), 0.1, default);
        using var second = await _budgets.SpendAsync(Account("ada"), 0.1, default);
        var third = _budgets.SpendAsync(Account("ada"), 0.1, default);
        Assert.False(third.IsCompleted);
        first.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task Spend_CallerThatGivesUpWaiting_LeavesItsPlace()
    {
        var holders = new[] {
            await _budgets.SpendAsync(Account("ada"), 0.1, default), await _budgets.SpendAsync(Account("ada"), 0.1, default) };
        using var stop = new CancellationTokenSource();
        var waiting = _budgets.SpendAsync(Account("ada"), 0.1, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Array.ForEach(holders, h => h.Dispose());
        (await _budgets.SpendAsync(Account("ada"), 0.1, default)).Dispose();
    }

    [Fact]
    public void Stroke_FasterThanAnybodyPaints_IsRefusedWithATime()
    {
        for (var i = 0; i < 60; i++)
        {
            _budgets.Stroke(Account("ada"));
        }

        Assert.True(Assert.Throws<BudgetSpentException>(() =>
        {
            for (var i = 0; i < 60; i++)
            {
                _budgets.Stroke(Account("ada"));
            }
        }).After > TimeSpan.Zero);
        _budgets.Stroke(Account("bo"));
    }

    [Fact]
    public void Viewer_MoreThanTheAccountMayHave_IsRefusedUntilOneGoes()
    {
        var first = _budgets.Viewer(Account("ada"));
        using var second = _budgets.Viewer(Account("ada"));
        Assert.Throws<BudgetSpentException>(() => _budgets.Viewer(Account("ada")));
        first.Dispose();
        _budgets.Viewer(Account("ada")).Dispose();
    }

    [Fact]
    public void SignIn_TooManyFromAnAddress_AreRefusedThere()
    {
        var client = Account("ada");
        for (var i = 0; i < 3; i++)
        {
            _budgets.SignIn(client);
        }

        Assert.Throws<BudgetSpentException>(() => _budgets.SignIn(client));
        _budgets.SignIn(Account("ada", "10.0.0.2"));
    }

    [Fact]
    public void Keys_OfALink_AreSharedByItsGuests()
    {
        ClaimsPrincipal Guest(string id) =>
            new(new ClaimsIdentity([new(DendriteClaims.Link, "7"), new(DendriteClaims.GuestId, id)], "Link"));
        Assert.Equal(ClientKeys.Of(Guest("a"), IPAddress.Loopback), ClientKeys.Of(Guest("b"), IPAddress.Loopback));
        Assert.True(ClientKeys.Of(Guest("a"), IPAddress.Loopback).IsShared);
    }

    [Theory]
    [InlineData("2001:db8:1:2:3::4", "2001:db8:1:2:ffff::1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1", true)]
    public void Keys_OfAddresses_AreThoseOfTheirNetwork(string a, string b, bool same)
    {
        var nobody = new ClaimsPrincipal(new ClaimsIdentity());
        Assert.Equal(same, ClientKeys.Of(nobody, IPAddress.Parse(a)).Address == ClientKeys.Of(nobody, IPAddress.Parse(b)).Address);
    }
}
