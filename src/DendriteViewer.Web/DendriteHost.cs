using System.Net;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Jobs;
using Microsoft.AspNetCore.HttpOverrides;

namespace DendriteViewer.Web;

/// <summary>Where the app finds its files and what it may listen on.</summary>
public static class DendriteHost
{
    /// <summary>A builder whose web root is the repository's, or the one published beside the app.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var published = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        var root = Environment.GetEnvironmentVariable("DENDRITE_WEBROOT")
            ?? (Directory.Exists(Path.Combine(published, "viewer")) ? published : FindAbove(AppContext.BaseDirectory, "wwwroot/viewer"));
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, WebRootPath = root });
        builder.WebHost.UseStaticWebAssets();

        // What a build made is served as what was published is: compressed and kept by browsers, not read anew for each request.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] ??= builder.Environment.IsDevelopment().ToString();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.Configure<ForwardedHeadersOptions>(o => o.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost);
        return builder;
    }

    /// <summary>Prepares the app; where it cannot start, says why in one sentence on standard error.</summary>
    /// <returns>Whether it can start.</returns>
    public static async Task<bool> TryPrepareAsync(this WebApplication app)
    {
        try
        {
            await app.PrepareAsync();
            return true;
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return false;
        }
    }

    /// <summary>What must be so before the first request: the database, the first administrator's code, loopback for the demo.</summary>
    public static async Task PrepareAsync(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<DendriteOptions>();
        if (options.Demo)
        {
            foreach (var address in (app.Configuration["urls"] ?? "http://localhost:5080").Split(';', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!IsLoopback(address))
                {
                    throw new InvalidOperationException($"The demo signs every visitor in as owner, so it listens on loopback only, not on {address}; use ./dendrite serve for others.");
                }
            }
        }

        await app.PrepareDataAsync();
        await app.PrepareAccountsAsync();
        await app.PrepareJobsAsync();
    }

    /// <summary>Whether an address to listen on can be reached from this machine alone.</summary>
    public static bool IsLoopback(string address) =>
        Uri.TryCreate(address.Replace("*", "0.0.0.0").Replace("+", "0.0.0.0"), UriKind.Absolute, out var uri)
        && (uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));

    private static string? FindAbove(string folder, string wanted)
    {
        for (var d = new DirectoryInfo(folder); d is not null; d = d.Parent)
        {
            if (Directory.Exists(Path.Combine(d.FullName, wanted)))
            {
                return Path.Combine(d.FullName, "wwwroot");
            }
        }

        return null;
    }
}
