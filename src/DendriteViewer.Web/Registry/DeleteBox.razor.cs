using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace DendriteViewer.Web.Registry;

/// <summary>Says what a deletion takes along, and deletes.</summary>
public sealed partial class DeleteBox
{
    private static readonly DialogOptions s_options = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseButton = true };
    private string _typed = "";
    private bool _isWorking, _isEnded;
    private MudDialog _dialog = null!;
    private string? _error;
    private DatasetLoss? _loss;

    /// <summary>The dataset, as the person looked at it.</summary>
    [Parameter, EditorRequired]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Asks to be closed: it was deleted, or is kept.</summary>
    [Parameter]
    public EventCallback Close { get; set; }

    [Inject]
    private DatasetWatch Watch { get; set; } = null!;

    [Inject]
    private DatasetLosses Losses { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    private bool IsTyped => _typed?.Trim() == Dataset.Id.Value;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (await MayAsync())
        {
            try
            {
                _loss = await Losses.OfAsync(Dataset, default);
            }
            catch (BlobStoreException e)
            {
                _error = e.Message;
            }
        }
    }

    private static string KeptOf(DatasetLoss loss) => string.Join(
        " and ", new[] { (loss.Sites, "site"), (loss.Measurements, "measurement") }
        .Where(k => k.Item1 > 0).Select(k => Count(k.Item1, k.Item2)));

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private Task OnVisibleAsync(bool isVisible) => isVisible ? Task.CompletedTask : EndAsync();

    // Closed before the parent takes it away, since a dialog stands elsewhere on the page and would stay there.
    private async Task EndAsync()
    {
        if (!_isEnded)
        {
            _isEnded = true;
            var closing = _dialog.CloseAsync(null);
            await Close.InvokeAsync();
            await closing;
        }
    }

    private async Task<bool> MayAsync()
    {
        var may = await Access.RoleAsync((await Authentication).User, Dataset.Identity) >= DatasetRole.Own;
        _error = may ? null : "Only an owner of the dataset or an administrator may delete it.";
        return may;
    }

    private async Task DeleteAsync()
    {
        if (_isWorking || !IsTyped || !await MayAsync())
        {
            return;
        }

        _isWorking = true;
        try
        {
            await Watch.DeleteAsync(Dataset, (await Authentication).User.PersonOf(), default);
            await EndAsync();
        }
        catch (Exception e) when (e is BlobStoreException or VolumeFormatException)
        {
            _error = e.Message;
        }
        finally
        {
            _isWorking = false;
        }
    }
}
