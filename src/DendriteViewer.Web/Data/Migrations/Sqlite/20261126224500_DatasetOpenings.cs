using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DendriteViewer.Web.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class DatasetOpenings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "OpenedAt",
                table: "Datasets",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "OpenedAt",
                table: "Datasets");
        }
    }
}
