using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Datasets;

/// <summary>What people say of a dataset: its bounds, how it stands in dataset.json, and what becomes of two people's words.</summary>
public sealed class DatasetDescriptionTests
{
    private static readonly DatasetDescription s_plain = new("Cell", "", [], "", "", "", []);

    [Fact]
    public void Description_WrittenAndReadAgain_IsTheSameAndKeepsUnknownFields()
    {
        var manifest = Manifests.Parse("""{ "name": "Old", "extra": 1, "about": { "weather": "sunny", "tags": ["x"] } }"""u8, "d");
        var description = new DatasetDescription(
            "New", "two\nlines", ["Li", "short"], "S1", "Ada", "ID19", [KeyValuePair.Create("Pressure", "5 MPa")]);
        var text = JsonSerializer.Serialize(description.ApplyTo(manifest), DatasetManifest.Json);
        var again = Manifests.Parse(System.Text.Encoding.UTF8.GetBytes(text), "d");
        Assert.Equal(description, DatasetDescription.Of(again));
        Assert.Contains("\"weather\": \"sunny\"", text, StringComparison.Ordinal);
        Assert.Contains("\"extra\": 1", text, StringComparison.Ordinal);
        Assert.Null(s_plain.ApplyTo(new DatasetManifest()).About);
    }

    [Fact]
    public void Fields_OutOfBounds_AreRefusedByName()
    {
        (string Field, DatasetDescription Description)[] wrong =
        [
            ("name", s_plain with { Name = " " }),
            ("name", s_plain with { Name = new string('x', 201) }),
            ("name", s_plain with { Name = "two\nlines" }),
            ("about.description", s_plain with { Description = new string('x', 4001) }),
            ("about.description", s_plain with { Description = "\u0001" }),
            ("about.sample", s_plain with { Sample = new string('x', 201) }),
            ("about.tags", s_plain with { Tags = ["a,b"] }),
            ("about.tags", s_plain with { Tags = ["a", "A"] }),
            ("about.tags", s_plain with { Tags = [.. Enumerable.Range(0, 33).Select(i => $"{i}")] }),
            ("about.custom", s_plain with { Custom = [KeyValuePair.Create("", "x")] }),
            ("about.custom", s_plain with { Custom = [KeyValuePair.Create("a", "x"), KeyValuePair.Create("a", "y")] }),
            ("about.custom.a", s_plain with { Custom = [KeyValuePair.Create("a", new string('x', 1001))] }),
        ];
        Assert.All(wrong, w =>
        {
            Assert.Equal(w.Field, w.Description.Problem()?.Field);
            Assert.Throws<VolumeFormatException>(() => w.Description.ApplyTo(new DatasetManifest()));
        });
        Assert.Null(s_plain.Problem());
    }

    [Fact]
    public void TwoPeople_WhoChangedDifferentFields_LoseNothing()
    {
        var conflicts = new List<string>();
        var merged = (s_plain with { Sample = "S1" }).MergedWith(s_plain, s_plain with { Name = "Theirs", Tags = ["t"] }, conflicts);
        Assert.Equal(s_plain with { Sample = "S1", Name = "Theirs", Tags = ["t"] }, merged);
        Assert.Empty(conflicts);
    }

    [Fact]
    public void TwoPeople_WhoChangedOneField_AreToldOfIt()
    {
        var conflicts = new List<string>();
        var merged = (s_plain with { Name = "Mine" }).MergedWith(s_plain, s_plain with { Name = "Theirs" }, conflicts);
        Assert.Equal("Mine", merged.Name);
        Assert.Equal(["name"], conflicts);
        conflicts.Clear();
        (s_plain with { Name = "Same" }).MergedWith(s_plain, s_plain with { Name = "Same" }, conflicts);
        Assert.Empty(conflicts);
    }
}
