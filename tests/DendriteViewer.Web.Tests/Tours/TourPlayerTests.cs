using System.Security.Claims;
using Bunit;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Servers;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Tours;
using DendriteViewer.Web.Viewing;
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

    // What was read too late moved the view: after the tour was left, and to a step that was passed.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task View_ThatIsReadTooLate_MovesNothing(bool isLeft)
    {
        var blobs = new GatedStore(Path.Combine(host.Folder, "store"));
        var store = new DatasetStore(blobs);
        var catalog = new DatasetCatalog(
            store, host.Access, new FrozenLinks(host.Database, host.Access, host.Frozen), new BrickCache(store, 1 << 24));
        var sessions = new ViewSessions(catalog, host.Masks, host.Lanes, host.Time, store);
        var news = new ServerNews(null, false, TimeProvider.System, NullLogger<ServerNews>.Instance);
        Services.AddSingleton(new TourDesk(host.Tours, sessions, news));
        Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        Services.AddSingleton(TimeProvider.System);
        var script = JSInterop.SetupModule(_ => true);
        script.Mode = JSRuntimeMode.Loose;
        _ = Popovers;
        var stage = new TourStage();
        var session = new ViewSession("a", "me", host.Dataset, (await host.SessionAsync()).Current.View);
        var player = Render<TourPlayer>(p => p.Add(c => c.Session, session).Add(c => c.Stage, stage));
        TourStep Step(string title) => new(Guid.NewGuid(), title, "", "v=1&t=1.5&m=projection", 5);
        var played = stage.PlayAsync(new TourItem(Guid.NewGuid(), new TourContent("Growth", "", [Step("one"), Step("two")]), 1, null, 0));
        await blobs.Asked;
        var next = isLeft ? player.Instance.LeaveAsync() : player.Instance.StepAsync(1);
        Assert.False(played.IsCompleted);
        blobs.Open();
        await Task.WhenAll(played, next);
        Assert.Equal(isLeft ? 0 : 1, script.Invocations["others"].Count(i => i.Arguments[0] is "go"));
        if (!isLeft)
        {
            Assert.Contains("2 of 2", player.Markup);
        }
    }

    // A store that answers when it is opened.
    private sealed class GatedStore(string folder) : IBlobStore
    {
        private readonly FolderBlobStore _inner = new(folder);
        private readonly TaskCompletionSource _gate = new(), _asked = new();

        public Task Asked => _asked.Task;

        public string Description => _inner.Description;

        public StoreHealth Health => _inner.Health;

        public void Open() => _gate.SetResult();

        public async ValueTask ReadAsync(string name, long offset, Memory<byte> target, CancellationToken ct)
        {
            _asked.TrySetResult();
            await _gate.Task;
            await _inner.ReadAsync(name, offset, target, ct);
        }

        public ValueTask<BlobStat?> StatAsync(string name, CancellationToken ct) => _inner.StatAsync(name, ct);

        public ValueTask<TaggedBlob?> TryReadTaggedAsync(string name, CancellationToken ct) => _inner.TryReadTaggedAsync(name, ct);

        public ValueTask WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken ct, bool durable) =>
            _inner.WriteAsync(name, content, ct, durable);

        public ValueTask<bool> TryReplaceAsync(string name, ReadOnlyMemory<byte> content, string? tag, CancellationToken ct) =>
            _inner.TryReplaceAsync(name, content, tag, ct);

        public ValueTask FlushAsync(string prefix, CancellationToken ct) => _inner.FlushAsync(prefix, ct);

        public IAsyncEnumerable<BlobStat> ListAsync(string prefix, CancellationToken ct) => _inner.ListAsync(prefix, ct);

        public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken ct) => _inner.ListFoldersAsync(prefix, ct);

        public ValueTask DeleteAsync(string name, CancellationToken ct) => _inner.DeleteAsync(name, ct);

        public ValueTask DeleteAllAsync(string prefix, CancellationToken ct) => _inner.DeleteAllAsync(prefix, ct);

        public ValueTask<IBlobLease?> TryLeaseAsync(string name, CancellationToken ct) => _inner.TryLeaseAsync(name, ct);
    }
}
