using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DendriteViewer.Web.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Journal : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "BaseVersion",
                table: "SiteEdits",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "Number",
                table: "SiteEdits",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<int>(
                name: "BaseVersion",
                table: "MeasurementEdits",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "Number",
                table: "MeasurementEdits",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "EditEntries",
                columns: table => new
                {
                    DatasetIdentity = table.Column<string>(type: "TEXT", nullable: false),
                    Number = table.Column<long>(type: "INTEGER", nullable: false),
                    Key = table.Column<string>(type: "TEXT", nullable: true),
                    Kind = table.Column<string>(type: "TEXT", nullable: false),
                    What = table.Column<string>(type: "TEXT", nullable: false),
                    Of = table.Column<long>(type: "INTEGER", nullable: true),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Count = table.Column<int>(type: "INTEGER", nullable: false),
                    Page = table.Column<string>(type: "TEXT", nullable: false),
                    ByKey = table.Column<string>(type: "TEXT", nullable: false),
                    ByName = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_EditEntries", x => new { x.DatasetIdentity, x.Number });
                });

            migrationBuilder.CreateIndex(
                name: "IX_SiteEdits_DatasetIdentity_Number",
                table: "SiteEdits",
                columns: new[] { "DatasetIdentity", "Number" });

            migrationBuilder.CreateIndex(
                name: "IX_MeasurementEdits_DatasetIdentity_Number",
                table: "MeasurementEdits",
                columns: new[] { "DatasetIdentity", "Number" });

            migrationBuilder.CreateIndex(
                name: "IX_EditEntries_DatasetIdentity_Key",
                table: "EditEntries",
                columns: new[] { "DatasetIdentity", "Key" },
                unique: true);

            foreach (var statement in JournalNumbers.Statements)
            {
                migrationBuilder.Sql(statement);
            }
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "EditEntries");

            migrationBuilder.DropIndex(
                name: "IX_SiteEdits_DatasetIdentity_Number",
                table: "SiteEdits");

            migrationBuilder.DropIndex(
                name: "IX_MeasurementEdits_DatasetIdentity_Number",
                table: "MeasurementEdits");

            migrationBuilder.DropColumn(
                name: "BaseVersion",
                table: "SiteEdits");

            migrationBuilder.DropColumn(
                name: "Number",
                table: "SiteEdits");

            migrationBuilder.DropColumn(
                name: "BaseVersion",
                table: "MeasurementEdits");

            migrationBuilder.DropColumn(
                name: "Number",
                table: "MeasurementEdits");
        }
    }
}
