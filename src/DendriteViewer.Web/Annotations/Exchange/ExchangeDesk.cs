using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>
/// Takes files of sites and annotations in, whatever their format: a preview by line, then both kinds as one step of undo. Whoever calls
/// has been authorized.
/// </summary>
public sealed class ExchangeDesk(SiteLog sites, MeasurementLog drawn, SchemaLog schemas, Measurer measurer, AuditLog audit)
{
    /// <summary>Everything of a dataset, as somebody may see it.</summary>
    public async Task<AnnotationSet> SetAsync(Dataset dataset, DatasetGrant grant, CancellationToken ct) => new(
        dataset, await schemas.OfAsync(dataset, ct), SiteRules.For(grant, await sites.ListAsync(dataset, ct)),
        MeasurementRules.For(grant, await drawn.ListAsync(dataset, ct)));

    /// <summary>What a file would do; nothing is written.</summary>
    /// <exception cref="ArgumentException">The dataset would hold more than it can.</exception>
    public async Task<ImportReport> PreviewAsync(
        Dataset dataset, ReadMarks file, ImportChoice choice, DefaultScan scan, Person by, CancellationToken ct)
    {
        var ofSites = await sites.PreviewAsync(dataset, await SitesOfAsync(dataset, file, scan, ct), choice, by, ct);
        return ofSites.With(await drawn.PreviewAsync(await DrawnOfAsync(dataset, file, choice, ct), ct));
    }

    /// <summary>Takes a file in, sites and annotations together: nothing of it where a line is wrong and wrong ones are not
    /// skipped.</summary>
    /// <exception cref="ArgumentException">The dataset would hold more than it can.</exception>
    public async Task<ImportReport> ImportAsync(
        Dataset dataset, ReadMarks file, ImportChoice choice, DefaultScan scan, Editor by, CancellationToken ct)
    {
        var preview = await PreviewAsync(dataset, file, choice, scan, by.Person, ct);
        if (preview.Wrong > 0 && !choice.SkipWrong)
        {
            return preview;
        }

        await audit.RecordAsync(AuditKind.Import, by.Person,
            $"brought in a file of annotations: {preview.Added} added, {preview.Changed} changed", AuditSubject.Of(dataset), ct);

        // Each log adds its own step; together they are one of the page.
        using var steps = new EditHistory(by.History?.Page ?? "");
        var editor = by with { History = steps };
        var ofDrawn = await drawn.ImportAsync(await DrawnOfAsync(dataset, file, choice, ct), editor, ct);
        ImportReport report;
        try
        {
            report = await sites.ImportAsync(dataset, await SitesOfAsync(dataset, file, scan, ct), choice, editor, ct);
        }
        catch
        {
            // Both or neither: somebody may have changed a site between the two.
            await steps.UndoAsync(by.Person, CancellationToken.None);
            throw;
        }

        if (steps.Counts.Undo > 0)
        {
            by.History?.Add(SeveralSteps.Of(steps.Take(), report.Added + report.Changed + ofDrawn.Added + ofDrawn.Changed));
        }

        return report.With(ofDrawn) with { Applied = true };
    }

    private async Task<DrawnFile> DrawnOfAsync(Dataset dataset, ReadMarks file, ImportChoice choice, CancellationToken ct) => new(
        dataset, [.. file.Marks.Where(m => m.Site is null)], await schemas.OfAsync(dataset.Identity, ct), choice,
        m => measurer.WithGeometry(dataset, m));

    // A format without modalities leaves that of a site that is there as it is; a new one is of the scan shown.
    private async Task<IReadOnlyList<SiteLine>> SitesOfAsync(Dataset dataset, ReadMarks file, DefaultScan scan, CancellationToken ct)
    {
        var known = (await sites.ListAsync(dataset.Identity, ct)).Select(s => s.Id).ToHashSet();
        return [.. file.Marks.Select(m => m.Site).OfType<SiteLine>()
            .Select(s => s.Modality is null && s.Wrong is null && !known.Contains(s.Id ?? "") && s.Hours == scan.Hours
                ? s with { Modality = scan.Modality } : s)];
    }
}
