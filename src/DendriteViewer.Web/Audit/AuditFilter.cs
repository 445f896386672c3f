using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Audit;

/// <summary>Which entries of the audit log are asked for; what is null or empty does not matter.</summary>
/// <param name="Person">Part of a person's name, or their key.</param>
/// <param name="Dataset">A dataset's id or identity.</param>
/// <param name="Kind">What was done.</param>
/// <param name="From">The first moment, Unix milliseconds.</param>
/// <param name="Until">The moment before which it was done, Unix milliseconds.</param>
public sealed record AuditFilter(
    string? Person = null, string? Dataset = null, AuditKind? Kind = null, long? From = null, long? Until = null)
{
    /// <summary>The entries that match.</summary>
    /// <param name="all">Among which.</param>
    /// <param name="datasets">All datasets that there are or were: of some entries only the identity is kept.</param>
    public IQueryable<AuditEntry> On(IQueryable<AuditEntry> all, IQueryable<DatasetRecord> datasets)
    {
        if (Person?.Trim() is { Length: > 0 } person)
        {
            var lower = person.ToLowerInvariant();
#pragma warning disable CA1862, CA1304, CA1311 // Translated to lower() of the database, which in SQLite knows ASCII: hence as typed too.
            all = all.Where(e => e.PersonKey == person || e.Subject == person
                || e.PersonName.Contains(person) || e.PersonName.ToLower().Contains(lower));
#pragma warning restore CA1862, CA1304, CA1311
        }

        if (Dataset?.Trim() is { Length: > 0 } dataset)
        {
            all = all.Where(e => e.DatasetId == dataset || e.DatasetIdentity == dataset
                || datasets.Any(d => d.Identity == e.DatasetIdentity && d.DatasetId == dataset));
        }

        all = Kind is { } kind ? all.Where(e => e.Kind == kind) : all;
        all = From is { } from ? all.Where(e => e.At >= from) : all;
        return Until is { } until ? all.Where(e => e.At < until) : all;
    }
}

/// <summary>A page of the audit log, newest first.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Total">How many match in all.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, int Total);
