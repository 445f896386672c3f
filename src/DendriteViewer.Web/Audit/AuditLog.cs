using System.Net;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Hosting;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Audit;

/// <summary>
/// Who did what that matters. An act that is no longer possible to undo, or that gives somebody a right, is recorded in the transaction
/// that does it (<see cref="NewEntry"/>) or before it (<see cref="RecordAsync"/>, <see cref="RecordedAsync"/>), so that it fails where it
/// cannot be recorded. Signing in goes on where the log cannot be written (<see cref="TryRecordAsync"/>), since nobody could mend the
/// server otherwise.
/// </summary>
/// <param name="database">Where it is kept.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Told where an entry was lost.</param>
/// <param name="contexts">Knows where a request comes from.</param>
public sealed partial class AuditLog(
    IDbContextFactory<DendriteDb> database, TimeProvider time, ILogger<AuditLog> log, IHttpContextAccessor? contexts = null)
{
    /// <summary>What somebody is called who is not signed in.</summary>
    public const string Somebody = "somebody";

    private const string Server = "the server";

    /// <summary>What entries call who has no account; no account has such a name.</summary>
    public static IReadOnlyList<string> Nobodies { get; } = [Server, Somebody];

    /// <summary>The most entries that a page has.</summary>
    public const int MostOnPage = 500;

    private const int MostCharacters = 1000;

    /// <summary>An entry to be added to the context that does the act, so that both are saved or neither.</summary>
    /// <param name="kind">What is done.</param>
    /// <param name="by">Who does it; null for the server itself.</param>
    /// <param name="detail">One plain sentence without its end, as “made Ada an owner”. What looks like a secret is taken out.</param>
    /// <param name="about">What it is done to.</param>
    public AuditEntry NewEntry(AuditKind kind, Person? by, string detail, AuditSubject about = default)
    {
        var text = SecretRedactor.Patterns.Redact(detail);
        return new AuditEntry
        {
            At = time.GetUtcNow().ToUnixTimeMilliseconds(), Kind = kind, PersonKey = by?.Key ?? "", PersonName = by?.Name ?? Server,
            Address = Address(), DatasetIdentity = about.Identity, DatasetId = about.DatasetId, Subject = about.Key,
            Detail = text.Length <= MostCharacters ? text : text[..MostCharacters] + "…",
        };
    }

    /// <summary>Adds an entry.</summary>
    /// <exception cref="DbUpdateException">It could not be kept; what it tells of must not be done then.</exception>
    public async Task RecordAsync(
        AuditKind kind, Person? by, string detail, AuditSubject about = default, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        db.Audit.Add(NewEntry(kind, by, detail, about));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>
    /// Does what an entry tells of: the entry first, whether or not somebody still waits for it, so that nothing is done that the log does
    /// not tell of. Where the act fails, another entry says so.
    /// </summary>
    /// <param name="kind">What is done.</param>
    /// <param name="by">Who does it; null for the server itself.</param>
    /// <param name="detail">As of <see cref="NewEntry"/>.</param>
    /// <param name="about">What it is done to.</param>
    /// <param name="act">Does it.</param>
    /// <returns>What the act returned.</returns>
    /// <exception cref="DbUpdateException">The entry could not be kept; nothing was done.</exception>
    public async Task<T> RecordedAsync<T>(AuditKind kind, Person? by, string detail, AuditSubject about, Func<Task<T>> act)
    {
        await RecordAsync(kind, by, detail, about, CancellationToken.None);
        try
        {
            return await act();
        }
        catch
        {
            // Who stopped waiting may have done so when it was done already.
            await TryRecordAsync(kind, by, FailedOf(detail), about);
            throw;
        }
    }

    /// <summary>What says that an act was recorded and did not come to its end.</summary>
    public static string FailedOf(string detail) => $"{detail}: that was stopped or failed, and may not have been done";

    /// <summary>Adds an entry of something that goes on where it cannot be kept; the server's log then holds it as an error.</summary>
    public async Task TryRecordAsync(AuditKind kind, Person? by, string detail, AuditSubject about = default)
    {
        try
        {
            await RecordAsync(kind, by, detail, about);
        }
        catch (Exception e)
        {
            LogLost(log, e, kind, by?.Key ?? "", SecretRedactor.Patterns.Redact(detail));
        }
    }

    /// <summary>Entries, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="skip">How many of the newest are left out.</param>
    /// <param name="take">How many at most, 1 to <see cref="MostOnPage"/>.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<AuditPage> ListAsync(AuditFilter filter, int skip, int take, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var wanted = filter.On(db.Audit.AsNoTracking(), db.Datasets);
        var total = await wanted.CountAsync(ct);
        var entries = await wanted.OrderByDescending(e => e.Id).Skip(Math.Max(0, skip)).Take(Math.Clamp(take, 1, MostOnPage))
            .ToListAsync(ct);
        await NameDatasetsAsync(db, entries, ct);
        return new AuditPage(entries, total);
    }

    /// <summary>All that match, newest first, page by page: a log of years does not fit the memory.</summary>
    public async IAsyncEnumerable<AuditEntry> ReadAsync(
        AuditFilter filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var before = long.MaxValue;
        while (true)
        {
            var page = await filter.On(db.Audit.AsNoTracking(), db.Datasets).Where(e => e.Id < before).OrderByDescending(e => e.Id)
                .Take(MostOnPage).ToListAsync(ct);
            await NameDatasetsAsync(db, page, ct);
            foreach (var entry in page)
            {
                yield return entry;
            }

            if (page.Count < MostOnPage)
            {
                yield break;
            }

            before = page[^1].Id;
        }
    }

    /// <summary>
    /// The network address that the current call comes from, or null. In a circuit it is that of its connection, which comes from the same
    /// browser.
    /// </summary>
    public string? Address()
    {
        try
        {
            return contexts?.HttpContext?.Connection.RemoteIpAddress is { } ip ? Plain(ip).ToString() : null;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    // Who recorded it had the identity alone at hand, as the journal of edits has; a reader knows the dataset by its id.
    private static async Task NameDatasetsAsync(DendriteDb db, IReadOnlyList<AuditEntry> entries, CancellationToken ct)
    {
        AuditEntry[] unnamed = [.. entries.Where(e => e is { DatasetId: null, DatasetIdentity: not null })];
        if (unnamed.Length == 0)
        {
            return;
        }

        var identities = unnamed.Select(e => e.DatasetIdentity!).Distinct().ToArray();
        var ids = await db.Datasets.AsNoTracking().Where(d => identities.Contains(d.Identity))
            .ToDictionaryAsync(d => d.Identity, d => d.DatasetId, ct);
        foreach (var entry in unnamed)
        {
            entry.DatasetId = ids.GetValueOrDefault(entry.DatasetIdentity!);
        }
    }

    private static IPAddress Plain(IPAddress ip) => ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip;

    [LoggerMessage(LogLevel.Error, "The audit log could not be written; lost is {Kind} by {Person}: {Detail}")]
    private static partial void LogLost(ILogger logger, Exception exception, AuditKind kind, string person, string detail);
}
