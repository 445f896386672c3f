using System.Security.Claims;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Masks;

/// <summary>
/// Where masks are corrected, by pages and programs alike, in the lane of what somebody waits for: a log may take long to replay. What a
/// page paints is a step of its history, which undo takes back in order. Whoever calls has been authorized.
/// </summary>
public sealed class MaskDesk(MaskCorrections masks, ComputeLanes lanes, Budgets budgets, TimeProvider time, AuditLog audit)
{
    /// <summary>As how many corrections a fill counts.</summary>
    public const int FillCounts = 4;

    /// <summary>As how many corrections restoring a version, and taking strokes over, counts.</summary>
    public const int RestoreCounts = 8;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(3);

    /// <summary>Counts what somebody asks for in a page, whose circuit has no network address that could be asked for.</summary>
    /// <exception cref="BudgetSpentException">It was too much.</exception>
    public void Spend(ClaimsPrincipal user, MaskEntryKind kind) =>
        budgets.Stroke(ClientKeys.OfPage(user), kind is MaskEntryKind.Restore or MaskEntryKind.Carry ? RestoreCounts : 1);

    /// <summary>The mask of a timestep.</summary>
    /// <exception cref="MaskMissingException">No analysis made one.</exception>
    public CorrectedMask Of(Dataset dataset, double hours) => masks.Find(dataset, hours)
        ?? throw new MaskMissingException(dataset.Kept is { KeepsVolumes: true, MaskEntries: null }
            ? "How masks were corrected then was not kept with this frozen state, and is not shown."
            : FormattableString.Invariant(
            $"There is no {LabelModality.Lithium} mask of {hours:0.######} h to correct; run the analysis first."));

    /// <summary>
    /// Calls back whenever a mask of the session's dataset changed. What other servers write to the mask that is shown is looked for every
    /// few seconds.
    /// </summary>
    /// <returns>Ends it.</returns>
    public IDisposable Watch(ViewSession session, Action changed)
    {
        var end = new CancellationTokenSource();
        _ = LookAsync(session, end.Token);
        void On(DatasetIdentity id, CorrectedMask mask)
        {
            if (id == session.Dataset.Identity)
            {
                changed();
            }
        }

        masks.Changed += On;
        return new Ending(() =>
        {
            masks.Changed -= On;
            end.Cancel();
            end.Dispose();
        });
    }

    private async Task LookAsync(ViewSession session, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await Task.Delay(LookInterval, time, ct);
                if (session.Current.View.LabelsIn(session.Dataset)?.Mask is { } mask)
                {
                    await RunAsync(() => mask.SummaryAsync(ct), ct);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e) when (e is IOException or VolumeFormatException)
        {
            // The page says that the store is away, and the panel what is wrong with the log, when it is read the next time.
        }
    }

    /// <summary>The mask of a timestep as it is now.</summary>
    public Task<MaskSummary> SummaryAsync(Dataset dataset, double hours, CancellationToken ct) =>
        RunAsync(() => Of(dataset, hours).SummaryAsync(ct), ct);

    /// <summary>Paints or erases with a brush; a stroke that was sent by the same name before is not painted again.</summary>
    public async Task<MaskEntry> PaintAsync(
        Dataset dataset, double hours, BrushMark stroke, Editor by, CancellationToken ct, string? id = null)
    {
        var entry = await RunAsync(() => Of(dataset, hours).PaintAsync(stroke, by.Person.Name, Now, ct, id), ct);
        Remember(dataset, hours, entry, by, stroke.Erase ? "erase" : "paint");
        return entry;
    }

    /// <summary>Fills a hole, or takes a piece away; what was sent by the same name before is not done again.</summary>
    public async Task<MaskEntry> FillAsync(
        Dataset dataset, double hours, WorldPoint seed, WorldVector? normal, bool erase, Editor by, CancellationToken ct, string? id = null)
    {
        var entry = await RunAsync(() => Of(dataset, hours).FillAsync(seed, normal, erase, by.Person.Name, Now, ct, id), ct);
        Remember(dataset, hours, entry, by, erase ? "take away a piece" : "fill");
        return entry;
    }

    /// <summary>
    /// Adds what grows from a point by grey value, or takes it away; what was sent by the same name before is not done again.
    /// </summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="hours">Hours of the mask.</param>
    /// <param name="seed">The point.</param>
    /// <param name="normal">In one slice, the slice's normal; null grows in space.</param>
    /// <param name="tolerance">How far values may lie from that at the point.</param>
    /// <param name="modality">Modality of the scan; null for the first one of that time.</param>
    /// <param name="erase">Whether to take it away.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="id">The name that it was sent by.</param>
    public async Task<MaskEntry> GrowAsync(
        Dataset dataset, double hours, WorldPoint seed, WorldVector? normal, double tolerance, string? modality, bool erase, Editor by,
        CancellationToken ct, string? id = null)
    {
        var scan = dataset.Volumes.FirstOrDefault(v => v.Key.Hours == hours && (modality is null || v.Key.Modality == modality))
            ?? throw new OutOfRangeException(FormattableString.Invariant(
                $"There is no scan{(modality is null ? "" : $" of {modality}")} at {hours:0.######} h whose values could be followed."));
        var entry = await RunAsync(
            () => Of(dataset, hours).GrowAsync(scan, seed, normal, tolerance, erase, by.Person.Name, Now, ct, id), ct);
        Remember(dataset, hours, entry, by, erase ? "take away by grey value" : "add by grey value");
        return entry;
    }

