using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Tests.Hosting;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Measurements;

/// <summary>Measurements over HTTP: who may, what is kept, what comes out.</summary>
public sealed class MeasurementApiTests(RunningApp app) : IClassFixture<RunningApp>
{
    // The phantom has 48 voxels of 4 µm along each axis, at 0 and 2 h.
    private const string Circle =
        """{"kind":"circle","pointsUm":[[96,96,96],[96,96,136]],"right":[0,0,1],"down":[0,1,0],"hours":2,"modality":"projection"}""";

    private const string Ruler =
        """{"kind":"ruler","pointsUm":[[10,20,30],[10,50,70]],"hours":0,"modality":"projection","label":"=gap","color":"#35c9e8"}""";

    private string Measurements => $"/api/datasets/{app.Dataset}/measurements";

    [Fact]
    public async Task Measurement_SavedByWhoMayAnnotate_IsComputedListedAndExportedWithUnits()
    {
        var annotator = await app.GuestAsync(DatasetRole.Annotate);
        var ruler = await SaveAsync(annotator, Ruler);
        Assert.Equal(50, ruler.GetProperty("result").GetProperty("lengthUm").GetProperty("value").GetDouble(), 9);
        Assert.Equal(2, ruler.GetProperty("result").GetProperty("lengthUm").GetProperty("error").GetDouble(), 9);
        var circle = await SaveAsync(annotator, Circle);
        var region = circle.GetProperty("result").GetProperty("region");
        Assert.Equal(Math.PI * 1600, region.GetProperty("geometricSize").GetDouble(), 6);
        Assert.Equal(16 * region.GetProperty("voxels").GetInt64(), region.GetProperty("sampledSize").GetDouble(), 6);
        Assert.InRange(region.GetProperty("sampledSize").GetDouble(), Math.PI * 1600 - 16 * 31, Math.PI * 1600 + 16 * 31);
        Assert.Equal(4, region.GetProperty("thicknessUm").GetDouble(), 9);

        var viewer = await app.GuestAsync(DatasetRole.View);
        var list = (await viewer.GetFromJsonAsync<List<JsonElement>>(Measurements))!;
        Assert.Contains(list, m => m.GetProperty("id").GetString() == circle.GetProperty("id").GetString());
        var table = await viewer.GetStringAsync(Measurements + "/csv");
        Assert.Contains("length_um,length_error_um", table);
        Assert.Contains("'=gap,ruler,0,projection,10 20 30; 10 50 70,", table);
        var histogram = await viewer.GetStringAsync($"{Measurements}/{circle.GetProperty("id").GetString()}/csv");
        Assert.StartsWith("from_value,to_below_value,voxels", histogram);
        var counted = histogram.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Sum(l => long.Parse(l.Split(',')[2]));
        Assert.Equal(region.GetProperty("voxels").GetInt64(), counted);
        Assert.Equal(HttpStatusCode.NotFound,
            (await viewer.GetAsync($"{Measurements}/{ruler.GetProperty("id").GetString()}/csv")).StatusCode);
    }

