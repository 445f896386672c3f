namespace DendriteViewer.Web.Tours;

/// <summary>Which tour a page plays: who chooses one, in the list or by the address, and who shows it are different components.</summary>
public sealed class TourStage
{
    /// <summary>The tour that is played; null for none.</summary>
    public TourItem? Tour { get; private set; }

    /// <summary>Raised when another tour is to be played, or none.</summary>
    public event Func<Task>? Changed;

    /// <summary>Plays a tour from its first step, or none.</summary>
    public Task PlayAsync(TourItem? tour)
    {
        Tour = tour;
        return Changed?.Invoke() ?? Task.CompletedTask;
    }
}
