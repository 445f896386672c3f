using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Backup;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Cell;

/// <summary>What belongs to a cell over HTTP: who may see and change it, what is refused, and what is left of it.</summary>
public sealed class CellApiTests(RunningApp app) : IClassFixture<RunningApp>
{
    private string Cell => $"/api/datasets/{app.Dataset}/cell";

    private CellDesk Desk => app.App.Services.GetRequiredService<CellDesk>();

    /// <summary>A sweep of a resistance and an arc, as CSV that no other test has.</summary>
    internal static string Sweep(double ohm = 5) => "freq/Hz,Re/Ohm,Im/Ohm\n" + string.Concat(Enumerable.Range(0, 30).Select(i =>
    {
        var f = Math.Pow(10, 5 - (i / 5.0));
        var z = ohm + (20 / new System.Numerics.Complex(1, 2 * Math.PI * f * 20 * 1e-5));
        return FormattableString.Invariant($"{f:G8},{z.Real:G8},{z.Imaginary:G8}\n");
    }));

    [Fact]
    public async Task File_OfWhoMayAnnotate_IsSeenByViewersWithoutNamesAndByNobodyElse()
    {
        var (viewer, annotator) = (await app.GuestAsync(DatasetRole.View), await app.GuestAsync(DatasetRole.Annotate));
        Assert.Equal(HttpStatusCode.NotFound, (await UploadAsync(viewer, "impedance", "a.csv", Sweep())).StatusCode);
        Assert.NotEqual(HttpStatusCode.Created, (await UploadAsync(app.NewBrowser(), "impedance", "a.csv", Sweep())).StatusCode);
        var added = await UploadAsync(annotator, "impedance", "a.csv", Sweep(), "&startHours=1.5&licence=CC0");
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var file = await added.Content.ReadFromJsonAsync<JsonElement>();
        var id = file.GetProperty("id").GetGuid();
        Assert.Equal(1.5, file.GetProperty("startHours").GetDouble());

        var seen = (await FilesAsync(viewer)).Single(f => f.GetProperty("id").GetGuid() == id);
        Assert.Equal(("impedance", "a.csv", "CC0"), (seen.GetProperty("kind").GetString(), seen.GetProperty("name").GetString(),
            seen.GetProperty("licence").GetString()));
        Assert.False(seen.TryGetProperty("by", out _));
        Assert.True((await FilesAsync(annotator))[0].TryGetProperty("by", out _));
        var given = await viewer.GetAsync($"{Cell}/files/{id}");
        Assert.Equal(Sweep(), await given.Content.ReadAsStringAsync());
        Assert.Equal("attachment", given.Content.Headers.ContentDisposition!.DispositionType);
        Assert.NotEqual(HttpStatusCode.OK, (await app.NewBrowser().GetAsync($"{Cell}/files/{id}")).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await app.NewBrowser().GetAsync(Cell)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await EditAsync(viewer, $$"""{"do":"remove","file":"{{id}}"}""")).StatusCode);

