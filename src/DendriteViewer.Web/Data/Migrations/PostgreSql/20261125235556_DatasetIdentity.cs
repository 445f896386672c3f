using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DendriteViewer.Web.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class DatasetIdentity : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Links_DatasetId",
                table: "Links");

            migrationBuilder.RenameColumn(
                name: "DatasetId",
                table: "SiteEdits",
                newName: "DatasetIdentity");

            migrationBuilder.RenameIndex(
                name: "IX_SiteEdits_DatasetId_SiteId_Version",
                table: "SiteEdits",
                newName: "IX_SiteEdits_DatasetIdentity_SiteId_Version");

            migrationBuilder.RenameColumn(
                name: "DatasetId",
                table: "Members",
                newName: "DatasetIdentity");

            migrationBuilder.AddColumn<string>(
                name: "DatasetIdentity",
                table: "Links",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "Datasets",
                columns: table => new
                {
                    Identity = table.Column<string>(type: "text", nullable: false),
                    DatasetId = table.Column<string>(type: "text", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false),
                    SeenAt = table.Column<long>(type: "bigint", nullable: false),
                    DeletedAt = table.Column<long>(type: "bigint", nullable: true),
                    DeletedBy = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Datasets", x => x.Identity);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Links_DatasetIdentity",
                table: "Links",
                column: "DatasetIdentity");

            migrationBuilder.CreateIndex(
                name: "IX_Datasets_DatasetId",
                table: "Datasets",
                column: "DatasetId");

            // Rows of before refer to datasets by id. A dataset of before has an identity that is made of its id alone, so this needs no
            // look at the store. Ids that the store has no dataset of any more are archived when the server starts.
            migrationBuilder.Sql("UPDATE \"Members\" SET \"DatasetIdentity\" = 'legacy-' || \"DatasetIdentity\"");
            migrationBuilder.Sql("UPDATE \"SiteEdits\" SET \"DatasetIdentity\" = 'legacy-' || \"DatasetIdentity\"");
            migrationBuilder.Sql("UPDATE \"Links\" SET \"DatasetIdentity\" = 'legacy-' || \"DatasetId\"");
            migrationBuilder.Sql(
                """
                INSERT INTO "Datasets" ("Identity", "DatasetId", "Name", "SeenAt")
                SELECT i."DatasetIdentity", substr(i."DatasetIdentity", 8), substr(i."DatasetIdentity", 8), 0
                FROM (
                    SELECT "DatasetIdentity" FROM "Members"
                    UNION SELECT "DatasetIdentity" FROM "SiteEdits"
                    UNION SELECT "DatasetIdentity" FROM "Links") AS i
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Datasets");

            migrationBuilder.DropIndex(
                name: "IX_Links_DatasetIdentity",
                table: "Links");

            migrationBuilder.DropColumn(
                name: "DatasetIdentity",
                table: "Links");

            migrationBuilder.RenameColumn(
                name: "DatasetIdentity",
                table: "SiteEdits",
                newName: "DatasetId");

            migrationBuilder.RenameIndex(
                name: "IX_SiteEdits_DatasetIdentity_SiteId_Version",
                table: "SiteEdits",
                newName: "IX_SiteEdits_DatasetId_SiteId_Version");

            migrationBuilder.RenameColumn(
                name: "DatasetIdentity",
                table: "Members",
                newName: "DatasetId");

            migrationBuilder.CreateIndex(
                name: "IX_Links_DatasetId",
                table: "Links",
                column: "DatasetId");
        }
    }
}
