using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>How journeys choose files.</summary>
public sealed class FieldsTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task ChooseFile_WhereTheFieldIsReplacedBeforeItIsHeard_ChoosesInTheNewOne()
    {
        await browser.BeginAsync();
        var page = await browser.NewPageAsync();
        await page.SetContentAsync("<input type='file' id='field'>");
        await page.EvaluateAsync(
            """
            () => setTimeout(() => {
              field.outerHTML = "<input type='file' id='field' data-new>";
              setTimeout(() => { field._blazorInputFileNextFileId = 0; }, 200);
            }, 200)
            """);
        await page.Locator("#field").ChooseFileAsync(new FilePayload { Name = "a.csv", MimeType = "text/csv", Buffer = [1] });
        Assert.Equal("a.csv", await page.EvaluateAsync<string>("() => document.querySelector('[data-new]').files[0].name"));
    }
}
