using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;

namespace DendriteViewer.Web.Measurements;

/// <summary>Where a measurement comes from and goes to.</summary>
/// <param name="Dataset">What it was drawn in.</param>
/// <param name="By">Who measures, and the page whose undo takes it back.</param>
/// <param name="MaySave">Whether they may annotate; else it is kept for the page alone.</param>
/// <param name="Client">Whose budget it costs.</param>
/// <param name="Page">The page it was drawn in, or null for a program.</param>
public sealed record MeasurementOrder(Dataset Dataset, Editor By, bool MaySave, ClientKeys Client, PageMeasurements? Page);

/// <summary>
/// Computes measurements and keeps them: in the log where somebody may annotate, else in their page as long as it is open.
/// </summary>
/// <param name="measurer">Checks and computes.</param>
/// <param name="log">What is saved.</param>
/// <param name="schemas">The labels and fields that measurements may have.</param>
/// <param name="budgets">How much each may edit; operations are counted by who hands them over.</param>
/// <param name="failures">Tells why something was not measured.</param>
public sealed class MeasurementDesk(Measurer measurer, MeasurementLog log, SchemaLog schemas, Budgets budgets, Failures failures)
{
    /// <summary>What is saved.</summary>
    public MeasurementLog Log => log;

    /// <summary>The labels and fields that measurements may have.</summary>
    public SchemaLog Schemas => schemas;

    /// <summary>Computes a measurement, and keeps it where it can be kept.</summary>
    /// <param name="order">Whose it is.</param>
    /// <param name="wanted">What is measured; with an id, and the version it was changed from, one that is there is changed.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">It cannot be measured; the sentence says why.</exception>
    /// <exception cref="EditConflictException">Somebody else changed or deleted it meanwhile.</exception>
    /// <exception cref="BudgetSpentException">Too many edits, or too much to measure, in a short time.</exception>
    public async Task<Measurement> MeasureAsync(MeasurementOrder order, Measurement wanted, CancellationToken ct)
    {
        await CheckMarksAsync(order.Dataset, wanted, ct);
        MeasurementRules.CheckLook(wanted);
        if (order.MaySave && order.Page?.IsKept(wanted.Id) != true)
        {
            // What could not be saved is not measured either.
            budgets.Edit(order.Client, 1);
        }

        var computed = await ComputeAsync(order, wanted, ct);
        if (!order.MaySave || order.Page?.IsKept(computed.Id) == true)
        {
            return order.Page?.Keep(computed) ?? computed;
        }

        return computed.Id.Length == 0
            ? await log.AddAsync(order.Dataset.Identity, computed, order.By, ct)
            : await log.ChangeAsync(order.Dataset.Identity, computed, order.By, ct);
    }

    /// <summary>
    /// Measures what an operation draws or gives another shape, before the operation comes to the log: what is done to a measurement by
    /// operations is the same as by <see cref="MeasureAsync"/>. Operations that leave every shape as it is are left as they are, and so is
    /// one that is written already.
    /// </summary>
    /// <param name="order">Whose it is.</param>
    /// <param name="op">The operation.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The operation with its shape as it is kept and what was measured, or with the reason why that cannot be.</returns>
    /// <exception cref="RetryLaterException">The budget is spent; nothing is done, and the same works later.</exception>
    public async Task<EditOp> PrepareAsync(MeasurementOrder order, EditOp op, CancellationToken ct)
    {
        Measurement? wanted;
        try
        {
            wanted = await log.WantedAsync(order.Dataset.Identity, op, ct);
        }
        catch (ArgumentException e)
        {
            return op with { Refusal = e.Message };
        }

        // A database that cannot be read now says nothing of the operation, which may be written: the call fails, and is made again.
        if (wanted is null || await log.IsWrittenAsync(order.Dataset.Identity, op.Key, ct))
        {
            return op;
        }

        try
        {
            if (op.Do == EditAction.Add)
            {
                MeasurementRules.CheckLook(wanted);
            }

            return op with { Computed = log.ComputedOf(await ComputeAsync(order, wanted, ct)) };
        }
        catch (MeasurementStoppedException e)
        {
            return op with { Refusal = e.Message };
        }
        catch (Exception e) when (e is not OperationCanceledException && Failure.Of(e).After is null)
        {
            return op with { Refusal = failures.Tell(e) };
        }
    }

