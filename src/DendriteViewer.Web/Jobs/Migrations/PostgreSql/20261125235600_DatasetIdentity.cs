using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DendriteViewer.Web.Jobs.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class DatasetIdentity : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "DatasetIdentity",
                table: "dendrite_jobs",
                type: "text",
                nullable: true);

            // An import that is not done may still make the dataset.
            migrationBuilder.Sql(
                """
                UPDATE dendrite_jobs SET "DatasetIdentity" = 'legacy-' || "Dataset"
                WHERE "Dataset" IS NOT NULL AND ("Kind" <> 'Import' OR "State" = 'Done')
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "DatasetIdentity",
                table: "dendrite_jobs");
        }
    }
}
