using DendriteViewer.Web.Accounts;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>Steps of several logs that a person made as one: taken back the last first, and made again in order.</summary>
/// <param name="Name">What they did together.</param>
/// <param name="Count">How many annotations they changed.</param>
/// <param name="Steps">The steps, in the order in which they were made.</param>
internal sealed record SeveralSteps(string Name, int Count, IReadOnlyList<EditStep> Steps) : EditStep(Name, Count)
{
    /// <inheritdoc/>
    public override long Number => Steps.Count == 0 ? 0 : Steps[^1].Number;

    /// <inheritdoc/>
    public override IReadOnlyList<long> Numbers => [.. Steps.SelectMany(s => s.Numbers)];

    /// <summary>Steps of an import as one; a single one stays itself.</summary>
    public static EditStep Of(IReadOnlyList<EditStep> steps, int count) =>
        steps.Count == 1 ? steps[0] : new SeveralSteps($"import {count} sites and annotations", count, steps);

    /// <inheritdoc/>
    public override async Task<(EditStepResult Result, EditStep? Reverse)> TakeBackAsync(Person by, CancellationToken ct)
    {
        var (changed, kept, reverses) = (0, new List<string>(), new List<EditStep>());
        foreach (var step in Steps.Reverse())
        {
            var (result, reverse) = await step.TakeBackAsync(by, ct);
            changed += result.Changed;
            kept.AddRange(result.Kept);
            if (reverse is not null)
            {
                reverses.Add(reverse);
            }
        }

        return (new EditStepResult(Name, changed, kept), reverses.Count == 0 ? null : this with { Steps = reverses });
    }
}
