using DendriteViewer.Web.Annotations.Journal;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>
/// Steps of several kinds that a person made as one: taken back the last first, and made again in order, by one write, so that a server
/// that dies leaves all of it or nothing.
/// </summary>
/// <param name="Name">What they did together.</param>
/// <param name="Count">How many annotations they changed.</param>
/// <param name="Steps">The steps, two or more of one dataset's journal, in the order in which they were made.</param>
internal sealed record SeveralSteps(string Name, int Count, IReadOnlyList<JournalStep> Steps)
    : JournalStep(Steps[0].Journal, Steps[0].Dataset, Name, Count)
{
    /// <inheritdoc/>
    public override long Number => Steps[^1].Number;

    /// <inheritdoc/>
    public override IReadOnlyList<long> Numbers => [.. Steps.SelectMany(s => s.Numbers)];

    /// <summary>Steps of an import as one; a single one stays itself.</summary>
    public static JournalStep Of(IReadOnlyList<JournalStep> steps, int count) =>
        steps.Count == 1 ? steps[0] : new SeveralSteps($"import {count} sites and annotations", count, steps);

    /// <inheritdoc/>
    internal override async Task<Writing<TakenBack>> BeginAsync(Editor by, string? key, CancellationToken ct)
    {
        var writings = new List<Writing<TakenBack>>();
        foreach (var step in Steps.Reverse())
        {
            // One key names all of it.
            writings.Add(await step.BeginAsync(by, writings.Count == 0 ? key : null, ct));
        }

        return new Writing<TakenBack>(PendingEdit.Together([.. writings.Select(w => w.Edit)], null), async () =>
        {
            var parts = new List<TakenBack>();
            foreach (var writing in writings)
            {
                parts.Add(await writing.FinishAsync());
            }

            var (reverses, first) = (parts.Select(p => p.Reverse).OfType<JournalStep>().ToArray(), parts.Find(p => p.Entry is not null));
            return new TakenBack(
                new EditStepResult(Name, parts.Sum(p => p.Result.Changed), [.. parts.SelectMany(p => p.Result.Kept)]),
                reverses.Length switch
                {
                    0 => null,
                    1 => reverses[0],
                    _ => this with { Count = reverses.Sum(r => r.Count), Steps = reverses },
                })
            {
                Entry = first?.Entry, Version = first?.Version,
            };
        });
    }
}
