using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Components;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Viewing.Display;

/// <summary>
/// A section of the Display panel: sets some fields of the session's view, and is drawn again when somebody else changed what it shows;
/// an orbit, say, draws none.
/// </summary>
public abstract class ViewSection : ComponentBase, IDisposable
{
    private object? _drawn;
    private LatestReading _loading = null!;

    /// <summary>The session whose view is set.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Why the last change was refused, or null.</summary>
    protected string? Problem { get; private set; }

    /// <summary>The view now.</summary>
    protected ViewState View => Session.Current.View;

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Changed -= OnChanged;
        GC.SuppressFinalize(this);
    }

    /// <summary>What of a view the section shows; compared by value.</summary>
    protected abstract object Shown(ViewState view);

    /// <summary>What has to be read for the view that is shown now, before it is drawn.</summary>
    protected virtual Task LoadAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Session.Changed += OnChanged;
        _drawn = Shown(View);
        _loading = new LatestReading(LoadAsync);
        await _loading.RunAsync();
    }

    /// <summary>Notes that something is chosen in the section of which more is read before it is set.</summary>
    protected ViewAsk Ask() => Session.Asks.Part(GetType().Name);

    /// <summary>Changes the view; what is out of its range is told in <see cref="Problem"/>, and changes nothing.</summary>
    protected void Set(Func<ViewState, ViewState> change)
    {
        Ask();
        Problem = null;
        try
        {
            Session.Update(change, this);
        }
        catch (OutOfRangeException e)
        {
            Problem = e.Message;
        }
    }

    private void OnChanged(ViewRevision revision, object? by)
    {
        var shown = Shown(revision.View);
        if (!shown.Equals(_drawn))
        {
            _drawn = shown;
            _ = InvokeAsync(async () =>
            {
                await _loading.RunAsync();
                StateHasChanged();
            });
        }
    }
}
