using System.Text.Json;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Analysis.Tests.Cell;

[Collection(nameof(Mutants))]
public sealed class CellLogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private FolderBlobStore Blobs => new(_folder["store"]);

    private CellLog Log => Of('1');

    private string LogFolder => $"datasets/cell/cell/{new string('1', 32)}/log/";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Entry_AtATakenPlace_IsNotWritten()
    {
        Assert.True(await Log.TryAppendAsync(Entry(1, new SetSettings("absorption", "{}")), default));
        Assert.False(await Log.TryAppendAsync(Entry(1, new SetSettings("absorption", "[1]")), default));
        Assert.Equal("{}", (await Log.StateAsync(null, default)).Settings["absorption"]);
        Assert.Empty(await Of('2').ReadAsync(0, default));
    }

    [Fact]
    public async Task Content_OfAProcessThatWasKilledBeforeItsEntry_IsNotListed()
    {
        await Log.StoreAsync("f,re,im"u8.ToArray(), default);
        Assert.Equal(0, (await Log.StateAsync(null, default)).Version);
        Assert.Empty((await Log.StateAsync(null, default)).Files);
    }

    [Fact]
    public async Task Content_ThatIsDamagedOrMissing_IsRefusedByTheFilesName()
    {
        var sha = await Log.StoreAsync("f,re,im"u8.ToArray(), default);
        var file = new CellFile(Guid.NewGuid(), CellFileKind.Impedance, "a.csv", sha, 7, "Ada", default);
        Assert.Equal("f,re,im"u8.ToArray(), await Log.ReadAsync(file, default));
        var blob = LogFolder.Replace("/log/", "/files/", StringComparison.Ordinal) + sha;
        await Blobs.WriteAsync(blob, "f,re,in"u8.ToArray(), default);
        Assert.Contains("a.csv is damaged", (await Assert.ThrowsAsync<VolumeFormatException>(() => Log.ReadAsync(file, default))).Message);
        await Blobs.DeleteAsync(blob, default);
        Assert.Contains("a.csv is missing", (await Assert.ThrowsAsync<VolumeFormatException>(() => Log.ReadAsync(file, default))).Message);
    }

    [Theory]
    [InlineData(null, "00000001.json is missing")]
    [InlineData("{}", "00000001.json is damaged")]
    public async Task Log_WithAnEntryThatIsGoneOrDamaged_SaysWhich(string? content, string said)
    {
        await Log.TryAppendAsync(Entry(1, new SetSettings("a", "{}")), default);
        await Log.TryAppendAsync(Entry(2, new SetSettings("b", "{}")), default);
        var name = LogFolder + "00000001.json";
        await (content is null
            ? Blobs.DeleteAsync(name, default) : Blobs.WriteAsync(name, System.Text.Encoding.UTF8.GetBytes(content), default));
        Assert.Contains(said, (await Assert.ThrowsAsync<VolumeFormatException>(() => Log.StateAsync(null, default))).Message);
    }

    [Fact]
    public void Entry_WrittenAndRead_IsTheSame()
    {
        foreach (var edit in Edits)
        {
            var bytes = Entry(1, edit).ToBytes();
            Assert.Equal(edit, CellEntry.Parse(bytes, "x", 1, new string('1', 32)).Edit);
        }
    }

    [Fact]
    public void Edit_AsTheDocumentsWriteIt_IsRead()
    {
        var edit = JsonSerializer.Deserialize<CellEdit>(
            """{"do":"event","edit":{"do":"add","kind":"soft-short","hours":1.5}}""", CellEntry.Json);
        Assert.Equal(EventKind.SoftShort, Assert.IsType<AddEvent>(Assert.IsType<EditEvents>(edit).Edit).Kind);
    }

    [Fact]
    public void Entry_Damaged_IsReadOrRefusedInOneSentence()
    {
        var random = new Random(7);
        for (var i = 0; i < Mutants.Count(2000); i++)
        {
            var seed = Entry(1, Edits[random.Next(Edits.Length)]).ToBytes();

            // Sealed again, so that the damage gets past the checksum.
            var bytes = i % 2 == 0 ? Mutants.Text(random, seed) : Reseal(Mutants.Text(random, SealedJson.Unseal(seed)));
            try
            {
                CellEntry.Check(CellEntry.Parse(bytes, "log/1.json", 1, new string('1', 32)).Edit);
            }
            catch (VolumeFormatException e)
            {
                Assert.StartsWith("log/1.json is damaged", e.Message, StringComparison.Ordinal);
            }
        }

        static byte[] Reseal(byte[] json) => json.Length > 1 ? SealedJson.Seal(json) : "{}"u8.ToArray();
    }

    [Fact]
    public void Edit_ThatCannotBe_IsRefused()
    {
        var file = Files[0];
        CellEdit?[] wrong =
        [
            null, new AddFile(file with { Name = "../a" }), new AddFile(file with { Sha256 = "../../x" }),
            new AddFile(file with { Bytes = 0 }), new SetSettings("a b", "{}"), new SetSettings("a", "1"), new SetSettings("a", "{"),
            new SetSettings("a", new string(' ', 200_000)),
            new EditEvents(new MoveEvent("rest@1", double.NaN)), new EditEvents(new MoveEvent("", 1)), new TakeBackEvent(0, false),
            DescribeFile.Of(file) with { StartHours = 1e9 }, DescribeFile.Of(file) with { Licence = "a\nb" },
            DescribeFile.Of(file) with { Clock = new InstrumentClock(double.PositiveInfinity) },
        ];
        Assert.All(wrong, edit => Assert.Throws<OutOfRangeException>(() => CellEntry.Check(edit)));
    }

    // Two servers that write in turns, whichever is faster, come to the same; so does who reads the log afterwards, at every version.
    [Fact]
    public void TwoServers_ThatWriteInAnyOrder_ComeToOneState() => Prop.ForAll(
        Gen.Choose(0, (2 * Edits.Length) - 1).ArrayOf().ToArbitrary(), choices =>
        {
            using var folder = new TempFolder();
            var logs = new[] { Of('1', folder), Of('1', folder) };
            var states = new[] { CellState.Empty, CellState.Empty };
            var after = new List<CellState> { CellState.Empty };
            foreach (var choice in choices)
            {
                var (server, edit) = (choice % 2, Edits[choice / 2]);
                while (true)
                {
                    try
                    {
                        states[server].Check(edit);
                    }
                    catch (OutOfRangeException)
                    {
                        break;
                    }

                    // A server that has not seen what the other wrote fails to take its place, and reads on.
                    var entry = Entry(states[server].Version + 1, edit);
                    if (logs[server].TryAppendAsync(entry, default).Result)
                    {
                        states[server] = states[server].With(entry);
                        after.Add(states[server]);
                        break;
                    }

                    states[server] = logs[server].ReadAsync(states[server].Version, default).Result
                        .Aggregate(states[server], (state, e) => state.With(e));
                }
            }

            for (var version = 0; version < after.Count; version++)
            {
                Assert.Equal(Told(after[version]), Told(Of('1', folder).StateAsync(version, default).Result));
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    // Whatever somebody did, taking it back at once leads to what was before.
    [Fact]
    public void Reverse_OfEveryEdit_LeadsBack() => Prop.ForAll(Gen.Choose(0, Edits.Length - 1).ArrayOf().ToArbitrary(), choices =>
    {
        var state = CellState.Empty;
        foreach (var edit in choices.Select(i => Edits[i]))
        {
            try
            {
                state.Check(edit);
            }
            catch (OutOfRangeException)
            {
                continue;
            }

            var after = state.With(Entry(state.Version + 1, edit));
            if (CellReverse.Of(edit, state, after) is { } reverse && reverse.Holds(after))
            {
                var back = after.With(Entry(after.Version + 1, reverse.Edit));
                Assert.Equal(Told(state with { Version = 0 }), Told(back with { Version = 0 }));
                var again = CellReverse.Of(reverse.Edit, after, back)!;

                // What was made again below later changes of the same event is not taken back.
                Assert.True(again.Holds(back) || edit is TakeBackEvent);
                Assert.Equal(Told(after with { Version = 0 }), Told(back.With(Entry(back.Version + 1, again.Edit)) with { Version = 0 }));
            }

            state = after;
        }

        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    // Each change of an event once made the list of all changes anew, so that a full log took twelve seconds to read.
    [Fact]
    public void State_OfAFullLogOfEvents_TakesMemoryByTheNumberOfEntries()
    {
        var (quarter, full) = (Allocated(CellEntry.MostEntries / 4), Allocated(CellEntry.MostEntries));
        Assert.InRange((double)full / quarter, 3, 6);
    }

    private static long Allocated(int entries)
    {
        var (state, place) = (CellState.Empty, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (place < entries)
        {
            state = state.With(Entry(++place, (place % 4) switch
            {
                0 => new TakeBackEvent(place - 1, Again: false),
                1 => new RestoreEvents([1, 2, 3]),
                _ => new EditEvents(new AddEvent(EventKind.SoftShort, place)),
            }));
        }

        Assert.Equal(place / 2, state.EventHistory.Count);
        Assert.Equal([2, 3, .. state.EventsInForce.Skip(2)], state.EventsInForce);
        Assert.Equal(state.EventsInForce.Count, state.Events.Edits.Count);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [Fact]
    public void State_BetweenTwoChangesOfEvents_HasTheSameEvents()
    {
        var state = CellState.Empty.With(Entry(1, new EditEvents(new AddEvent(EventKind.SoftShort, 2))));
        var after = state.With(Entry(2, new SetSettings("a", "{}")));
        Assert.Same(state.Events, after.Events);
        Assert.NotSame(state.Events, after.With(Entry(3, new TakeBackEvent(1, false))).Events);
    }

    [Fact]
    public async Task Content_Copied_IsWholeOrRefusedBeforeItsEnd()
    {
        var bytes = new byte[(9 << 20) + 3];
        new Random(5).NextBytes(bytes);
        var file = new CellFile(
            Guid.NewGuid(), CellFileKind.Series, "a.csv", await Log.StoreAsync(bytes, default), bytes.Length, "Ada", default);
        using var whole = new MemoryStream();
        await Log.CopyToAsync(file, whole, default);
        Assert.Equal(bytes, whole.ToArray());
        bytes[100] ^= 1;
        await Blobs.WriteAsync(LogFolder.Replace("/log/", "/files/", StringComparison.Ordinal) + file.Sha256, bytes, default);
        using var part = new MemoryStream();
        var refused = await Assert.ThrowsAsync<VolumeFormatException>(() => Log.CopyToAsync(file, part, default));
        Assert.Contains("a.csv is damaged", refused.Message);
        Assert.True(part.Length < bytes.Length);
    }

    [Fact]
    public void Reverse_OfAnEventsChange_DoesNotHoldOnceSomebodyChangedTheEvent()
    {
        var add = new EditEvents(new AddEvent(EventKind.SoftShort, 2));
        var first = CellState.Empty.With(Entry(1, add));
        var reverse = CellReverse.Of(add, CellState.Empty, first)!;
        Assert.True(reverse.Holds(first));
        var id = new ElectroEvent(EventKind.SoftShort, 2, 1).Id;
        Assert.False(reverse.Holds(first.With(Entry(2, new EditEvents(new MoveEvent(id, 2.5))))));
        Assert.True(reverse.Holds(first.With(Entry(2, new EditEvents(new MoveEvent("rest@1", 2.5))))));
    }

    private static readonly CellFile[] Files =
    [
        .. Enumerable.Range(0, 3).Select(i => new CellFile(
            new Guid(i + 1, 0, 0, new byte[8]), (CellFileKind)i, $"f{i}.csv", new string((char)('a' + i), 64), 10 + i, "Ada",
            DateTimeOffset.UnixEpoch.AddDays(i)) { Licence = "CC0", StartHours = i }),
    ];

    private static readonly CellEdit[] Edits =
    [
        .. Files.Select(f => new AddFile(f)), .. Files.Select(f => new RemoveFile(f.Id)),
        DescribeFile.Of(Files[0]) with { Source = "https://example.org", Clock = new InstrumentClock(40, 3, 2, 1), StartHours = 1.5 },
        DescribeFile.Of(Files[1]) with { Options = """{"sign":"turned"}""" },
        new EditEvents(new AddEvent(EventKind.SoftShort, 3.5, null, "seen in the scan")), new EditEvents(new MoveEvent("rest@3600", 0.25)),
        new EditEvents(new RetypeEvent("rest@3600", EventKind.EisPause)), new EditEvents(new DeleteEvent("rest@3600")),
        new SetSettings("absorption", """{"e0":2472}"""), new SetSettings("absorption", "[]"), new SetSettings("absorption", null),
        new SetSettings("impedance/1", """{"circuit":"R0"}"""), new TakeBackEvent(1, false), new TakeBackEvent(2, true),
    ];

    private static CellEntry Entry(int sequence, CellEdit edit) => new()
    {
        Sequence = sequence, Dataset = new string('1', 32), By = "Ada", At = 1000L * sequence, Base = sequence - 1, Edit = edit,
    };

    private static string Told(CellState state) => System.Text.Json.JsonSerializer.Serialize(
        new { state.Version, Files = state.Files.OrderBy(f => f.Id), state.Events.Edits, state.Settings }, CellEntry.Json);

    private CellLog Of(char identity) => Of(identity, _folder);

    private static CellLog Of(char identity, TempFolder folder) => new(
        new FolderBlobStore(folder["store"]),
        Dataset.Of(DatasetId.Parse("cell"), new DatasetManifest { Id = "cell", Identity = new string(identity, 32) }));
}
