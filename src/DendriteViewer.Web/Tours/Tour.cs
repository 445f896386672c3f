namespace DendriteViewer.Web.Tours;

/// <summary>Views of a dataset in an order, with words: the row that keeps them.</summary>
public sealed class Tour
{
    /// <summary>Key.</summary>
    public Guid Id { get; set; }

    /// <summary>The identity of the dataset, and no other that gets its id later.</summary>
    public required string DatasetIdentity { get; set; }

    /// <summary>What it is called.</summary>
    public required string Title { get; set; }

    /// <summary>What it is about.</summary>
    public string Text { get; set; } = "";

    /// <summary>The steps, JSON of <see cref="TourStep"/>.</summary>
    public string Steps { get; set; } = "[]";

    /// <summary>Counts its changes from 1; no two changes are made from one state.</summary>
    public int Version { get; set; }

    /// <summary>The name of who changed it last.</summary>
    public required string Author { get; set; }

    /// <summary>When it was made, Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>When it was changed last, Unix milliseconds.</summary>
    public long ChangedAt { get; set; }
}

/// <summary>One view of a tour.</summary>
/// <param name="Id">Its key within the tour, the same wherever it is moved to.</param>
/// <param name="Title">What it is called; may be empty.</param>
/// <param name="Text">What is said of it; may be empty.</param>
/// <param name="View">The view, as the address bar has it after '?'.</param>
/// <param name="Seconds">How long it is shown where the tour plays by itself.</param>
public sealed record TourStep(Guid Id, string Title, string Text, string View, double Seconds);

/// <summary>What a tour says and shows.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Text">What it is about.</param>
/// <param name="Steps">The views in their order.</param>
public sealed record TourContent(string Title, string Text, IReadOnlyList<TourStep> Steps)
{
    /// <summary>Whether it says and shows the same.</summary>
    public bool IsSameAs(TourContent other) => (Title, Text) == (other.Title, other.Text) && Steps.SequenceEqual(other.Steps);

    /// <summary>Where a step stands; -1 where somebody took it out.</summary>
    public int IndexOf(Guid step) => Steps.ToList().FindIndex(s => s.Id == step);

    /// <summary>With a step added at the end.</summary>
    public TourContent With(TourStep step) => this with { Steps = [.. Steps, step] };

    /// <summary>With a step changed.</summary>
    /// <exception cref="TourException">It is not there any more.</exception>
    public TourContent With(Guid step, Func<TourStep, TourStep> change) => IndexOf(step) < 0
        ? throw new TourException("Somebody took this step out of the tour meanwhile.")
        : this with { Steps = [.. Steps.Select(s => s.Id == step ? change(s) : s)] };

    /// <summary>Without a step.</summary>
    public TourContent Without(Guid step) => this with { Steps = [.. Steps.Where(s => s.Id != step)] };

    /// <summary>With a step moved by so many places, as far as there are.</summary>
    public TourContent Moved(Guid step, int by)
    {
        var from = IndexOf(step);
        if (from < 0)
        {
            return this;
        }

        var list = Steps.ToList();
        list.RemoveAt(from);
        list.Insert(Math.Clamp(from + by, 0, list.Count), Steps[from]);
        return this with { Steps = list };
    }
}

/// <summary>A tour as somebody sees it.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Content">What it says and shows.</param>
/// <param name="Version">Counts its changes.</param>
/// <param name="Author">Who changed it last; null for who sees no names.</param>
/// <param name="ChangedAt">When it was changed last, Unix milliseconds.</param>
public sealed record TourItem(Guid Id, TourContent Content, int Version, string? Author, long ChangedAt);

/// <summary>The tours of a dataset.</summary>
/// <param name="Items">In the order in which they were made.</param>
/// <param name="MayEdit">Whether the visitor may make and change them: who may annotate.</param>
public sealed record TourList(IReadOnlyList<TourItem> Items, bool MayEdit);
