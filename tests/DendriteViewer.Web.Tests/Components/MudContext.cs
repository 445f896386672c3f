using Bunit;
using MudBlazor;
using MudBlazor.Services;

namespace DendriteViewer.Web.Tests.Components;

/// <summary>
/// Renders components that use MudBlazor: with its services, a place for its popovers, and a browser that answers nothing.
/// </summary>
public abstract class MudContext : BunitContext, IAsyncLifetime
{
    private IRenderedComponent<MudPopoverProvider>? _popovers;

    protected MudContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
    }

    /// <summary>
    /// Where menus, selects and tooltips that are open stand. A test asks for it after it registered its services and before it renders a
    /// component that has any of these.
    /// </summary>
    protected IRenderedComponent<MudPopoverProvider> Popovers => _popovers ??= Render<MudPopoverProvider>();

    public virtual Task InitializeAsync() => Task.CompletedTask;

    // Some of MudBlazor's services can only be disposed asynchronously; what xunit disposes after this finds nothing left to do.
    Task IAsyncLifetime.DisposeAsync() => EndAsync();

    protected virtual async Task EndAsync() => await DisposeAsync();
}
