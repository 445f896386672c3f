using DendriteViewer.Imaging.Rendering;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Viewing;

/// <summary>Says that a graphics processor was lost and who draws instead, until it is closed.</summary>
public sealed partial class DeviceNotice
{
    private string? _notice;

    [Inject]
    private RenderDevices Devices { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose() => Devices.Lost -= OnLost;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Devices.Lost += OnLost;
        _notice = Devices.Notice;
    }

    private void OnLost(string notice) => _ = InvokeAsync(() =>
    {
        _notice = notice;
        StateHasChanged();
    });
}
