using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace DendriteViewer.Web.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class MembersAndLinks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "EmbedOrigins",
                table: "Links",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "IsOneTime",
                table: "Links",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "Kind",
                table: "Links",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "LastUsedAt",
                table: "Links",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Openings",
                table: "Links",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "TakenBy",
                table: "Links",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "Invitations",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    TokenHash = table.Column<string>(type: "text", nullable: false),
                    DatasetIdentity = table.Column<string>(type: "text", nullable: false),
                    DatasetId = table.Column<string>(type: "text", nullable: false),
                    DatasetName = table.Column<string>(type: "text", nullable: false),
                    Role = table.Column<int>(type: "integer", nullable: false),
                    Email = table.Column<string>(type: "text", nullable: true),
                    CreatedBy = table.Column<Guid>(type: "uuid", nullable: false),
                    CreatedByName = table.Column<string>(type: "text", nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: false),
                    RevokedAt = table.Column<long>(type: "bigint", nullable: true),
                    UsedAt = table.Column<long>(type: "bigint", nullable: true),
                    UsedBy = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Invitations", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "LinkMoves",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    LinkId = table.Column<Guid>(type: "uuid", nullable: false),
                    Query = table.Column<string>(type: "text", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    ByName = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LinkMoves", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "LinkSnapshots",
                columns: table => new
                {
                    LinkId = table.Column<Guid>(type: "uuid", nullable: false),
                    Part = table.Column<string>(type: "text", nullable: false),
                    Content = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LinkSnapshots", x => new { x.LinkId, x.Part });
                });

            migrationBuilder.CreateTable(
                name: "PublicDatasets",
                columns: table => new
                {
                    DatasetIdentity = table.Column<string>(type: "text", nullable: false),
                    Since = table.Column<long>(type: "bigint", nullable: false),
                    ByKey = table.Column<string>(type: "text", nullable: false),
                    ByName = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PublicDatasets", x => x.DatasetIdentity);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Invitations_DatasetIdentity",
                table: "Invitations",
                column: "DatasetIdentity");

            migrationBuilder.CreateIndex(
                name: "IX_Invitations_TokenHash",
                table: "Invitations",
                column: "TokenHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_LinkMoves_LinkId",
                table: "LinkMoves",
                column: "LinkId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Invitations");

            migrationBuilder.DropTable(
                name: "LinkMoves");

            migrationBuilder.DropTable(
                name: "LinkSnapshots");

            migrationBuilder.DropTable(
                name: "PublicDatasets");

            migrationBuilder.DropColumn(
                name: "EmbedOrigins",
                table: "Links");

            migrationBuilder.DropColumn(
                name: "IsOneTime",
                table: "Links");

            migrationBuilder.DropColumn(
                name: "Kind",
                table: "Links");

            migrationBuilder.DropColumn(
                name: "LastUsedAt",
                table: "Links");

            migrationBuilder.DropColumn(
                name: "Openings",
                table: "Links");

            migrationBuilder.DropColumn(
                name: "TakenBy",
                table: "Links");
        }
    }
}
