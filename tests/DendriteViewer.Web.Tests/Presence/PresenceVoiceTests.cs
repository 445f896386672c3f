using System.Collections.Concurrent;
using System.Text.Json;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Presence;
using DendriteViewer.Web.Streaming;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Tests.Presence;

/// <summary>What others hear of a page.</summary>
public sealed class PresenceVoiceTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Word_OfAPage_ReachesWhoSeesNamesWithAName_AndOthersWithout()
    {
        var session = await host.SessionAsync();
        var others = new Others();
        using var voice = VoiceOf(session, others);
        voice.Tell(Whereabouts.Read("{\"pane\":1,\"cursor\":[1,2,3],\"sizes\":[]}"));
        var named = await others.HeardAsync(DatasetGroups.WithNames(session.Dataset.Identity), "presence");
        var nameless = await others.HeardAsync(DatasetGroups.WithoutNames(session.Dataset.Identity), "presence");

        Assert.Equal("Ada", Property(named, "name").GetString());
        Assert.Equal(JsonValueKind.Null, Property(nameless, "name").ValueKind);
        Assert.Equal(PersonColor.Of("key"), Property(nameless, "color").GetString());
        Assert.Equal(session.Current.View.Hours, Property(named, "view").GetProperty("hours").GetDouble());
        Assert.DoesNotContain(session.Id, (string)named[0]!);
    }

    [Fact]
    public async Task Word_OfWhoIsNotSeen_SaysNeitherWhoNorWhere()
    {
        var session = await host.SessionAsync();
        var others = new Others();
        using var voice = VoiceOf(session, others);
        voice.Present(true);
        voice.Tell(Whereabouts.Read("{\"pane\":1,\"cursor\":[1,2,3],\"isUnseen\":true,\"isFollowed\":true}"));
        var heard = await others.HeardAsync(DatasetGroups.WithNames(session.Dataset.Identity), "presence");
        session.Update(v => v with { WindowHigh = v.WindowHigh + 1 }, null);

        Assert.Equal("", Property(heard, "color").GetString());
        Assert.All(new[] { "name", "view", "cursor", "pane" }, n => Assert.Equal(JsonValueKind.Null, Property(heard, n).ValueKind));
        Assert.Equal(voice.Id, Property(heard, "person").GetString());
        Assert.False(Property(heard, "isPresenting").GetBoolean());
        Assert.DoesNotContain(others.Groups, g => g.StartsWith("followers:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Laser_OfWhoIsNotSeen_IsRefusedWithASentence()
    {
        using var voice = VoiceOf(await host.SessionAsync(), new Others());
        voice.Tell(Whereabouts.Read("{\"isUnseen\":true,\"isAlone\":true}"));
        Assert.Contains("Be seen by others", Assert.Throws<ArgumentException>(() => voice.Point(0, [1, 2, 3])).Message);
        voice.Tell(Whereabouts.Read("{}"));
        voice.Point(0, [1, 2, 3]);
    }

    [Fact]
    public async Task Laser_ThatPointsForLong_UsesUpNoneOfTheWords()
    {
        using var voice = VoiceOf(await host.SessionAsync(), new Others(), new ManualTime());
        Assert.Throws<BudgetSpentException>(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                voice.Point(0, [1, 2, 3]);
            }
        });
        voice.Tell(Whereabouts.Read("{}"));
        voice.Count();
    }

    [Fact]
    public async Task Page_ThatAsks_IsHeardToAskOnce_ThoughANewerWordFollows()
    {
        var session = await host.SessionAsync();
        var others = new Others();
        using var voice = VoiceOf(session, others);
        voice.Tell(Whereabouts.Read("{\"asks\":true}"));
        voice.Tell(Whereabouts.Read("{\"pane\":1}"));
        var group = DatasetGroups.WithNames(session.Dataset.Identity);
        while (Property(await others.HeardAsync(group, "presence"), "pane").ValueKind != JsonValueKind.Number)
        {
        }

        session.Update(v => v with { WindowHigh = 23_456 }, null);
        await others.HeardAsync(group, "presence");
        Assert.Equal(1, others.CountOf(DatasetGroups.Everybody(session.Dataset.Identity), "asks"));
    }

    [Fact]
    public async Task Page_ThatWasLoadedAnew_IsHeardToBeTheOneOfBefore_ByItsPublicId()
    {
        const string Before = "0123456789abcdef0123456789abcdef";
        var session = await host.SessionAsync();
        var others = new Others();
        using var voice = VoiceOf(session, others);
        voice.Tell(Whereabouts.Read($"{{\"asks\":true,\"was\":\"{Before}\"}}"));
        var everybody = DatasetGroups.Everybody(session.Dataset.Identity);
        Assert.Equal([voice.Id, PresenceVoice.IdOf(Before)], await others.HeardAsync(everybody, "asks"));

        // It is the same page still.
        voice.Tell(Whereabouts.Read($"{{\"asks\":true,\"was\":\"{session.Id}\"}}"));
        Assert.Equal([voice.Id, ""], await others.HeardAsync(everybody, "asks"));
    }

    [Fact]
    public async Task View_OfAFollowedPage_ReachesItsFollowersWhole()
    {
        var session = await host.SessionAsync();
        var others = new Others();
        using var voice = VoiceOf(session, others);
        voice.Tell(Whereabouts.Read("{\"isFollowed\":true}"));
        var followers = PresenceVoice.FollowersOf(session.Dataset.Identity, voice.Id);
        await others.HeardAsync(followers, "theirs");
        session.Update(v => v with { WindowHigh = 12_345 }, null);
        var theirs = await others.HeardAsync(followers, "theirs");

        Assert.Equal(voice.Id, theirs[0]);
        Assert.Equal(12_345, JsonDocument.Parse((string)theirs[2]!).RootElement.GetProperty("window")[1].GetDouble());
    }

    [Fact]
    public async Task Page_ThatMayNotPresentAnyMore_IsToldNotToPresent()
    {
        var session = await host.SessionAsync();
        var others = new Others();
        using var voice = VoiceOf(session, others);
        voice.Present(true);
        voice.Tell(Whereabouts.Read("{}"));
        var group = DatasetGroups.WithNames(session.Dataset.Identity);
        Assert.True(Property(await others.HeardAsync(group, "presence"), "isPresenting").GetBoolean());
        voice.MayPresent = false;
        Assert.False(Property(await others.HeardAsync(group, "presence"), "isPresenting").GetBoolean());
        Assert.False((bool)(await others.HeardAsync("mine", "presents"))[0]!);
        voice.Present(true);
        Assert.False(Property(await others.HeardAsync(group, "presence"), "isPresenting").GetBoolean());
    }

    [Fact]
    public async Task Page_ThatSpeaksTooOften_IsRefusedUntilTimePassed()
    {
        var time = new ManualTime();
        using var voice = VoiceOf(await host.SessionAsync(), new Others(), time);
        var taken = 0;
        Assert.Throws<BudgetSpentException>(() =>
        {
            for (; taken < 1000; taken++)
            {
                voice.Tell(Whereabouts.Read("{}"));
            }
        });
        Assert.InRange(taken, 20, 100);
        time.Advance(TimeSpan.FromSeconds(1));
        voice.Point(0, [1, 2, 3]);
    }

    [Fact]
    public void PublicId_OfASession_IsTheSameAgainAndNotItsSecret()
    {
        var id = PresenceVoice.IdOf("0123456789abcdef0123456789abcdef");
        Assert.Equal(id, PresenceVoice.IdOf("0123456789abcdef0123456789abcdef"));
        Assert.NotEqual(id, PresenceVoice.IdOf("0123456789abcdef0123456789abcdee"));
        Whereabouts.CheckId(id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"pane\":4}")]
    [InlineData("{\"pane\":-1}")]
    [InlineData("{\"cursor\":[1,2]}")]
    [InlineData("{\"cursor\":[1,2,1e9]}")]
    [InlineData("{\"cursor\":[1,2,\"x\"]}")]
    [InlineData("{\"sizes\":[1,2,3]}")]
    [InlineData("{\"sizes\":[1,2,3,4,5,6,7,99999]}")]
    [InlineData("{\"follows\":\"somebody\"}")]
    [InlineData("{\"follows\":null}")]
    [InlineData("{\"sizes\":null}")]
    [InlineData("{\"was\":null}")]
    [InlineData("{\"was\":\"short\"}")]
    public void Whereabouts_ThatCannotBe_AreRefused(string? json) =>
        Assert.ThrowsAny<ArgumentException>(() => Whereabouts.Read(json));

    private static PresenceVoice VoiceOf(ViewSession session, Others others, TimeProvider? time = null) => new(
        others, "mine", session, new Person("key", "Ada"), true, time ?? TimeProvider.System, e => others.Faults.Add(e));

    private static JsonElement Property(object?[] arguments, string name) =>
        JsonDocument.Parse((string)arguments[0]!).RootElement.GetProperty(name);

    /// <summary>Notes what each group is told.</summary>
    private sealed class Others : IHubClients
    {
        private readonly ConcurrentDictionary<string, BlockingCollection<object?[]>> _heard = new();

        public ConcurrentBag<Exception> Faults { get; } = [];

        public ICollection<string> Groups => _heard.Keys;

        public IClientProxy All => throw new NotSupportedException();

        public Task<object?[]> HeardAsync(string group, string method) => Task.Run(() => Of(group, method).TryTake(out var a, s_patience)
            ? a : throw new TimeoutException($"Nobody told {group} {method}."));

        public IClientProxy Group(string groupName) => new Proxy(this, groupName);

        public IClientProxy GroupExcept(string groupName, IReadOnlyList<string> excludedConnectionIds)
        {
            Assert.Equal(["mine"], excludedConnectionIds);
            return new Proxy(this, groupName);
        }

        public IClientProxy AllExcept(IReadOnlyList<string> excludedConnectionIds) => throw new NotSupportedException();

        public int CountOf(string group, string method) => Of(group, method).Count;

        public IClientProxy Client(string connectionId) => new Proxy(this, connectionId);

        public IClientProxy Clients(IReadOnlyList<string> connectionIds) => throw new NotSupportedException();

        IClientProxy IHubClients<IClientProxy>.Groups(IReadOnlyList<string> groupNames) => throw new NotSupportedException();

        public IClientProxy User(string userId) => throw new NotSupportedException();

        public IClientProxy Users(IReadOnlyList<string> userIds) => throw new NotSupportedException();

        private BlockingCollection<object?[]> Of(string group, string method) => _heard.GetOrAdd($"{group} {method}", _ => []);

        private sealed class Proxy(Others others, string group) : IClientProxy
        {
            public Task SendCoreAsync(string method, object?[] args, CancellationToken cancellationToken = default)
            {
                others.Of(group, method).Add(args, CancellationToken.None);
                return Task.CompletedTask;
            }
        }
    }
}
