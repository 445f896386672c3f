using System.Text.RegularExpressions;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Devices;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Limits;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DendriteViewer.Web.Hosting;

/// <summary>
/// An exception as a person hears of it: one sentence without paths of the server's disk, and the HTTP status that goes with it. The API,
/// the hub and the pages all ask here, so that the same failure is told in the same words everywhere.
/// </summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Sentence">What happened and what to do.</param>
/// <param name="IsForeseen">False where nobody foresaw it: the log then holds the exception, under a number that the sentence gets.</param>
public sealed partial record Failure(int Status, string Sentence, bool IsForeseen = true)
{
    private const int DiskFull = 28, QuotaExceeded = 122, ReadOnlyDisk = 30, FileTooLarge = 27, NoPermission = 13;

    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(5);
    private readonly TimeSpan? _after;

    /// <summary>When the same may work, or null where waiting does not help.</summary>
    public TimeSpan? After
    {
        get => _after ?? (Status == StatusCodes.Status503ServiceUnavailable ? s_moment : null);
        init => _after = value;
    }

    /// <summary>What an exception means.</summary>
    public static Failure Of(Exception exception) => exception switch
    {
        VolumeFormatException e => new(StatusCodes.Status422UnprocessableEntity, e.Message),
        MeasurementException e => new(StatusCodes.Status422UnprocessableEntity, e.Message),
        BlobStoreException e => new(e.IsTransient ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status502BadGateway, e.Message),
        EditConflictException e => new(StatusCodes.Status409Conflict, e.Message),
        ComputeException e => new(StatusCodes.Status503ServiceUnavailable,
            $"{e.Device} failed while it drew; try again, the CPU draws from now on."),
        NativeLibraryMissingException e => new(StatusCodes.Status501NotImplemented, e.Message),
        RetryLaterException e => new(StatusCodes.Status429TooManyRequests, e.Message) { After = e.After },
        BadHttpRequestException e => new(e.StatusCode, OfRequest(e)),
        ArgumentException { ParamName: null } e => new(StatusCodes.Status400BadRequest, e.Message),
        SqliteException e => OfSqlite(e),
        DbUpdateException { InnerException: { } inner } => Of(inner),
        InvalidOperationException { InnerException: SqliteException or NpgsqlException } e => Of(e.InnerException!),
        InvalidOperationException e when Unparsed().Match(e.Message) is { Success: true } m =>
            new(StatusCodes.Status400BadRequest, Unreadable(m)),
        NpgsqlException => new(
            StatusCodes.Status503ServiceUnavailable, "The database does not answer; try again, and if that does not help tell the "
                + "administrator."),
        UnauthorizedAccessException => new(
            StatusCodes.Status507InsufficientStorage, "The server may not write to its own disk; tell its administrator to mend the "
                + "permissions."),
        IOException e when OfDisk(e.HResult & 0xFFFF) is { } sentence => new(StatusCodes.Status507InsufficientStorage, sentence),
        FileNotFoundException or DirectoryNotFoundException => new(
            StatusCodes.Status422UnprocessableEntity, "A file that belongs to this is not there any more; let a curator check the "
                + "dataset (Data, Check all)."),
        EndOfStreamException => new(
            StatusCodes.Status422UnprocessableEntity, "A file that belongs to this ends too early; let a curator check the dataset "
                + "(Data, Check all)."),
        OutOfMemoryException => new(
            StatusCodes.Status503ServiceUnavailable, "The server has no memory left for this; ask for something smaller, or try again "
                + "later."),
        AggregateException { InnerException: { } inner } => Of(inner),
        _ => new(
            StatusCodes.Status500InternalServerError,
            "Something failed on the server that nobody foresaw; what was saved is kept. Try again, and if it fails again tell the "
                + "administrator",
            IsForeseen: false),
    };

    /// <summary>The sentence, and for what nobody foresaw the number under which the log holds the exception.</summary>
    public string Told(string number) => IsForeseen ? Sentence : $"{Sentence} this number: {number}.";

    /// <summary>A number by which an administrator finds an exception in the log.</summary>
    public static string NewNumber() => Guid.NewGuid().ToString("N")[..10];

    private static string? OfDisk(int errno) => errno switch
    {
        DiskFull or QuotaExceeded or FileTooLarge => "The server's disk is full; nothing of this was saved. Tell its administrator to "
            + "make room.",
        ReadOnlyDisk or NoPermission => "The server's disk may not be written to; nothing of this was saved. Tell its administrator.",
        _ => null,
    };

    // Result codes of SQLite: https://sqlite.org/rescode.html.
    private static Failure OfSqlite(SqliteException e) => e.SqliteErrorCode switch
    {
        5 or 6 => new(StatusCodes.Status503ServiceUnavailable, "The database is busy; try again in a moment."),
        13 => new(StatusCodes.Status507InsufficientStorage, "The disk of the server's database is full; nothing of this was saved. "
            + "Tell its administrator to make room."),
        8 or 14 => new(StatusCodes.Status507InsufficientStorage,
            "The server's database may not be written to; nothing of this was saved. Tell its administrator."),
        10 => new(StatusCodes.Status507InsufficientStorage, "The disk of the server's database fails; nothing of this was saved. Tell "
            + "its administrator."),
        11 or 26 => new(StatusCodes.Status503ServiceUnavailable,
            "The server's database is damaged; tell its administrator to restore a backup."),
        _ => new(StatusCodes.Status500InternalServerError, "The server's database failed; try again, and if it fails again tell the "
            + "administrator", IsForeseen: false),
    };

    // What ASP.NET says of a request that it could not read names C# types; a reader knows the names in the address.
    private static string OfRequest(BadHttpRequestException e) =>
        FailedToBind().Match(e.Message) is { Success: true } m
            ? Unreadable(m)
            : e.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => "The request is larger than this address takes.",
                StatusCodes.Status415UnsupportedMediaType => "This address takes JSON; send it with Content-Type: application/json.",
                _ => e.InnerException is System.Text.Json.JsonException j
                    ? $"The request's body is not the JSON that this address takes (line {j.LineNumber + 1}); /openapi/v1.json "
                        + $"describes it."
                    : "The request cannot be read; /openapi/v1.json describes what this address takes.",
            };

    private static string Unreadable(Match m) =>
        $"{m.Groups["name"].Value} is '{m.Groups["value"].Value}', which cannot be read as {Kind(m.Groups["type"].Value)}.";

    private static string Kind(string type) => type.Contains("int", StringComparison.OrdinalIgnoreCase) || type.Contains("long",
        StringComparison.OrdinalIgnoreCase)
        ? "a whole number"
        : type.Contains("double", StringComparison.OrdinalIgnoreCase) ? "a number" : "what is wanted there";

    [GeneratedRegex("Failed to bind parameter \"(?<type>.+) (?<name>\\w+)\" from \"(?<value>[^\"]{0,60})")]
    private static partial Regex FailedToBind();

    // As Blazor says it of a page's query.
    [GeneratedRegex("Cannot parse the value '(?<value>[^']{0,60})[^']*' as type '(?<type>[^']+)' for '(?<name>\\w+)'")]
    private static partial Regex Unparsed();
}
