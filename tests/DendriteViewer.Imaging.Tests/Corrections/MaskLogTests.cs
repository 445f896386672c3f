using System.Text;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Corrections;

public sealed class MaskLogTests : IDisposable
{
    private static readonly MaskEntry s_stroke = new()
    {
        Sequence = 1, Kind = MaskEntryKind.Paint, Dataset = "1", Base = "a-b", By = "Ada", At = 5, Erase = true, Shape = BrushShape.Disc,
        RadiusUm = 2.5,
        PointsUm = [[1, 2, 3], [4, 5, 6]], Normal = [0, 0, 1],
    };

    private static readonly MaskEntry s_fill = new()
    {
        Sequence = 1, Kind = MaskEntryKind.Fill, Dataset = "1", Base = "a-b", By = "Ada", At = 5, Erase = false,
        Runs = [1, 2, 3, 9, 1, 3, 0, 4, 2, 0, 7, 8],
    };

    private readonly TempFolder _folder = new();

    private static string Folder => $"datasets/cell/corrections/{new string('1', 32)}/lithium/t1.5/";

    private MaskLog Log => Of("1");

    private MaskLog Of(string identity) => new(
        new FolderBlobStore(_folder["store"]),
        Dataset.Of(DatasetId.Parse("cell"), new DatasetManifest { Id = "cell", Identity = new string(identity[0], 32) }),
        new VolumeKey("lithium", 1.5));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Entry_AtATakenPlace_IsNotWritten()
    {
        Assert.True(await Log.TryAppendAsync(s_stroke, default));
        Assert.False(await Log.TryAppendAsync(s_stroke with { By = "Bo" }, default));
        var entry = Assert.Single(await Log.ReadAsync(default));
        Assert.Equal("Ada", entry.By);
        Assert.Equal(new[] { 4.0, 5, 6 }, entry.PointsUm![1]);
        Assert.Null(await Log.TryReadAsync(2, default));
    }

    [Fact]
    public async Task Log_OfADatasetWhoseIdAnotherHad_HasNothingOfItNotEvenDamage()
    {
        await Of("2").TryAppendAsync(s_stroke, default);
        await Of("2").TryAppendAsync(s_stroke with { Sequence = 3 }, default);
        Assert.Empty(await Log.ReadAsync(default));
        await Log.TryAppendAsync(s_stroke with { By = "Bo" }, default);
        Assert.Equal("Bo", Assert.Single(await Log.ReadAsync(default)).By);
    }

    [Fact]
    public async Task Log_WithAMissingEntry_SaysWhich()
    {
        await Log.TryAppendAsync(s_stroke, default);
        await Log.TryAppendAsync(s_stroke with { Sequence = 2 }, default);
        await new FolderBlobStore(_folder["store"]).DeleteAsync($"{Folder}00000001.json", default);
        var refused = await Assert.ThrowsAsync<VolumeFormatException>(() => Log.ReadAsync(default));
        Assert.Contains("00000001.json is missing", refused.Message);
    }

    [Fact]
    public async Task Entry_ThatWasKilledWhileWritten_IsNoEntry()
    {
        await Log.TryAppendAsync(s_stroke, default);
        File.WriteAllText(_folder[$"store/{Folder}00000002.json.unfinished"], "{");
        Assert.Single(await Log.ReadAsync(default));
    }

    [Theory]
    [InlineData(MaskEntryKind.Undo)]
    [InlineData(MaskEntryKind.Restore)]
    [InlineData(MaskEntryKind.Carry)]
    [InlineData(MaskEntryKind.Fill)]
    public void Entry_WithoutWhatItsKindNeeds_IsRefused(MaskEntryKind kind) =>
        Assert.Throws<OutOfRangeException>(() => (s_stroke with { Kind = kind }).Checked());

    [Fact]
    public void Fill_AsEarlierVersionsWroteIt_HasTheSameRuns()
    {
        var old = SealedJson.Seal(Encoding.UTF8.GetBytes(
            """{"format":1,"sequence":1,"dataset":"1","kind":"fill","base":"a-b","by":"Ada","erase":false,"runs":[1,2,3,9,1,3,0,4]}"""));
        Assert.Equal([1, 2, 3, 9, 1, 3, 0, 4], MaskEntry.Parse(old, "log/1.json", 1).Runs!);
        var now = s_fill.ToBytes();
        Assert.Equal(s_fill.Runs!, MaskEntry.Parse(now, "log/1.json", 1).Runs!);
        Assert.DoesNotContain("\"runs\"", Encoding.UTF8.GetString(now), StringComparison.Ordinal);
    }

    [Fact]
    public void Entry_Damaged_IsReadAsItWasOrRefusedInOneSentence()
    {
        var random = new Random(7);
        for (var i = 0; i < Mutants.Count(400); i++)
        {
            var seed = (i % 4 < 2 ? s_stroke : s_fill).ToBytes();
            var json = SealedJson.Unseal(seed);

            // Sealed again, so that the damage gets past the checksum.
            var bytes = i % 2 == 0 ? Mutants.Text(random, seed) : Reseal(Mutants.Text(random, json));
            try
            {
                _ = MaskEntry.Parse(bytes, "log/1.json", 1).Kind;
            }
            catch (VolumeFormatException e)
            {
                Assert.StartsWith("log/1.json is damaged", e.Message, StringComparison.Ordinal);
            }
        }

        static byte[] Reseal(byte[] json) => json.Length > 1 ? SealedJson.Seal(json) : Encoding.UTF8.GetBytes("{}");
    }
}
