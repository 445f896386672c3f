using DendriteViewer.Imaging.Importing;
using DendriteViewer.Web.Imports;

namespace DendriteViewer.Web.Tests.Imports;

/// <summary>What is typed of an import: each field is complained of by itself, and what is right becomes the request.</summary>
public sealed class ImportDraftTests
{
    private static readonly ImportDraft s_good = new() { Dataset = "cell", Hours = "0, 1.5", Voxel = "0.5" };

    [Fact]
    public void Draft_ThatIsRight_HasNoProblems()
    {
        Assert.Empty(s_good.Problems(2, needsVoxel: true, inPlace: false));
        Assert.Equal([0, 1.5], s_good.HoursOf(2));
        Assert.Equal([0.5, 0.5, 0.5], s_good.VoxelOf()!);
        Assert.Equal([1, 2, 3], (s_good with { Voxel = "1, 2,3" }).VoxelOf()!);
        var way = (s_good with { Keep = "region", Region = "0:5, 1:6,2:7", Convert = "uint8", Range = "1e2, 2e3" }).WayOf(inPlace: false);
        Assert.Equal([[0, 5], [1, 6], [2, 7]], way.Region!);
        Assert.Equal([100, 2000], way.Range!);
    }

    [Fact]
    public void Fields_ThatAreWrong_AreNamedWithOneSentence()
    {
        (string Field, ImportDraft Draft)[] wrong =
        [
            ("Dataset", s_good with { Dataset = "My cell" }), ("Modality", s_good with { Modality = "X ray" }),
            ("Hours", s_good with { Hours = "0" }), ("Hours", s_good with { Hours = "0, -1" }), ("Hours", s_good with { Hours = "0, abc" }),
            ("Hours", s_good with { Hours = "0, NaN" }), ("Voxel", s_good with { Voxel = "" }), ("Voxel", s_good with { Voxel = "0" }),
            ("Voxel", s_good with { Voxel = "1, 2" }), ("Voxel", s_good with { Voxel = "1e300" }),
            ("Region", s_good with { Keep = "region", Region = "5:0, 0:1, 0:1" }),
            ("Region", s_good with { Keep = "region", Region = "99999999999:1, 0:1, 0:1" }),
            ("Range", s_good with { Convert = "uint8", Range = "5, 5" }),
        ];
        Assert.All(wrong, w =>
        {
            var (field, sentence) = Assert.Single(w.Draft.Problems(2, needsVoxel: true, inPlace: false));
            Assert.Equal(w.Field, field);
            Assert.EndsWith(".", sentence);
        });
    }

    [Fact]
    public void Rows_WithoutTimesOrWithOneTwice_AreComplainedOf()
    {
        ScanRow Row(string name, double? hours) => new(new FoundScan("/" + name, name), true, hours, "projection");
        var problems = ScanRow.Problems([Row("a", 0), Row("b", null), Row("c", 0), Row("d", 1e9), Row("e", 0) with { IsTaken = false }]);
        Assert.Equal([1, 2, 3], problems.Keys.Order());
        Assert.Contains("a has this modality and time", problems[2]);
        var stepped = ScanRow.WithSteps([Row("a", null), Row("b", null) with { IsTaken = false }, Row("c", null)], 0.1);
        Assert.Equal([0, null, 0.1], stepped.Select(r => r.Hours));
        Assert.Empty(ScanRow.Problems(stepped));
    }
}
