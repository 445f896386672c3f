using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>The page on which curators and owners of a dataset define its labels and fields.</summary>
public sealed partial class SchemaPage
{
    private Dataset? _dataset;
    private ClaimsPrincipal _user = new();
    private string? _problem;
    private bool _isKnown, _isChanged;

    /// <summary>The dataset's id.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private DatasetCatalog Catalog { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <summary>The page of a dataset.</summary>
    public static string AddressOf(DatasetId dataset) => $"/schema/{dataset}";

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        try
        {
            _user = (await Authentication).User;
            _dataset = await Catalog.TryOpenAsync(_user, Id, DatasetRole.Curate, default);
        }
        catch (Exception e)
        {
            _problem = Failures.Tell(e);
        }

        _isKnown = true;
    }

    private void Tell() => Snackbar.Add("Labels and fields are saved.", Severity.Success);

    // Leaving for another page of the app; the browser asks where the tab is closed.
    private async Task AskAsync(LocationChangingContext leaving)
    {
        if (_isChanged && await Dialogs.ShowMessageBoxAsync(
            "Leave without saving?", "What you changed of the labels and fields is not saved.", yesText: "Leave",
            cancelText: "Stay") != true)
        {
            leaving.PreventNavigation();
        }
    }
}
