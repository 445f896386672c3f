using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Accounts.SignIn;

/// <summary>Attacks on sign-in, with a clock that the test moves: what guessing gains, and whom it delays.</summary>
public sealed class SignInThrottleTests : IAsyncLifetime
{
    private const string Ada = "ADA@EXAMPLE.ORG", Home = "address:10.0.0.1";
    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-throttle-").FullName;
    private readonly ManualTime _time = new();
    private SignInThrottle _throttle = null!;

    public async Task InitializeAsync()
    {
        var services = new ServiceCollection().AddDbContextFactory<DendriteDb>(o =>
            o.UseSqlite($"Data Source={_folder}/test.db;Pooling=False")).BuildServiceProvider();
        var database = services.GetRequiredService<IDbContextFactory<DendriteDb>>();
        await using var db = await database.CreateDbContextAsync();
        await db.Database.EnsureCreatedAsync();
        _throttle = new SignInThrottle(database, _time);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task GuessesAtOneAccountFromOneNetwork_WheneverTheyAreLookedAt_AreAHundredInADay()
    {
        var looked = 0;
        for (var end = _time.GetUtcNow().AddDays(1); _time.GetUtcNow() < end;)
        {
            var attempt = await TryAsync(Ada, "address:66.6.6.6");
            looked += attempt.Wait == TimeSpan.Zero ? 1 : 0;
            _time.Advance(attempt.Wait > TimeSpan.FromSeconds(1) ? attempt.Wait : TimeSpan.FromSeconds(1));
        }

        // Five for nothing, ten while the delay doubles to a quarter of an hour, then four an hour.
        Assert.InRange(looked, 50, 112);
    }

    [Fact]
    public async Task AttackFromManyNetworks_PersonAtTheirUsualNetwork_IsNeverDelayed()
    {
        for (var i = 0; i < 120; i++)
        {
            await TryAsync(Ada, $"address:66.6.{i / 200}.{i % 200}");
            if (i % 20 == 0)
            {
                var attempt = await TryAsync(Ada, Home, isKnown: true);
                Assert.Equal(TimeSpan.Zero, attempt.Wait);
                await _throttle.SucceededAsync(attempt);
            }
        }

        // From a network that is new to the account, where anybody might be, it waits by now: at most a quarter of an hour.
        var elsewhere = await TryAsync(Ada, "address:10.9.9.9");
        Assert.InRange(elsewhere.Wait, TimeSpan.FromSeconds(1), SignInThrottle.Longest);
        _time.Advance(elsewhere.Wait);
        Assert.Equal(TimeSpan.Zero, (await TryAsync(Ada, "address:10.9.9.9")).Wait);
    }

    [Fact]
    public async Task SprayOfManyAccountsFromOneNetwork_IsDelayed_ButNotWhoSignedInThereBefore()
    {
        var refused = 0;
        for (var i = 0; i < 40; i++)
        {
            refused += (await TryAsync($"PERSON{i}@EXAMPLE.ORG", Home)).Wait > TimeSpan.Zero ? 1 : 0;
        }

        Assert.Equal(40 - SignInThrottle.FreeOfNetwork, refused);
        Assert.Equal(TimeSpan.Zero, (await TryAsync(Ada, Home, isKnown: true)).Wait);
    }

    [Fact]
    public async Task AttemptsAtTheSameMoment_AreCountedBeforeAnyIsLookedAt()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => TryAsync(Ada, "address:66.6.6.6")));
        Assert.InRange(all.Count(a => a.Wait == TimeSpan.Zero), 1, SignInThrottle.FreeOfPair);
    }

    [Fact]
    public async Task RightPassword_ForgetsMistypingThere_AndAQuarterOfAnHourForgivesOne()
    {
        for (var i = 0; i < SignInThrottle.FreeOfPair; i++)
        {
            Assert.Equal(TimeSpan.Zero, (await TryAsync(Ada, Home, isKnown: true)).Wait);
        }

        Assert.Equal(TimeSpan.FromSeconds(1), (await TryAsync(Ada, Home, isKnown: true)).Wait);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _throttle.SucceededAsync(await TryAsync(Ada, Home, isKnown: true));
        for (var i = 0; i < SignInThrottle.FreeOfPair; i++)
        {
            Assert.Equal(TimeSpan.Zero, (await TryAsync(Ada, Home, isKnown: true)).Wait);
        }

        _time.Advance(SignInThrottle.Longest * SignInThrottle.FreeOfPair);
        Assert.Equal(TimeSpan.Zero, (await TryAsync(Ada, Home, isKnown: true)).Wait);
        Assert.Equal(TimeSpan.Zero, (await TryAsync(Ada, Home, isKnown: true)).Wait);
    }

    private Task<SignInAttempt> TryAsync(string account, string network, bool isKnown = false) =>
        _throttle.BeginAsync(ThrottlePurpose.Password, account, network, isKnown);
}
