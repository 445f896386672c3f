namespace DendriteViewer.Web.Data.Migrations;

/// <summary>
/// Numbers the edits of before the journal: each row becomes an entry of its own. Rows of a kind keep their order; kinds are put into
/// one order by time, where a clock that was set back does not count. The SQL is the same for SQLite and PostgreSQL.
/// </summary>
internal static class JournalNumbers
{
    private const string Ordered = """
        SELECT "Kind", "Sequence", ROW_NUMBER() OVER (
            PARTITION BY "DatasetIdentity" ORDER BY "Reached", "Kind" DESC, "Sequence") AS "Number"
        FROM (
            SELECT 'site' AS "Kind", "DatasetIdentity", "Sequence", MAX("At") OVER (
                PARTITION BY "DatasetIdentity" ORDER BY "Sequence" ROWS UNBOUNDED PRECEDING) AS "Reached" FROM "SiteEdits"
            UNION ALL
            SELECT 'measurement', "DatasetIdentity", "Sequence", MAX("At") OVER (
                PARTITION BY "DatasetIdentity" ORDER BY "Sequence" ROWS UNBOUNDED PRECEDING) FROM "MeasurementEdits") AS "Rows"
        """;

    /// <summary>The statements, in order.</summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        $"CREATE TEMPORARY TABLE \"Numbered\" AS {Ordered}",
        Number("SiteEdits", "site"), Number("MeasurementEdits", "measurement"),
        Enter("SiteEdits", "site"), Enter("MeasurementEdits", "measurement"),
        "DROP TABLE \"Numbered\"",
    ];

    private static string Number(string table, string kind) => $"""
        UPDATE "{table}" SET "Number" = n."Number", "BaseVersion" = "Version" - 1
        FROM "Numbered" AS n WHERE n."Kind" = '{kind}' AND n."Sequence" = "{table}"."Sequence"
        """;

    private static string Enter(string table, string kind) => $"""
        INSERT INTO "EditEntries" ("DatasetIdentity", "Number", "Kind", "What", "Name", "Count", "Page", "ByKey", "ByName", "At")
        SELECT "DatasetIdentity", "Number", '{kind}', 'Edit', 'edit a {kind}', 1, '', "ByKey", "ByName", "At" FROM "{table}"
        """;
}
