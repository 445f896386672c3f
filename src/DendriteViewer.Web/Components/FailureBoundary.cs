using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

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

        builder.OpenElement(1, "div");
        builder.AddAttribute(2, "class", "panel-body");
        builder.OpenElement(3, "p");
        builder.AddAttribute(4, "class", "error");
        builder.AddAttribute(5, "role", "alert");
        builder.AddContent(6, _sentence);
        builder.CloseElement();
        builder.OpenElement(7, "button");
        builder.AddAttribute(8, "class", "button");
        builder.AddAttribute(9, "type", "button");
        builder.AddAttribute(10, "onclick", EventCallback.Factory.Create(this, Recover));
        builder.AddContent(11, "Try again");
        builder.CloseElement();
        builder.CloseElement();
    }
}
