using Bunit;
using MudBlazor;
using MudBlazor.Services;

namespace DendriteViewer.Web.Tests.Components;

/// <summary>Renders components that use MudBlazor: with its services, a place for its popovers, and a browser that answers nothing.</summary>
public abstract class MudContext : BunitContext, IAsyncLifetime
{
    protected MudContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
    }

    /// <summary>Where menus, selects and tooltips that are open stand.</summary>
    protected IRenderedComponent<MudPopoverProvider> Popovers { get; private set; } = null!;

    public virtual Task InitializeAsync()
    {
        Popovers = Render<MudPopoverProvider>();
        return Task.CompletedTask;
    }

    // Some of MudBlazor's services can only be disposed asynchronously; what xunit disposes after this finds nothing left to do.
    Task IAsyncLifetime.DisposeAsync() => EndAsync();

    protected virtual async Task EndAsync() => await DisposeAsync();
}
