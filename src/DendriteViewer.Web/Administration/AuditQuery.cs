using System.Globalization;
using DendriteViewer.Web.Audit;
using Microsoft.AspNetCore.WebUtilities;

namespace DendriteViewer.Web.Administration;

/// <summary>The filters of the audit page, as its CSV's address has them.</summary>
/// <param name="Person">Part of a name, or a key.</param>
/// <param name="Dataset">An id or identity.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Days">How many days back; 0 for all.</param>
public sealed record AuditQuery(string? Person = null, string? Dataset = null, AuditKind? Kind = null, int Days = 30)
{
    /// <summary>Most days back that can be asked for.</summary>
    public const int MostDays = 36500;

    /// <summary>The path of the CSV.</summary>
    public string Path => QueryHelpers.AddQueryString("/admin/audit.csv", new Dictionary<string, string?>
    {
        ["person"] = Person, ["dataset"] = Dataset, ["kind"] = Kind?.ToString(),
        ["days"] = Days.ToString(CultureInfo.InvariantCulture),
    }.Where(p => !string.IsNullOrEmpty(p.Value)));

    /// <summary>What the log is asked for at a moment.</summary>
    public AuditFilter ToFilter(DateTimeOffset now) => new(
        Person, Dataset, Kind, Days > 0 ? now.AddDays(-Math.Min(Days, MostDays)).ToUnixTimeMilliseconds() : null);

    /// <summary>Reads the query of an address; what is no such filter is refused.</summary>
    public static ValueTask<AuditQuery> BindAsync(HttpContext context)
    {
        var q = context.Request.Query;
        var (kind, days) = ((AuditKind?)null, 0);
        if (q["kind"].ToString() is { Length: > 0 } named)
        {
            kind = Enum.TryParse<AuditKind>(named, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known
                : throw new ArgumentException($"There is no kind '{named}' in the audit log.");
        }

        if (q["days"].ToString() is { Length: > 0 } text
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out days) && days <= MostDays))
        {
            throw new ArgumentException($"days is a whole number of 0 to {MostDays}.");
        }

        return ValueTask.FromResult(new AuditQuery(q["person"], q["dataset"], kind, days));
    }
}