        // Removed, it is not listed and not handed out; the version before has it.
        var removed = await (await EditAsync(annotator, $$"""{"do":"remove","file":"{{id}}"}""")).Content.ReadFromJsonAsync<JsonElement>();
        Assert.DoesNotContain(removed.GetProperty("files").EnumerateArray(), f => f.GetProperty("id").GetGuid() == id);
        Assert.Equal(HttpStatusCode.NotFound, (await viewer.GetAsync($"{Cell}/files/{id}")).StatusCode);
        var before = await viewer.GetFromJsonAsync<JsonElement>($"{Cell}?version={removed.GetProperty("version").GetInt32() - 1}");
        Assert.Contains(before.GetProperty("files").EnumerateArray(), f => f.GetProperty("id").GetGuid() == id);
    }

    [Theory]
    [InlineData("impedance", "a.csv", "no table at all", HttpStatusCode.UnprocessableEntity, "a.csv")]
    [InlineData("series", "a.csv", "x", HttpStatusCode.UnprocessableEntity, "a.csv")]
    [InlineData("spectrum", "a.csv", "x", HttpStatusCode.UnprocessableEntity, "a.csv")]
    [InlineData("spectrum", "a.csv", "", HttpStatusCode.UnprocessableEntity, "a.csv is empty")]
    [InlineData("picture", "a.csv", "x", HttpStatusCode.BadRequest, "kind is series, impedance")]
    [InlineData("0", "a.csv", "x", HttpStatusCode.BadRequest, "kind is series, impedance")]
    [InlineData("impedance", "..", "x", HttpStatusCode.BadRequest, "name")]
    [InlineData("impedance", "a.csv&startHours=soon", "x", HttpStatusCode.BadRequest, "startHours")]
    [InlineData("impedance", "a.csv&options={\"sing\":1}", "x", HttpStatusCode.BadRequest, "docs/cell.md")]
    public async Task File_ThatCannotBeReadOrKept_IsRefusedInOneSentence(
        string kind, string name, string content, HttpStatusCode status, string said)
    {
        var answer = await UploadAsync(await app.GuestAsync(DatasetRole.Annotate), kind, name, content);
        Assert.Equal(status, answer.StatusCode);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!;
        Assert.Contains(said, error);
        Assert.DoesNotContain('\n', error);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"do":"paint"}""")]
    [InlineData("""{"do":"remove","file":"00000000-0000-0000-0000-000000000001"}""")]
    [InlineData("""{"do":"remove","file":"00000000-0000-0000-0000-000000000001","more":1}""")]
    [InlineData("""{"do":"event","edit":{"do":"move","event":"rest@77","hours":1}}""")]
    [InlineData("""{"do":"settings","key":"absorption","json":"1"}""")]
    [InlineData("""{"do":"settings","key":"../x","json":"{}"}""")]
    [InlineData("""{"do":"take-back","entry":7000}""")]
    [InlineData("""{"do":"add","file":{"name":"a"}}""")]
    public async Task Change_ThatCannotBe_IsRefusedInOneSentence(string body)
    {
        var answer = await EditAsync(await app.GuestAsync(DatasetRole.Annotate), body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!;
        Assert.DoesNotContain('\n', error);
        Assert.DoesNotContain("Exception", error);
    }

    [Fact]
    public async Task Change_ThatSendsSomeFields_LeavesTheOthersAndMergesSettings()
    {
        var annotator = await app.GuestAsync(DatasetRole.Annotate);
        var added = await UploadAsync(annotator, "impedance", "patched.csv", Sweep(23), "&startHours=1.5&licence=CC0");
        var id = (await added.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        async Task<JsonElement> SaidAsync(string body)
        {
            var answer = await EditAsync(annotator, body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return (await FilesAsync(annotator)).Single(f => f.GetProperty("id").GetGuid() == id);
        }

        var said = await SaidAsync($$"""{"do":"describe","file":"{{id}}","source":"own data"}""");
        Assert.Equal(("CC0", "own data", 1.5), (said.GetProperty("licence").GetString(), said.GetProperty("source").GetString(),
            said.GetProperty("startHours").GetDouble()));
        said = await SaidAsync($$"""{"do":"describe","file":"{{id}}","licence":null}""");
        Assert.False(said.TryGetProperty("licence", out _));
        Assert.Equal("own data", said.GetProperty("source").GetString());

        // Two programs read the same settings; each sets a field of its own, then both the same one.
        Task<HttpResponseMessage> SetAsync(string json, string? opened) => EditAsync(annotator, JsonSerializer.Serialize(
            opened is null ? new { @do = "settings", key = "patched", json }
                : (object)new { @do = "settings", key = "patched", json, opened }));
        var first = """{"a":1,"b":1}""";
        Assert.Equal(HttpStatusCode.OK, (await SetAsync(first, null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SetAsync("""{"a":2,"b":1}""", first)).StatusCode);
        var merged = await (await SetAsync("""{"a":1,"b":3}""", first)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("""{"a":2,"b":3}""", merged.GetProperty("settings").GetProperty("patched").GetString());
        var refused = await SetAsync("""{"a":7,"b":1}""", first);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var error = (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString();
        Assert.Contains("to 2, where you said 7", error);
    }

    [Fact]
    public async Task Undo_InThePageThatChanged_TakesItsOwnChangesBackAndLeavesWhatOthersChangedSince()
    {
        using var history = new EditHistory();
        var (ada, bo) = (new Person("ada", "Ada"), new Person("bo", "Bo"));
        var mine = new Editor(ada, history);
        var file = await Desk.AddAsync(app.Stored, CellFileKind.Impedance, "undo.csv", Content(Sweep(7)), mine, default);
        Assert.Equal("add undo.csv", history.Counts.UndoName);
        await Desk.ChangeAsync(app.Stored, DescribeFile.Of(file) with { StartHours = 2 }, mine, default);
        await history.UndoAsync(ada, default);
        Assert.Null((await StateAsync()).Find(file.Id)!.StartHours);
        await history.UndoAsync(ada, default);
        Assert.Null((await StateAsync()).Find(file.Id));
        await history.RedoAsync(ada, default);
        Assert.Equal(file, (await StateAsync()).Find(file.Id));

        // Bo says more of it, and then Ada's addition stays.
        await Desk.ChangeAsync(app.Stored, DescribeFile.Of(file) with { Source = "Bo" }, bo, default);
        var kept = await history.UndoAsync(ada, default);
        Assert.Equal((0, "What it changed"), (kept!.Changed, kept.Kept[0]));
        Assert.Equal("Bo", (await StateAsync()).Find(file.Id)!.Source);
    }

    [Fact]
    public async Task Form_OpenedBeforeAnotherSaved_KeepsWhatTheOtherSaidAndRefusesTheSameField()
    {
        var (ada, bo) = (new Person("ada", "Ada"), new Person("bo", "Bo"));
        var file = await Desk.AddAsync(app.Stored, CellFileKind.Impedance, "merged.csv", Content(Sweep(21)), ada, default);
        var clock = new InstrumentClock(40, 0, 1);
        await Desk.ChangeAsync(app.Stored, ChangeFile.Of(file, f => f with { Clock = clock, StartHours = 2 }), bo, default);
        await Desk.ChangeAsync(app.Stored, ChangeFile.Of(file, f => f with { Licence = "CC0" }), ada, default);
        var said = (await StateAsync()).Find(file.Id)!;
        Assert.Equal(("CC0", clock, 2.0), (said.Licence, said.Clock, said.StartHours));

        var refused = await Assert.ThrowsAnyAsync<ArgumentException>(() => Desk.ChangeAsync(
            app.Stored, ChangeFile.Of(file, f => f with { StartHours = 3, Source = "Ada" }), ada, default));
        Assert.Contains("changed the start of merged.csv meanwhile", refused.Message);
        Assert.Equal(said, (await StateAsync()).Find(file.Id));
    }

    [Fact]
    public async Task Undo_OfARemovedFileThatWasAddedAnew_LeavesItAndGoesOnToTheStepBefore()
    {
        using var history = new EditHistory();
        var ada = new Person("ada", "Ada");
        var mine = new Editor(ada, history);
        await Desk.ChangeAsync(app.Stored, new SetSettings("jam", "{}"), mine, default);
        var file = await Desk.AddAsync(app.Stored, CellFileKind.Impedance, "jam.csv", Content(Sweep(22)), ada, default);
        await Desk.ChangeAsync(app.Stored, new RemoveFile(file.Id), mine, default);
        await Desk.AddAsync(app.Stored, CellFileKind.Impedance, "again.csv", Content(Sweep(22)), new Person("bo", "Bo"), default);
        var kept = (await history.UndoAsync(ada, default))!;
        Assert.Equal((0, 1), (kept.Changed, kept.Kept.Count));
        Assert.Contains("is there already, as again.csv", kept.Warning);
        await history.UndoAsync(ada, default);
        Assert.False((await StateAsync()).Settings.ContainsKey("jam"));
        Assert.Equal(0, history.Counts.Undo);
    }

    [Fact]
    public async Task Event_AddedAndMoved_IsInTheReportOfThatVersionAlone()
    {
        var ada = new Person("ada", "Ada");
        await Desk.ChangeAsync(app.Stored, new EditEvents(new AddEvent(EventKind.SoftShort, 0.123)), ada, default);
        var id = new ElectroEvent(EventKind.SoftShort, 0.123, 1).Id;
        await Desk.ChangeAsync(app.Stored, new EditEvents(new MoveEvent(id, 0.2)), ada, default);
        Assert.Equal(0.2, (await Desk.ReportAsync(app.Stored, default)).Events.Events.Single(e => e.Id == id).Hours);
        await Assert.ThrowsAsync<ArgumentException>(
            () => Desk.ChangeAsync(app.Stored, new EditEvents(new MoveEvent("rest@99", 1)), ada, default));
    }

    [Fact]
    public async Task SameContent_OfTheSameKind_IsRefusedByItsName()
    {
        var ada = new Person("ada", "Ada");
        await Desk.AddAsync(app.Stored, CellFileKind.Impedance, "first.csv", Content(Sweep(8)), ada, default);
        var refused = await Assert.ThrowsAnyAsync<ArgumentException>(
            () => Desk.AddAsync(app.Stored, CellFileKind.Impedance, "second.csv", Content(Sweep(8)), ada, default));
        Assert.Contains("first.csv", refused.Message);
    }

    [Fact]
    public async Task Cleaning_RemovesContentsThatNoEntryNamesAndNoOthers()
    {
        var store = app.App.Services.GetRequiredService<DatasetStore>();
        var ada = new Person("ada", "Ada");
        var file = await Desk.AddAsync(app.Stored, CellFileKind.Impedance, "kept.csv", Content(Sweep(9)), ada, default);
        await Desk.ChangeAsync(app.Stored, new RemoveFile(file.Id), ada, default);
        var stray = await new CellLog(store.Blobs, app.Stored).StoreAsync("killed"u8.ToArray(), default);
        var swept = await new Janitor(store, TimeProvider.System).SweepAsync(TimeSpan.Zero, remove: true, default);
        Assert.Equal(
            BlobNames.CellFiles(app.Dataset, app.Identity) + stray,
            Assert.Single(swept.Prefixes, p => p.Contains("/cell/", StringComparison.Ordinal)));

        // An earlier version has the file, and so its content stays.
        Assert.Equal(Sweep(9), Encoding.UTF8.GetString(await Desk.ReadAsync(app.Stored, file, default)));
    }

    [Fact]
    public async Task Backup_WithBlobs_BringsFilesEventsAndSettingsBack()
    {
        var store = app.App.Services.GetRequiredService<DatasetStore>();
        var ada = new Person("ada", "Ada");
        var file = await Desk.AddAsync(app.Stored, CellFileKind.Impedance, "backup.csv", Content(Sweep(11)), ada, default);
        await Desk.ChangeAsync(app.Stored, new SetSettings("backup", """{"circuit":"R0"}"""), ada, default);
        var before = await StateAsync();
        var backup = Path.Combine(app.Folder, "backup");
        await new BackupWriter(Path.Combine(app.Folder, "data"), store, jobsElsewhere: false, TimeProvider.System)
            .WriteAsync(backup, new BackupOptions(Checksums: true, WithBlobs: true), _ => { }, default);
        var other = new FolderBlobStore(Path.Combine(app.Folder, "restored/store"));
        await new Restore(Path.Combine(app.Folder, "restored/data"), other).RunAsync(backup, allowMissing: false, _ => { }, default);
        var log = new CellLog(other, app.Stored);
        var after = await log.StateAsync(null, default);
        Assert.Equal((before.Version, before.Files.Count), (after.Version, after.Files.Count));
        Assert.Equal("""{"circuit":"R0"}""", after.Settings["backup"]);
        Assert.Equal(Sweep(11), Encoding.UTF8.GetString(await log.ReadAsync(file, default)));
    }

    [Fact]
    public async Task Check_OfTheDataset_FindsADamagedFileOfTheCell()
    {
        var folder = Path.Combine(app.Folder, "checked");
        new DendriteViewer.Analysis.Phantoms.PhantomWriter(new() { Size = 48, VoxelUm = 4, Hours = [0] })
            .Write(Path.Combine(folder, "phantom"), null, default);
        var store = new DatasetStore(new FolderBlobStore(Path.Combine(folder, "store")));
        var id = (await new Importer(store, new DendriteViewer.Analysis.ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(Path.Combine(folder, "phantom"), null, null, default)).Id;
        var dataset = (await store.TryOpenAsync(id, default))!;
        using var lanes = new Web.Compute.ComputeLanes(1);
        using var budgets = new Web.Limits.Budgets(new DendriteOptions());
        var desk = new CellDesk(store, lanes, new Web.Compute.AnswerTurns(lanes, TimeProvider.System), budgets, TimeProvider.System);
        var file = await desk.AddAsync(
            dataset, CellFileKind.Impedance, "a.csv", Content(Sweep()), new Person("ada", "Ada"), default);
        Assert.Empty(await ProblemsAsync());
        var blob = BlobNames.CellFiles(id, dataset.Identity) + file.Sha256;
        await store.Blobs.WriteAsync(blob, "damaged"u8.ToArray(), default);
        Assert.Equal($"{blob} is damaged; restore it from a backup.", Assert.Single(await ProblemsAsync()));
        await store.Blobs.WriteAsync(BlobNames.CellLog(id, dataset.Identity) + "00000001.json", "{}"u8.ToArray(), default);
        Assert.Contains("00000001.json is damaged", Assert.Single(await ProblemsAsync()));

        async Task<List<string>> ProblemsAsync()
        {
            var found = new List<string>();
            await foreach (var bad in new Verifier(store).VerifyAsync(dataset, default))
            {
                found.AddRange(bad is null ? [] : [bad.Reason]);
            }

            return found;
        }
    }

    [Fact]
    public async Task Watch_BesideOneThatEnded_HearsOfWhatAnotherServerWrote()
    {
        var store = app.App.Services.GetRequiredService<DatasetStore>();
        await StateAsync();
        var heard = new TaskCompletionSource();
        var ended = Desk.Watch(app.Identity, () => { });
        using var watch = Desk.Watch(app.Identity, () => heard.TrySetResult());
        ended.Dispose();
        ended.Dispose();
        using var lanes = new Web.Compute.ComputeLanes(1);
        using var budgets = new Web.Limits.Budgets(new DendriteOptions());
        var other = new CellDesk(store, lanes, new Web.Compute.AnswerTurns(lanes, TimeProvider.System), budgets, TimeProvider.System);
        await other.ChangeAsync(app.Stored, new SetSettings("elsewhere", "{}"), new Person("bo", "Bo"), default);
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True((await StateAsync()).Settings.ContainsKey("elsewhere"));
    }

    private async Task<JsonElement[]> FilesAsync(HttpClient browser) =>
        [.. (await browser.GetFromJsonAsync<JsonElement>(Cell)).GetProperty("files").EnumerateArray()];

    private Task<CellState> StateAsync() => Desk.StateAsync(app.Stored, default);

    private static MemoryStream Content(string text) => new(Encoding.UTF8.GetBytes(text));

    private Task<HttpResponseMessage> UploadAsync(HttpClient browser, string kind, string name, string content, string more = "") =>
        browser.PostAsync($"{Cell}/files?kind={kind}&name={name}{more}", new StringContent(content));

    private Task<HttpResponseMessage> EditAsync(HttpClient browser, string body) =>
        browser.PostAsync($"{Cell}/edits", new StringContent(body, Encoding.UTF8, "application/json"));
}
