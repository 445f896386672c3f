using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DendriteViewer.Web.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class ConfirmedSessions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "ConfirmedAt",
                table: "AccountSessions",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ConfirmedAt",
                table: "AccountSessions");
        }
    }
}
