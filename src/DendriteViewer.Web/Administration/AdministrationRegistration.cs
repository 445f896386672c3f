using System.Globalization;
using System.Text;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Audit;

namespace DendriteViewer.Web.Administration;

/// <summary>Registers the administrator's pages and the audit log as a file.</summary>
public static class AdministrationRegistration
{
    /// <summary>Adds what the pages list.</summary>
    public static WebApplicationBuilder AddAdministration(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AdminReports>();
        builder.Services.AddSingleton<StorageReport>();
        return builder;
    }

    /// <summary>Maps the audit log as CSV, with the filters of its page.</summary>
    public static void MapAdministration(this WebApplication app) =>
        app.MapGet("/admin/audit.csv", async (HttpContext c, AuditLog log, AuditQuery query, CancellationToken ct) =>
        {
            await log.RecordAsync(AuditKind.Export, c.User.PersonOf(), "fetched the audit log as CSV", ct: ct);
            var filter = query.ToFilter(app.Services.GetRequiredService<TimeProvider>().GetUtcNow());
            return Results.Stream(to => WriteAsync(to, log.ReadAsync(filter, ct), ct), "text/csv", "audit.csv");
        }).RequireAuthorization("Administrator").ExcludeFromDescription();

    private static async Task WriteAsync(Stream to, IAsyncEnumerable<AuditEntry> entries, CancellationToken ct)
    {
        await using var text = new StreamWriter(to, new UTF8Encoding(false));
        await text.WriteLineAsync("time_utc,kind,person,person_key,address,dataset,dataset_identity,subject,detail");
        await foreach (var e in entries.WithCancellation(ct))
        {
            string[] cells =
            [
                DateTimeOffset.FromUnixTimeMilliseconds(e.At).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
                e.Kind.ToString(), CsvCells.Guarded(e.PersonName), e.PersonKey, e.Address ?? "", e.DatasetId ?? "", e.DatasetIdentity ?? "",
                e.Subject ?? "", CsvCells.Guarded(e.Detail),
            ];
            await text.WriteLineAsync(string.Join(',', cells.Select(CsvCells.Quoted)));
        }
    }
}
