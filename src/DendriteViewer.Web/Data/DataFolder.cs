using Microsoft.Data.Sqlite;

namespace DendriteViewer.Web.Data;

/// <summary>
/// The folder that <see cref="DendriteOptions.Data"/> names: which files lie in it, and that one server at a time uses it. Caches of roles,
/// sites and jobs are kept in a server's memory, so a second server on the same folder would show stale state.
/// </summary>
public sealed class DataFolder : IDisposable
{
    /// <summary>The main database's file name.</summary>
    public const string Database = "dendrite.db";

    /// <summary>The jobs' database's file name.</summary>
    public const string Jobs = "jobs.db";

    /// <summary>The folder of the keys that protect cookies.</summary>
    public const string Keys = "keys";

    /// <summary>What a restore writes into until it is whole.</summary>
    public const string Restoring = "restore.unfinished";

    /// <summary>The file whose lock says that a server uses the folder; empty, and left where it is when the server ends.</summary>
    public const string LockFile = "server.lock";

    private readonly FileStream _lock;

    private DataFolder(FileStream held) => _lock = held;

    /// <summary>Takes the folder for this process. The system frees it when the process ends, however it ends.</summary>
    /// <exception cref="StartupException">Another server uses it, or it cannot be written.</exception>
    public static DataFolder Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new DataFolder(
                new FileStream(Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException(
                $"The data folder {folder} may not be written; change its permissions or name another in Dendrite__Data.", e);
        }
        catch (IOException e) when (File.Exists(Path.Combine(folder, LockFile)) && e is not DirectoryNotFoundException)
        {
            throw new StartupException(
                $"The data folder {folder} is in use by another DendriteViewer server; "
                + "stop that one, or give this one a folder of its own in Dendrite__Data.", e);
        }
        catch (IOException e)
        {
            throw new StartupException(
                $"The data folder {folder} cannot be used ({e.Message.TrimEnd('.')}); name another in Dendrite__Data.", e);
        }
    }

    /// <summary>
    /// Refuses what must not be taken for a new installation: a database that is gone from a folder that was in use, or is damaged.
    /// </summary>
    /// <exception cref="StartupException">The folder is not as a server left it.</exception>
    public static void Check(string folder)
    {
        CheckRestored(folder);
        var database = Path.Combine(folder, Database);
        if (!HasTables(database) && WasUsed(folder))
        {
            throw new StartupException(
                $"The database {database} is {(File.Exists(database) ? "empty" : "missing")}, though {folder} was in use before; "
                + "put the file back or restore a backup into another folder. "
                + $"To begin with no accounts at all, move {Keys} and {Jobs} out of the folder first.");
        }

        HasTables(Path.Combine(folder, Jobs));
    }

    /// <summary>Refuses a folder whose restore was cut off.</summary>
    /// <exception cref="StartupException">It was.</exception>
    public static void CheckRestored(string folder)
    {
        if (Directory.Exists(Path.Combine(folder, Restoring)))
        {
            throw new StartupException($"A restore into {folder} was cut off; run dendrite restore again with the same backup.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    // Keys and jobs are made after the database, never before it.
    private static bool WasUsed(string folder) => File.Exists(Path.Combine(folder, Jobs))
        || (Directory.Exists(Path.Combine(folder, Keys)) && Directory.EnumerateFiles(Path.Combine(folder, Keys), "*.xml").Any());

    // Whether a database file is there and whole, and holds anything.
    private static bool HasTables(string file)
    {
        if (!File.Exists(file))
        {
            return false;
        }

        try
        {
            using var connection =
                new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA quick_check(1)";
            if (command.ExecuteScalar() as string is not "ok" and var problem)
            {
                throw Damaged(file, problem ?? "no answer", null);
            }

            command.CommandText = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'";
            return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) > 0;
        }
        catch (SqliteException e)
        {
            throw Damaged(file, e.Message, e);
        }
    }

    private static StartupException Damaged(string file, string reason, Exception? inner)
    {
        var words = reason.ReplaceLineEndings(" ").Trim().TrimEnd('.');
        var remedy = Path.GetFileName(file) == Jobs
            ? "restore a backup, or move the file away to begin with an empty list of jobs"
            : "restore a backup into another folder, and keep this file for repair";
        return new StartupException($"The database {file} cannot be read ({words}); {remedy}.", inner);
    }
}
