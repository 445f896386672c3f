using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DendriteViewer.Web.Data.Migrations.PostgreSql;

/// <summary>
/// Accounts from before this version were made by administrators, who vouch for the e-mail; only accounts by invitation came with one that
/// nobody confirmed. The model stays as it is.
/// </summary>
[DbContext(typeof(PostgreSqlDendriteDb))]
[Migration("20261126203500_EarlierEmailsConfirmed")]
public sealed class EarlierEmailsConfirmed : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("UPDATE \"AspNetUsers\" SET \"EmailConfirmed\" = TRUE WHERE \"Email\" IS NOT NULL;");
}
