using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Tests.Hosting;

namespace DendriteViewer.Web.Tests.Measurements;

/// <summary>Points, polylines and text notes over HTTP.</summary>
public sealed class AnnotationKindsTests(RunningApp app) : IClassFixture<RunningApp>
{
    private string Measurements => $"/api/datasets/{app.Dataset}/measurements";

    [Fact]
    public async Task Polyline_OfThreePoints_HasTheSumOfItsSegmentsAndTheirErrorsTogether()
    {
        var saved = await SaveAsync(
            """{"kind":"polyline","pointsUm":[[10,20,30],[10,50,70],[10,50,100]],"hours":0,"modality":"projection"}""");
        var length = saved.GetProperty("result").GetProperty("lengthUm");
        Assert.Equal(50 + 30, length.GetProperty("value").GetDouble(), 9);
        Assert.Equal(Math.Sqrt(2 * 2 + 2 * 2), length.GetProperty("error").GetDouble(), 9);
        Assert.Equal("Polyline 1", saved.GetProperty("label").GetString());
    }

    [Fact]
    public async Task PointAndNote_Saved_HaveAPlaceADepthAndTheirText()
    {
        var point = await SaveAsync("""{"kind":"point","pointsUm":[[96,96,96]],"hours":2,"modality":"projection","note":"=here"}""");
        Assert.Equal(1, point.GetProperty("result").GetProperty("depthsUm").GetArrayLength());
        Assert.False(point.GetProperty("result").TryGetProperty("lengthUm", out _));
        var note = await SaveAsync("""
            {"kind":"note","pointsUm":[[96,96,96],[96,120,120]],"hours":2,"modality":"projection","note":"A void\nopens here"}
            """);
        Assert.Equal("A void\nopens here", note.GetProperty("note").GetString());
        var table = await (await app.GuestAsync(DatasetRole.View)).GetStringAsync(Measurements + "/csv");
        Assert.Contains("'=here", table);
        Assert.Contains("\"A void\nopens here\"", table);
    }

    [Theory]
    [InlineData("""{"kind":"point","pointsUm":[[1,2,3],[1,2,4]],"hours":0,"modality":"projection"}""", "2 points; point takes 1")]
    [InlineData("""{"kind":"polyline","pointsUm":[[1,2,3]],"hours":0,"modality":"projection"}""", "1 points; polyline takes 2 to 500")]
    [InlineData("""{"kind":"polyline","pointsUm":[[1,2,3],[1,2,3]],"hours":0,"modality":"projection"}""", "no length")]
    [InlineData("""{"kind":"note","pointsUm":[[1,2,3]],"hours":0,"modality":"projection"}""", "A text note has no text")]
    [InlineData("""{"kind":"note","pointsUm":[[1,2,3]],"hours":0,"modality":"projection","note":"a\u0000"}""", "cannot be shown")]
    public async Task Annotation_ThatCannotBe_IsRefusedInOneSentence(string json, string said)
    {
        var answer = await PostAsync(json);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(said, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    private async Task<JsonElement> SaveAsync(string json)
    {
        var answer = await PostAsync(json);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpResponseMessage> PostAsync(string json) => await (await app.GuestAsync(DatasetRole.Annotate)).PostAsync(
        Measurements, new StringContent(json, System.Text.Encoding.UTF8, "application/json"));
}
