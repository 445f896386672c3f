using System.Runtime.CompilerServices;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Jobs;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Data;

/// <summary>Databases as released versions made them, as SQL scripts with rows in every table that people's work is in.</summary>
internal static class Releases
{
    public const string First = "Release-0.1.0";

    public static string Script(string release, string name) => File.ReadAllText(Path.Combine(Here(), release, name));

    public static void Restore(string release, string script, string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA foreign_keys = OFF;" + Script(release, script);
        command.ExecuteNonQuery();
    }

    public static DbContextOptions<DendriteDb> MainDb(string file) =>
        new DbContextOptionsBuilder<DendriteDb>().UseSqlite($"Data Source={file};Pooling=False").Options;

    public static DbContextOptions<JobsDb> JobsDb(string file) =>
        new DbContextOptionsBuilder<JobsDb>().UseSqlite($"Data Source={file};Pooling=False").Options;

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