    /// <summary>Keeps the mask as it is as a version.</summary>
    public Task<MaskVersion> SaveAsync(Dataset dataset, double hours, string? note, Person by, CancellationToken ct) => RecordedAsync(
        dataset, hours, "kept a version of", by,
        mask => mask.SaveAsync(string.IsNullOrWhiteSpace(note) ? null : note.Trim(), by.Name, Now, ct), ct);

    /// <summary>Makes the mask what a version is, as a new version; 0 is the automatic mask.</summary>
    public Task<MaskVersion> RestoreAsync(Dataset dataset, double hours, int version, Person by, CancellationToken ct) => RecordedAsync(
        dataset, hours, $"restored v{version} of", by, mask => mask.RestoreAsync(version, by.Name, Now, ct), ct);

    /// <summary>Says which version numbers rest on; 0 is the automatic mask.</summary>
    public Task ChooseAsync(Dataset dataset, double hours, int version, Person by, CancellationToken ct) => RecordedAsync(
        dataset, hours, $"let numbers rest on v{version} of", by, async mask =>
        {
            await mask.ChooseAsync(version, by.Name, Now, ct);
            return true;
        }, ct);

    /// <summary>Takes over what was corrected of the automatic mask before this one.</summary>
    public Task CarryAsync(Dataset dataset, double hours, Person by, CancellationToken ct) => RecordedAsync(
        dataset, hours, "took earlier corrections over into", by, async mask =>
        {
            await mask.CarryAsync(by.Name, Now, ct);
            return true;
        }, ct);

    // Strokes have a log of their own, with names; what the numbers rest on is told here too.
    private Task<T> RecordedAsync<T>(
        Dataset dataset, double hours, string what, Person by, Func<CorrectedMask, Task<T>> act, CancellationToken ct)
    {
        var mask = Of(dataset, hours);
        return audit.RecordedAsync(
            AuditKind.Correction, by, FormattableString.Invariant($"{what} the mask at {hours:0.######} h"), AuditSubject.Of(dataset),
            () => RunAsync(() => act(mask), ct));
    }

    /// <summary>Sentences about masks whose numbers do not rest on what was chosen for them.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="result">The numbers.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<string>> StaleAsync(Dataset dataset, AnalysisResult result, CancellationToken ct)
    {
        var sentences = new List<string>();
        foreach (var hours in await masks.CorrectedHoursAsync(dataset, ct))
        {
            int chosen;
            try
            {
                chosen = (await SummaryAsync(dataset, hours, ct)).State.Chosen;
            }
            catch (VolumeFormatException e)
            {
                // A damaged log must not keep anybody from the numbers that there are.
                sentences.Add(FormattableString.Invariant($"The corrections of the mask at {hours:0.##} h cannot be read: {e.Message}"));
                continue;
            }

            var used = result.MaskAt(hours)?.Version ?? 0;
            if (chosen != used)
            {
                sentences.Add(FormattableString.Invariant(
                    $"At {hours:0.##} h, {Name(chosen)} was chosen since; the numbers still rest on {Name(used)}."));
            }
        }

        return sentences;

        static string Name(int version) => version == 0 ? "the automatic mask" : $"v{version} of the mask";
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    // An analysis may have made other labels since the stroke.
    private Task<bool> StepAsync(Step step, Person by, CancellationToken ct) => RunAsync(
        async () => await masks.FindNowAsync(step.Dataset, step.Hours, ct) is { } mask
            && await mask.StepAsync(step.Stroke, step.Again, by.Name, Now, ct), ct);

    private Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken ct) => lanes[Urgency.Resting].RunAsync(work, ct);

    private void Remember(Dataset dataset, double hours, MaskEntry entry, Editor by, string verb)
    {
        if (!entry.IsKnown)
        {
            by.History?.Add(new Step(
                this, dataset, hours, entry.Sequence, Again: false, FormattableString.Invariant($"{verb} in the mask at {hours:0.##} h")));
        }
    }

    // A stroke is taken back by an entry of the log of its own, so that nothing is dropped.
    private sealed record Step(MaskDesk Desk, Dataset Dataset, double Hours, int Stroke, bool Again, string Name) : EditStep(Name, 1)
    {
        public override async Task<(EditStepResult Result, EditStep? Reverse)> TakeBackAsync(Person by, CancellationToken ct)
        {
            var isDone = await Desk.StepAsync(this, by, ct);
            return isDone ? (new EditStepResult(Name, 1, []), this with { Again = !Again })
                : (new EditStepResult(Name, 0, ["The stroke"]), null);
        }
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

/// <summary>There is no mask to correct.</summary>
public sealed class MaskMissingException(string message) : ArgumentException(message);