    /// <summary>
    /// Refuses a call that would have more than one line or region measured: it would take as long and cost as much as all of them, and
    /// where the budget ends among them none would ever be kept.
    /// </summary>
    /// <exception cref="ArgumentException">It has more than one.</exception>
    public static void CheckTogether(IEnumerable<EditOp> ops)
    {
        if (ops.Count(ReadsVoxels) > 1)
        {
            throw new ArgumentException("A call draws or changes at most one profile or region; send the others in calls of their own.");
        }
    }

    private static bool ReadsVoxels(EditOp op) => op is { Kind: "measurement", Do: EditAction.Add or EditAction.Change }
        && op.Fields?["kind"] is JsonValue kind && kind.TryGetValue(out string? name)
        && Enum.TryParse<MeasurementKind>(name, ignoreCase: true, out var known) && MeasurementRules.ReadsVoxels(known);

    private async Task<Measurement> ComputeAsync(MeasurementOrder order, Measurement wanted, CancellationToken ct) =>
        order.Page is { } page
            ? await page.RunAsync(
                wanted.Label is { Length: > 0 } ? wanted.Label : wanted.Kind.ToString(),
                (progress, stop) => measurer.MeasureAsync(order.Dataset, wanted, order.Client, progress, stop), ct)
            : await measurer.MeasureAsync(order.Dataset, wanted, order.Client, null, ct);

    /// <summary>Gives a measurement another name, colour, note, label or value; nothing is computed anew.</summary>
    /// <exception cref="ArgumentException">The name or colour cannot be, or it is not theirs to change.</exception>
    /// <exception cref="EditConflictException">Somebody else changed or deleted it meanwhile.</exception>
    /// <exception cref="BudgetSpentException">Too many edits, or too much to measure, in a short time.</exception>
    public async Task<Measurement> RenameAsync(MeasurementOrder order, Measurement renamed, CancellationToken ct)
    {
        MeasurementRules.CheckLook(renamed);
        if (order.Page?.IsKept(renamed.Id) == true)
        {
            return order.Page.Keep(renamed);
        }

        CheckMaySave(order);
        await CheckMarksAsync(order.Dataset, renamed, ct);
        budgets.Edit(order.Client, 1);
        return await log.ChangeAsync(order.Dataset.Identity, renamed, order.By, ct);
    }

    /// <summary>Deletes a measurement; the log keeps it, and undo brings it back.</summary>
    /// <exception cref="ArgumentException">It is not theirs to delete.</exception>
    /// <exception cref="EditConflictException">It is not there.</exception>
    /// <exception cref="BudgetSpentException">Too many edits in a short time.</exception>
    public async Task DeleteAsync(MeasurementOrder order, string id, CancellationToken ct)
    {
        if (order.Page?.IsKept(id) == true)
        {
            order.Page.Forget(id);
            return;
        }

        CheckMaySave(order);
        budgets.Edit(order.Client, 1);
        await log.DeleteAsync(order.Dataset.Identity, id, order.By, ct);
    }

    // Labels and values of fields; what one that is there has already is not judged again.
    private async Task CheckMarksAsync(Dataset dataset, Measurement m, CancellationToken ct)
    {
        if (m.Labels.Count + m.Fields.Count > 0)
        {
            var before = m.Id is { Length: > 0 } ? await log.FindAsync(dataset.Identity, m.Id, ct) : null;
            MarkRules.Check(
                await schemas.OfAsync(dataset.Identity, ct), m.Label is { Length: > 0 and <= 60 } ? m.Label : "The measurement",
                MarkRules.KindOf(m), (m.Labels, m.Fields), before is null ? null : (before.Labels, before.Fields));
        }
    }

    private static void CheckMaySave(MeasurementOrder order)
    {
        if (!order.MaySave)
        {
            throw new ArgumentException("Changing saved measurements of this dataset is not open to you.");
        }
    }
}
