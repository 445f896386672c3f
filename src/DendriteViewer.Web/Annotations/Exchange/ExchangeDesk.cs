using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>How a file is to be taken in.</summary>
/// <param name="Dataset">Into what.</param>
/// <param name="Choice">What the person chooses.</param>
/// <param name="Scan">The scan of what does not say its own.</param>
/// <param name="MayDefine">Whether the person may add labels and fields that the file has.</param>
public sealed record ImportOrder(Dataset Dataset, ImportChoice Choice, DefaultScan Scan, bool MayDefine);

/// <summary>The part of an import that is of one kind, ready to be written with the others.</summary>
/// <param name="Edit">The edit.</param>
/// <param name="Report">What became of the lines; there once the edit was made.</param>
/// <param name="FinishAsync">Waits until it is written, and remembers it for undo.</param>
internal sealed record ImportWriting(PendingEdit Edit, Func<ImportReport> Report, Func<Task> FinishAsync);

/// <summary>
/// Takes files of sites and annotations in, whatever their format: a preview by line, then everything of the file, with the labels and
/// fields that it brings along, in one write or not at all. Sites and annotations are one step of undo; labels and fields stay. Whoever
/// calls has been authorized.
/// </summary>
public sealed class ExchangeDesk(
    SiteLog sites, MeasurementLog drawn, SchemaLog schemas, EditJournal journal, Measurer measurer, AuditLog audit)
{
    // A file as it is written: with the dataset's labels and fields.
    private sealed record Plan(
        ImportOrder Order, IReadOnlyList<SiteLine> Sites, DrawnFile Drawn, SchemaImport Schema, ImportedSchema? Told)
    {
        public ImportReport With(ImportReport report) => report with { Schema = Told, Notes = Schema.Notes };
    }

    /// <summary>The sites that files go into.</summary>
    public SiteLog Sites => sites;

    /// <summary>Everything of a dataset, as somebody may see it.</summary>
    public async Task<AnnotationSet> SetAsync(Dataset dataset, DatasetGrant grant, CancellationToken ct) => new(
        dataset, await schemas.OfAsync(dataset, ct), SiteRules.For(grant, await sites.ListAsync(dataset, ct)),
        MeasurementRules.For(grant, await drawn.ListAsync(dataset, ct)));

    /// <summary>What a file would do; nothing is written.</summary>
    /// <exception cref="ArgumentException">The dataset would hold more than it can, or the file's labels or fields cannot be.</exception>
    public async Task<ImportReport> PreviewAsync(ImportOrder order, ReadMarks file, Person by, CancellationToken ct) =>
        await PreviewAsync(await PlanAsync(order, file, ct), by, ct);

    /// <summary>
    /// Takes a file in, sites and annotations together: nothing of it where a line is wrong and wrong ones are not skipped. What was
    /// written is in the audit log.
    /// </summary>
    /// <returns>What was done; a report that is not applied where a line is wrong.</returns>
    /// <exception cref="ArgumentException">The dataset would hold more than it can, or the file's labels or fields cannot be.</exception>
    /// <exception cref="EditConflictException">Somebody else changed the labels and fields at the same moment.</exception>
    public async Task<ImportReport> ImportAsync(ImportOrder order, ReadMarks file, Editor by, CancellationToken ct)
    {
        var plan = await PlanAsync(order, file, ct);
        var preview = await PreviewAsync(plan, by.Person, ct);
        if (preview.Wrong > 0 && !order.Choice.SkipWrong)
        {
            return preview;
        }

        // Each log remembers its own step; together they are one of the page.
        using var steps = new EditHistory(by.History?.Page ?? "");
        var (editor, identity) = (by with { History = steps }, order.Dataset.Identity);
        var ofDrawn = drawn.BeginImport(plan.Drawn, editor, ct);
        var ofSites = sites.BeginImport(order.Dataset, plan.Sites, order.Choice, plan.Schema.ForMarks, editor, ct);
        var ofSchema = plan.Schema.IsChange
            ? schemas.BeginChange(identity, _ => plan.Schema.After, plan.Schema.Before.Version, editor, ct) : null;
        ImportReport Done() => plan.With(ofSites.Report().With(ofDrawn.Report())) with { Applied = true };
        await journal.AppendAsync(identity, PendingEdit.Together(
            ofSchema is null ? [ofDrawn.Edit, ofSites.Edit] : [ofSchema.Edit, ofDrawn.Edit, ofSites.Edit],
            () => audit.NewEntry(AuditKind.Import, by.Person, Told(Done()), AuditSubject.Of(order.Dataset))));
        await ofDrawn.FinishAsync();
        await ofSites.FinishAsync();
        var done = Done();
        if (steps.Counts.Undo > 0)
        {
            by.History?.Add(SeveralSteps.Of([.. steps.Take().Cast<JournalStep>()], done.Added + done.Changed));
        }

        return done;
    }

    private static string Told(ImportReport r) =>
        $"brought in a file of annotations: {r.Added} added, {r.Changed} changed, {r.Unchanged} unchanged, {r.Skipped} skipped, "
        + $"{r.Wrong} wrong" + (r.Schema is { AreAdded: true } schema ? $"; added {schema.Names}" : "");

    private async Task<ImportReport> PreviewAsync(Plan plan, Person by, CancellationToken ct)
    {
        var ofSites = await sites.PreviewAsync(plan.Order.Dataset, plan.Sites, plan.Order.Choice, plan.Schema.ForMarks, by, ct);
        return plan.With(ofSites.With(await drawn.PreviewAsync(plan.Drawn, ct)));
    }

    private async Task<Plan> PlanAsync(ImportOrder order, ReadMarks file, CancellationToken ct)
    {
        var (dataset, choice) = (order.Dataset, order.Choice);
        var schema = SchemaImport.Of(
            await schemas.OfAsync(dataset.Identity, ct), file.Schema, file.Identity == dataset.Identity.Value,
            order.MayDefine && choice.Define);
        var (mapped, losing) = schema.Apply(file);
        var ofDrawn = new DrawnFile(
            dataset, [.. mapped.Marks.Where(m => m.Site is null)], schema.ForMarks, choice, m => measurer.WithGeometry(dataset, m));
        return new Plan(
            order, await SitesOfAsync(dataset, mapped, order.Scan, ct), ofDrawn, schema, schema.Report(order.MayDefine, losing));
    }

    // A format without modalities leaves that of a site that is there as it is; a new one is of the scan shown.
    private async Task<IReadOnlyList<SiteLine>> SitesOfAsync(Dataset dataset, ReadMarks file, DefaultScan scan, CancellationToken ct)
    {
        var known = (await sites.ListAsync(dataset.Identity, ct)).Select(s => s.Id).ToHashSet();
        return [.. file.Marks.Where(m => m.Site is not null).Select(m => m.Site!.Wrong is not null || known.Contains(m.Site.Id ?? "")
            ? m.Site : OfScan(m.Site, m.Unsaid, scan))];
    }

    private static SiteLine OfScan(SiteLine s, Unsaid unsaid, DefaultScan scan)
    {
        var hours = s.Hours ?? (unsaid.HasFlag(Unsaid.Hours) ? scan.Hours : null);
        return s with
        {
            Hours = hours,
            Modality = s.Modality ?? (hours == scan.Hours || unsaid.HasFlag(Unsaid.Modality) ? scan.Modality : null),
        };
    }
}
