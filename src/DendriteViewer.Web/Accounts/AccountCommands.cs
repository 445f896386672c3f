using System.CommandLine;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts;

/// <summary>
/// <c>account</c>: a verb of the server's own program, for who can write its data folder and is locked out of its pages: the last
/// administrator without a password or phone. It may run while the server does.
/// </summary>
public static class AccountCommands
{
    private const int Done = 0, Failed = 1, WrongUse = 2;

    /// <summary>Whether the program was started for this instead of serving.</summary>
    public static bool Has(string[] args) => args.Length > 0 && args[0] == "account";

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code: 0 done, 1 failed, 2 wrong use.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var email = new Argument<string>("EMAIL") { Description = "E-mail of the account." };
        var administrator = new Option<bool>("--administrator") { Description = "Make the account an administrator too." };
        var recover = new Command("recover", "Give an account a new password, take its second factor off, and enable it.")
        {
            email, administrator,
        };
        recover.SetAction(async (parse, ct) =>
        {
            await Console.Out.WriteLineAsync(await RecoverAsync(parse.GetValue(email)!, parse.GetValue(administrator), [], ct));
            return Done;
        });
        var root = new RootCommand("Accounts of a server.") { new Command("account", "Accounts of a server.") { recover } };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync(string.Join(' ', parsed.Errors.Select(e => e.Message)) + " See dendrite account --help.");
            return WrongUse;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync(Hosting.StartupFailure.Describe(e));
            return Failed;
        }
    }

    /// <summary>Gives an account a new password, takes its second factor off, and enables it.</summary>
    /// <param name="email">Whose.</param>
    /// <param name="administrator">Whether it is made an administrator too.</param>
    /// <param name="settings">More of the configuration, as a command line has it.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>What to tell, with the password.</returns>
    /// <exception cref="StartupException">There is no such account, or no database that could have it.</exception>
    internal static async Task<string> RecoverAsync(string email, bool administrator, string[] settings, CancellationToken ct)
    {
        // Before anything is opened: SQLite makes a database where there is none, which would look like a new installation.
        var configured = DendriteHost.CreateBuilder(settings).Configuration.GetSection("Dendrite").Get<DendriteOptions>();
        var options = configured ?? new DendriteOptions();
        var file = Path.Combine(Path.GetFullPath(options.Data), DataFolder.Database);
        if (!options.IsShared && !File.Exists(file))
        {
            throw new StartupException($"There is no {file}; say where the server's data folder is with Dendrite__Data.");
        }

        await using var app = DendriteApp.Build(["--Logging:LogLevel:Default=Warning", .. settings]);
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<DendriteDb>>().CreateDbContextAsync(ct);
        var normalized = email.Trim().ToUpperInvariant();
        Guid id;
        try
        {
            id = await db.Users.Where(u => u.NormalizedEmail == normalized).Select(u => u.Id).FirstOrDefaultAsync(ct);
        }
        catch (System.Data.Common.DbException e)
        {
            throw new StartupException("The database is not of this version; start the server once, which upgrades it.", e);
        }

        if (id == Guid.Empty)
        {
            throw new StartupException($"No account has the e-mail {email}.");
        }

        var people = app.Services.GetRequiredService<People>();
        await people.EnableAsync(id);
        if (administrator)
        {
            await people.SetAdministratorAsync(id, isAdministrator: true);
        }

        await app.Services.GetRequiredService<SignIn.SecondFactor>().DisableAsync(id, null, ct);
        var (password, ended) = await people.ResetPasswordAsync(id);
        return $"{email} is signed out everywhere, has no second factor{(ended.Words is { } words ? $", lost {words}" : "")}, "
            + $"and signs in with the password {password}";
    }
}
