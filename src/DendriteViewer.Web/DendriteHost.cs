using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Viewing;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace DendriteViewer.Web;

/// <summary>Starts the app, finds its files, and ends with one sentence where it cannot start.</summary>
public static class DendriteHost
{
    /// <summary>Runs the app until it is stopped.</summary>
    /// <returns>The process's exit code: 0, or 1 where it could not start; one sentence on stderr then says why.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var app = DendriteApp.Build(args);
            await RunAsync(app);
            return 0;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync(StartupFailure.Describe(e));
            return 1;
        }
    }

    private static async Task RunAsync(WebApplication app)
    {
        await app.PrepareAsync();
        try
        {
            await app.StartAsync();
            app.VerifyListening();
        }
        catch
        {
            await StopAsync(app);
            throw;
        }

        _ = app.Services.GetRequiredService<PictureWarmUp>().RunAsync(app.Lifetime.ApplicationStopping);
        await app.WaitForShutdownAsync();
    }

    // Background work that has begun is ended in order, so that it has nothing to complain of.
    private static async Task StopAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync();
        }
        catch (ArgumentNullException)
        {
            // The services could not even be made, so there is nothing to stop.
        }
    }

    /// <summary>
    /// A builder that finds the app's own files beside the app, whatever the current folder is. An appsettings.json in the current folder
    /// overrides the one that is shipped; environment variables and the command line override both.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var published = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        var root = Environment.GetEnvironmentVariable("DENDRITE_WEBROOT")
            ?? (Directory.Exists(Path.Combine(published, "viewer")) ? published : FindAbove(AppContext.BaseDirectory, "wwwroot/viewer"));
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = args, ContentRootPath = AppContext.BaseDirectory, WebRootPath = root,
                    ApplicationName = typeof(DendriteHost).Assembly.GetName().Name,
            });
        AddCurrentFolder(builder);
        builder.WebHost.UseStaticWebAssets();

        // What a build made is served as what was published is: compressed and kept by browsers, not read anew for each request.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] ??= builder.Environment.IsDevelopment().ToString();
        builder.Services.AddSingleton(TimeProvider.System);
        return builder;
    }

    /// <summary>What must be so before the first request: private folders, the database, the first administrator's code.</summary>
    public static async Task PrepareAsync(this WebApplication app)
    {
        var files = app.Services.GetRequiredService<PrivateFiles>();
        files.Protect(areNew: false);
        var options = app.Services.GetRequiredService<DendriteOptions>();
        await using (await SharedDatabase.TakeTurnAsync(options, app.Logger, CancellationToken.None))
        {
            await app.PrepareDataAsync();
            await app.PrepareAccountsAsync();
            await app.PrepareJobsAsync();
        }

        files.Protect(areNew: true);
    }

    private static void AddCurrentFolder(WebApplicationBuilder builder)
    {
        var current = Directory.GetCurrentDirectory();
        if (Path.TrimEndingDirectorySeparator(current) == Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))
        {
            return;
        }

        var sources = builder.Configuration.Sources;
        var behind = sources.Count - 1;
        while (behind >= 0 && sources[behind] is not JsonConfigurationSource)
        {
            behind--;
        }

        foreach (var name in new[] { "appsettings.json", $"appsettings.{builder.Environment.EnvironmentName}.json" })
        {
            if (File.Exists(Path.Combine(current, name)))
            {
                sources.Insert(++behind, new JsonConfigurationSource { FileProvider = new PhysicalFileProvider(current), Path = name });
            }
        }
    }

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
