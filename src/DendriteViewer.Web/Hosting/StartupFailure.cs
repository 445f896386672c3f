using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace DendriteViewer.Web.Hosting;

/// <summary>Why the app did not start, as one sentence.</summary>
public static class StartupFailure
{
    /// <summary>The sentence, without secrets and on one line.</summary>
    public static string Describe(Exception exception) => SecretRedactor.Patterns.Redact(Sentence(exception).ReplaceLineEndings(" "));

    private static string Sentence(Exception exception) => exception switch
    {
        StartupException e => e.Message,
        AggregateException { InnerException: { } inner } => Sentence(inner),
        IOException { InnerException: AddressInUseException } e =>
            $"{e.Message.TrimEnd('.')}: stop the program that listens there, or give another address with --urls.",
        SocketException e => $"The address to listen on cannot be used ({e.Message.TrimEnd('.')}); give another with --urls.",
        InvalidDataException { InnerException: { } inner } e => $"{e.Message.TrimEnd('.')}: {Innermost(inner).Message}",
        InvalidOperationException { InnerException: NpgsqlException or SqliteException } e => Sentence(e.InnerException!),
        InvalidOperationException { InnerException: FormatException or ArgumentException } e =>
            $"{e.Message.TrimEnd('.')}; correct it in the configuration.",
        SqliteException e => $"The database could not be opened ({e.Message.TrimEnd('.')}); check the folder Dendrite:Data, its "
            + $"permissions and its disk.",
        PostgresException e => $"The PostgreSQL database refused ({e.MessageText.TrimEnd('.')}); check name, user and "
            + "password in Dendrite:Database and Dendrite:JobsDatabase, and that the user may make tables there.",
        NpgsqlException e => $"The PostgreSQL database does not answer ({e.Message.TrimEnd('.')}); check that it runs and what "
            + $"Dendrite:Database and Dendrite:JobsDatabase say.",
        UnauthorizedAccessException e =>
            $"{e.Message.TrimEnd('.')}: give the account that runs DendriteViewer the right to write there, or name another folder in "
                + $"Dendrite:Data.",
        IOException e => $"{e.Message.TrimEnd('.')}; check the folder Dendrite:Data, its permissions and its disk.",
        _ => exception.Message,
    };

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