    [Fact]
    public async Task Measurement_OfWhoMayOnlyLook_IsComputedAndNotSaved()
    {
        var viewer = await app.GuestAsync(DatasetRole.View);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(viewer, Measurements, Circle)).StatusCode);
        var before = (await viewer.GetFromJsonAsync<List<JsonElement>>(Measurements))!.Count;
        var answer = await PostAsync(viewer, Measurements + "/compute", Circle);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("result").GetProperty("region")
            .GetProperty("voxels").GetInt64() > 200);
        Assert.Equal(before, (await viewer.GetFromJsonAsync<List<JsonElement>>(Measurements))!.Count);
        Assert.NotEqual(HttpStatusCode.OK, (await PostAsync(app.NewBrowser(), Measurements + "/compute", Circle)).StatusCode);
    }

    [Fact]
    public async Task Names_OfWhoMeasured_AreForMembersAndThoseWhoAnnotate()
    {
        var annotator = await app.GuestAsync(DatasetRole.Annotate);
        var author = (await SaveAsync(annotator, Ruler)).GetProperty("author").GetString()!;
        Assert.NotEmpty(author);
        Assert.Contains($"\"author\":\"{author}\"", await annotator.GetStringAsync(Measurements));
        var viewer = await app.GuestAsync(DatasetRole.View);
        Assert.DoesNotContain($"\"author\":\"{author}\"", await viewer.GetStringAsync(Measurements));
    }

    [Fact]
    public async Task Measurement_ChangedFromAnOldVersionOrDeleted_IsRefusedAndStays()
    {
        var annotator = await app.GuestAsync(DatasetRole.Annotate);
        var ruler = await SaveAsync(annotator, Ruler);
        var id = ruler.GetProperty("id").GetString();
        var moved = Ruler.Insert(1, $"\"id\":\"{id}\",\"version\":1,").Replace("[10,50,70]", "[10,20,130]");
        var changed = await SaveAsync(annotator, moved);
        Assert.Equal((2, 100d), (changed.GetProperty("version").GetInt32(),
            changed.GetProperty("result").GetProperty("lengthUm").GetProperty("value").GetDouble()));
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(annotator, Measurements, moved)).StatusCode);

        var viewer = await app.GuestAsync(DatasetRole.View);
        Assert.Equal(HttpStatusCode.NotFound, (await viewer.DeleteAsync($"{Measurements}/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await annotator.DeleteAsync($"{Measurements}/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await annotator.DeleteAsync($"{Measurements}/{id}")).StatusCode);
        Assert.DoesNotContain($"\"{id}\"", await viewer.GetStringAsync(Measurements));
    }

    [Theory]
    [InlineData("kind", "\"blob\"", "kind")]
    [InlineData("pointsUm", "[[1,2,3]]", "1 points; circle takes 2")]
    [InlineData("pointsUm", "[[1,2,3],[1,2]]", "2 numbers; give 3")]
    [InlineData("pointsUm", "[[1,2,3],null]", "0 numbers; give 3")]
    [InlineData("pointsUm", "[[1,2,3],[1,2,1e30]]", "1E+30")]
    [InlineData("pointsUm", "[[96,96,96],[97,96,136]]", "do not lie in its plane")]
    [InlineData("pointsUm", "[[96,96,96],[96,96,96]]", "no size")]
    [InlineData("pointsUm", "[[96,96,9600],[96,96,9604]]", "outside the volume")]
    [InlineData("pointsUm", "[[96,96,96],[96,96,99999999]]", "make it smaller")]
    [InlineData("right", "[0,0,2]", "right angles")]
    [InlineData("right", "null", "one of right and down")]
    [InlineData("hours", "1", "does not have")]
    [InlineData("modality", "null", "does not have")]
    [InlineData("label", "\"a\\u0000b\"", "cannot be shown")]
    [InlineData("color", "\"red\"", "#rrggbb")]
    [InlineData("thicknessUm", "-1", "thicknessUm is -1")]
    [InlineData("widthUm", "5", "only a profile has")]
    public async Task Measurement_ThatCannotBe_IsRefusedInOneSentence(string field, string value, string said)
    {
        var fields = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Circle)!;
        fields[field] = JsonDocument.Parse(value).RootElement;
        var answer = await PostAsync(await app.GuestAsync(DatasetRole.Annotate), Measurements, JsonSerializer.Serialize(fields));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!;
        Assert.Contains(said, error);
        Assert.DoesNotContain('\n', error);
        Assert.DoesNotContain("Exception", error);
    }

    [Fact]
    public async Task Profile_ThroughTheApi_HasItsValuesAlongTheLine()
    {
        var profile = Ruler.Replace("ruler", "profile").Replace("=gap", "p");
        var saved = await SaveAsync(await app.GuestAsync(DatasetRole.Annotate), profile);
        var values = saved.GetProperty("result").GetProperty("profile").GetProperty("values");
        Assert.Equal(50, saved.GetProperty("result").GetProperty("profile").GetProperty("lengthUm").GetDouble(), 6);
        Assert.InRange(values.GetArrayLength(), 26, 33);
        var viewer = await app.GuestAsync(DatasetRole.View);
        var csv = await viewer.GetStringAsync($"{Measurements}/{saved.GetProperty("id").GetString()}/csv");
        Assert.StartsWith("distance_um,z_um,y_um,x_um,value", csv);
        Assert.Equal(values.GetArrayLength() + 1, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Undo_InThePageThatMeasured_TakesTheMeasurementBackAndBringsItAgain()
    {
        var desk = app.App.Services.GetRequiredService<MeasurementDesk>();
        var log = app.App.Services.GetRequiredService<MeasurementLog>();
        using var history = new EditHistory();
        var ada = new Person("ada", "Ada");
        var order = new MeasurementOrder(
            app.Stored, new Editor(ada, history), MaySave: true, new("ada", false, "here"), new PageMeasurements());
        var wanted = JsonSerializer.Deserialize<Measurement>(Circle, MeasurementLog.Json)!;
        var saved = await desk.MeasureAsync(order, wanted, default);
        Assert.Equal($"draw {saved.Label}", history.Counts.UndoName);
        await history.UndoAsync(ada, default);
        Assert.Null(await log.FindAsync(app.Identity, saved.Id, default));
        await history.RedoAsync(ada, default);
        Assert.Equal(saved.Result!.Region!.Voxels, (await log.FindAsync(app.Identity, saved.Id, default))!.Result!.Region!.Voxels);
        await desk.RenameAsync(order, (await log.FindAsync(app.Identity, saved.Id, default))! with { Label = "Pore" }, default);
        Assert.Equal("Pore", (await log.FindAsync(app.Identity, saved.Id, default))!.Label);
    }

    [Fact]
    public async Task PageOfWhoMayOnlyLook_KeepsMeasurementsUntilTheyAreDeleted()
    {
        var desk = app.App.Services.GetRequiredService<MeasurementDesk>();
        var page = new PageMeasurements();
        var order = new MeasurementOrder(app.Stored, new Person("eve", "Eve"), MaySave: false, new("eve", false, "here"), page);
        var wanted = JsonSerializer.Deserialize<Measurement>(Circle, MeasurementLog.Json)!;
        var kept = await desk.MeasureAsync(order, wanted, default);
        Assert.Equal(("Circle 1", kept.Id), (kept.Label, Assert.Single(page.Kept).Id));
        Assert.Equal("Circle 2", (await desk.MeasureAsync(order, wanted, default)).Label);
        var larger = await desk.MeasureAsync(order, kept with { PointsUm = [[96, 96, 96], [96, 96, 140]] }, default);
        Assert.Equal((kept.Id, 2), (larger.Id, page.Kept.Count));
        await desk.DeleteAsync(order, kept.Id, default);
        Assert.Single(page.Kept);
        Assert.DoesNotContain(await app.App.Services.GetRequiredService<MeasurementLog>().ListAsync(app.Identity), m => m.Author == "Eve");
    }

    [Fact]
    public async Task SavedMeasurement_ForSomebodyWhoMayOnlyLook_IsNeitherRenamedNorDeleted()
    {
        var desk = app.App.Services.GetRequiredService<MeasurementDesk>();
        var log = app.App.Services.GetRequiredService<MeasurementLog>();
        var ada = new MeasurementOrder(app.Stored, new Person("ada", "Ada"), MaySave: true, new("ada", false, "here"), null);
        var saved = await desk.MeasureAsync(ada, JsonSerializer.Deserialize<Measurement>(Circle, MeasurementLog.Json)!, default);
        var eve = new MeasurementOrder(
            app.Stored, new Person("eve", "Eve"), MaySave: false, new("eve", false, "here"), new PageMeasurements());
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => desk.RenameAsync(eve, saved with { Label = "Hers" }, default));
        Assert.Contains("not open to you", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => desk.DeleteAsync(eve, saved.Id, default));
        Assert.Equal(saved.Label, (await log.FindAsync(app.Identity, saved.Id, default))!.Label);
    }

    [Fact]
    public async Task Measuring_CancelledInThePage_EndsAndKeepsNothing()
    {
        var page = new PageMeasurements();
        page.Changed += () =>
        {
            if (page.Running is [var one])
            {
                page.Cancel(one.Id);
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page.RunAsync<int>("Box 1", async (progress, stop) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            return 1;
        }, default));
        Assert.Empty(page.Running);
        Assert.Empty(page.Kept);
    }

    [Fact]
    public async Task OpenViewers_HearOfANewMeasurement_AndOfNobodysName()
    {
        var viewer = await app.GuestAsync(DatasetRole.View);
        await using var hub = new HubConnectionBuilder()
            .WithUrl(app.Address + "/hubs/frames", o => o.Cookies = app.CookiesOf(viewer)).AddMessagePackProtocol().Build();
        var heard = Channel.CreateUnbounded<string>();
        hub.On<string>("measurements", json => heard.Writer.TryWrite(json));
        await hub.StartAsync();
        await hub.InvokeAsync<string>("Join", Guid.NewGuid().ToString("N"), app.Dataset.Value, "");
        var saved = await SaveAsync(await app.GuestAsync(DatasetRole.Annotate), Circle);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        var json = "";
        while (!json.Contains(saved.GetProperty("id").GetString()!, StringComparison.Ordinal))
        {
            json = await heard.Reader.ReadAsync(patience.Token);
        }

        var mark = JsonDocument.Parse(json).RootElement.EnumerateArray().Single(m =>
            m.GetProperty("id").GetString() == saved.GetProperty("id").GetString());
        Assert.Contains("µm²", mark.GetProperty("text").GetString());
        Assert.False(mark.TryGetProperty("author", out _));
        Assert.False(mark.TryGetProperty("result", out _));
    }

    private async Task<JsonElement> SaveAsync(HttpClient browser, string body)
    {
        var answer = await PostAsync(browser, Measurements, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient browser, string path, string body) =>
        browser.PostAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
}
