using System.Security.Claims;
using System.Text.Json;
using AngleSharp.Dom;
using Bunit;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Tests.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace DendriteViewer.Web.Tests.Registry;

/// <summary>
/// The dialog in which people say what a dataset is: what is typed is saved, refused or put beside another's, never lost.
/// </summary>
public sealed class DescriptionDialogTests : MudContext
{
    private readonly TestHost _host = new();
    private IRenderedComponent<MudDialogProvider> _dialogs = null!;

    public override Task InitializeAsync() => _host.InitializeAsync();

    protected override async Task EndAsync()
    {
        await base.EndAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Words_ThatAreTyped_AreSaved()
    {
        await OpenAsync(administrator: true);
        await TypeAsync("Name", "A new name");
        await TypeAsync("Tags", "short, Li, ");
        await SaveAsync();
        await StoredAsync("A new name");
        var saved = await _host.Store.TryOpenAsync(_host.Dataset.Id, default);
        Assert.Equal("A new name", saved!.Name);
        Assert.Equal(["short", "Li"], saved.Manifest.About!.Tags!);
    }

    [Fact]
    public async Task TwoPeople_WhoChangeTheName_SeeBothAndNeitherIsLost()
    {
        await OpenAsync(administrator: true);
        await TypeAsync("Name", "Mine");
        await SaveElsewhereAsync(d => d with { Name = "Theirs", Sample = "S-17" });
        await SaveAsync();
        _dialogs.WaitForAssertion(() => Assert.Contains("Somebody else changed name meanwhile", _dialogs.Markup));
        Assert.Contains("Theirs", _dialogs.Markup);
        Assert.Equal("Mine", Field("Name").GetAttribute("value"));
        Assert.Equal("S-17", Field("Sample").GetAttribute("value"));
        Assert.Equal("Theirs", (await _host.Store.TryOpenAsync(_host.Dataset.Id, default))!.Name);
        await SaveAsync();
        await StoredAsync("Mine");
        var saved = (await _host.Store.TryOpenAsync(_host.Dataset.Id, default))!;
        Assert.Equal(("Mine", "S-17"), (saved.Name, saved.Manifest.About!.Sample));
    }

    [Fact]
    public async Task Field_OutOfBounds_IsNamedAndNothingIsSaved()
    {
        await OpenAsync(administrator: true);
        await TypeAsync("Name", " ");
        await SaveAsync();
        _dialogs.WaitForAssertion(() => Assert.Contains("name is empty; give the experiment a name.", _dialogs.Markup));
        Assert.Equal(_host.Dataset.Name, (await _host.Store.TryOpenAsync(_host.Dataset.Id, default))!.Name);
    }

    [Fact]
    public async Task Somebody_WhoMayOnlyLook_SavesNothing()
    {
        await OpenAsync(administrator: false);
        await TypeAsync("Name", "Mine");
        await SaveAsync();
        _dialogs.WaitForAssertion(() => Assert.Contains("Only who may share the dataset", _dialogs.Markup));
        Assert.Equal(_host.Dataset.Name, (await _host.Store.TryOpenAsync(_host.Dataset.Id, default))!.Name);
    }

    [Fact]
    public async Task Draft_OfAnEarlierVersion_IsMergedWithWhatOthersSavedAndAsksWhereBothWrote()
    {
        var began = DatasetDescription.Of(_host.Dataset.Manifest);
        await SaveElsewhereAsync(d => d with { Name = "Theirs", Sample = "S-17" });
        var now = (await _host.Store.TryOpenAsync(_host.Dataset.Id, default))!;
        await OpenAsync(administrator: true, now, user => JSInterop.Setup<string?>(
            "dendriteShell.kept", $"draft.{DraftField.PersonOf(user.ToString())}.{_host.Dataset.Identity}")
            .SetResult(JsonSerializer.Serialize(new { Base = began, Draft = began with { Name = "Mine", Operator = "Ada" } })));
        _dialogs.WaitForAssertion(() => Assert.Contains("Somebody else changed name meanwhile", _dialogs.Markup));
        Assert.Equal(("Mine", "S-17", "Ada"), (Value("Name"), Value("Sample"), Value("Operator")));
        Assert.Contains("Theirs", _dialogs.Markup);
        await SaveAsync();
        await StoredAsync("Mine");
        var saved = (await _host.Store.TryOpenAsync(_host.Dataset.Id, default))!;
        Assert.Equal(("S-17", "Ada"), (saved.Manifest.About!.Sample, saved.Manifest.About.Operator));
    }

    [Fact]
    public async Task Draft_ThatIsTyped_IsKeptForThePersonWithWhatItBeganFrom()
    {
        var user = await OpenAsync(administrator: true);
        await TypeAsync("Name", "Mine");
        var kept = JSInterop.Invocations["dendriteShell.keep"].Last().Arguments;
        Assert.Equal($"draft.{DraftField.PersonOf(user.ToString())}.{_host.Dataset.Identity}", kept[0]);
        var draft = JsonDocument.Parse((string)kept[1]!).RootElement;
        Assert.Equal((_host.Dataset.Name, "Mine"), (
            draft.GetProperty("Base").GetProperty("Name").GetString(), draft.GetProperty("Draft").GetProperty("Name").GetString()));
    }

    private async Task<Guid> OpenAsync(bool administrator, Dataset? dataset = null, Action<Guid>? before = null)
    {
        var user = await _host.AddUserAsync(administrator);
        before?.Invoke(user);
        Services.AddSingleton(new DatasetEdits(_host.Store, _host.Catalog, _host.Audit));
        Services.AddSingleton(_host.Access);
        _ = Popovers;
        var principal = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user.ToString())], "Test"));
        var authentication = Task.FromResult(new AuthenticationState(principal));
        _dialogs = Render<MudDialogProvider>(p => p.AddCascadingValue(authentication));
        Render<DescriptionDialog>(p => p.AddCascadingValue(authentication)
            .Add(d => d.Dataset, dataset ?? _host.Dataset));
        _dialogs.WaitForAssertion(() => Assert.NotNull(Field("Name")));
        return user;
    }

    // Saving ends after the submit was handled; that the dialog closes then is tried in a browser.
    private async Task StoredAsync(string name)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await _host.Store.TryOpenAsync(_host.Dataset.Id, patience.Token))!.Name != name)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    private async Task SaveElsewhereAsync(Func<DatasetDescription, DatasetDescription> change) =>
        await new DatasetEdits(_host.Store, _host.Catalog, _host.Audit).SaveAsync(
            _host.Dataset, now => change(DatasetDescription.Of(now.Manifest)), new Person("ada", "Ada"), default);

    private IElement Field(string label)
    {
        var named = _dialogs.FindAll("label").First(l => l.TextContent.Trim() == label);
        return _dialogs.Find("#" + named.GetAttribute("for"));
    }

    private string? Value(string label) => Field(label).GetAttribute("value");

    private Task TypeAsync(string label, string text) => _dialogs.InvokeAsync(() => Field(label).Input(text));

    private Task SaveAsync() => _dialogs.InvokeAsync(() => _dialogs.Find("form").Submit());
}
