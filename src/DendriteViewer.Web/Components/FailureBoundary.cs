using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using MudBlazor;

namespace DendriteViewer.Web.Components;

/// <summary>Around a part of a page: what fails in it is told in its place, and the rest of the page goes on.</summary>
public sealed class FailureBoundary : ErrorBoundaryBase
{
    private string? _sentence;

    [Inject]
    private Failures Failures { get; set; } = null!;

    /// <inheritdoc/>
    protected override Task OnErrorAsync(Exception exception)
    {
        _sentence = Failures.Tell(exception);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (CurrentException is null)
        {
            builder.AddContent(0, ChildContent);
            return;
        }

        builder.OpenComponent<MudAlert>(1);
        builder.AddAttribute(2, nameof(MudAlert.Severity), Severity.Error);
        builder.AddAttribute(3, nameof(MudAlert.Dense), true);
        builder.AddAttribute(4, "role", "alert");
        builder.AddAttribute(5, nameof(MudAlert.ChildContent), (RenderFragment)(content =>
        {
            content.AddContent(0, _sentence);
            content.OpenComponent<MudButton>(1);
            content.AddAttribute(2, nameof(MudButton.Size), Size.Small);
            content.AddAttribute(3, nameof(MudButton.Class), "ms-2");
            content.AddAttribute(4, nameof(MudButton.OnClick),
                EventCallback.Factory.Create<Microsoft.AspNetCore.Components.Web.MouseEventArgs>(this, Recover));
            content.AddAttribute(5, nameof(MudButton.ChildContent), (RenderFragment)(label => label.AddContent(0, "Try again")));
            content.CloseComponent();
        }));
        builder.CloseComponent();
    }
}
