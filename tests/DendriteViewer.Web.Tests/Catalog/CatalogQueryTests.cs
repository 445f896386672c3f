using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;

namespace DendriteViewer.Web.Tests.Catalog;

/// <summary>What the catalog shows of what there is, and in which order.</summary>
public sealed class CatalogQueryTests(CatalogQueryTests.Host host) : IClassFixture<CatalogQueryTests.Host>
{
    public sealed class Host : IAsyncLifetime
    {
        private readonly TestHost _host = new();

        public IReadOnlyList<CatalogEntry> Entries { get; private set; } = [];

        public async Task InitializeAsync()
        {
            await _host.InitializeAsync();
            Entries =
            [
                Entry("Beta", 30, 1, new AboutManifest { Tags = ["short", "Li"], Sample = "S-17" }),
                Entry("alpha", 10, 3, new AboutManifest { Description = "cracked on one side" }),
                Entry("Gamma", 20, 2, new AboutManifest { Custom = new() { ["Pressure"] = "5 MPa" }, Tags = ["li"] }),
                new CatalogEntry(DatasetId.Parse("broken"), null, "It is damaged.", DatasetRole.Own, 0, 0),
            ];
        }

        public Task DisposeAsync() => _host.DisposeAsync();

        private CatalogEntry Entry(string name, long bytes, int days, AboutManifest about) => new(
            _host.Dataset.Id, _host.Dataset with { Manifest = _host.Dataset.Manifest with { Name = name, About = about } }, null,
            DatasetRole.View, bytes, 0)
        {
            Opened = DateTimeOffset.UnixEpoch.AddDays(days),
            Imported = DateTimeOffset.UnixEpoch.AddDays(10 - days),
        };
    }

    [Theory]
    [InlineData("", "alpha Beta broken Gamma")]
    [InlineData("beta", "Beta")]
    [InlineData("s-17", "Beta")]
    [InlineData("cracked side", "alpha")]
    [InlineData("pressure mpa", "Gamma")]
    [InlineData("projection", "alpha Beta Gamma")]
    [InlineData("brok", "broken")]
    [InlineData("nothing like it", "")]
    public void Words_AreLookedForInAllThatPeopleWrote(string text, string names) =>
        Assert.Equal(names, Names(new CatalogQuery(text, Order: CatalogOrder.Name)));

    [Theory]
    [InlineData(CatalogOrder.Name, "alpha Beta broken Gamma")]
    [InlineData(CatalogOrder.Opened, "alpha Gamma Beta broken")]
    [InlineData(CatalogOrder.Imported, "Beta Gamma alpha broken")]
    [InlineData(CatalogOrder.Size, "Beta Gamma alpha broken")]
    public void Order_IsWhatWasAskedFor(CatalogOrder order, string names) => Assert.Equal(names, Names(new CatalogQuery(Order: order)));

    [Fact]
    public void TagsAndModality_NarrowTogether()
    {
        Assert.Equal("Beta Gamma", Names(new CatalogQuery(Tags: ["LI"], Order: CatalogOrder.Name)));
        Assert.Equal("Beta", Names(new CatalogQuery(Tags: ["li", "short"])));
        Assert.Equal("", Names(new CatalogQuery(Modality: "nano-phase")));
        Assert.Equal("Beta", Names(new CatalogQuery("s-17", "projection", ["li"])));
    }

    private string Names(CatalogQuery query) => string.Join(' ', query.Apply(host.Entries).Select(e => e.Name));
}
