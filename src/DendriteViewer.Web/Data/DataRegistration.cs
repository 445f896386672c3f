using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Data;

/// <summary>Registers options, database, store and caches.</summary>
public static class DataRegistration
{
    /// <summary>Adds what every feature stands on.</summary>
    /// <exception cref="InvalidOperationException">The configuration is wrong; every mistake is listed.</exception>
    public static WebApplicationBuilder AddData(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection("Dendrite").Get<DendriteOptions>() ?? new DendriteOptions();
        if (options.Problems().ToArray() is { Length: > 0 } problems)
        {
            throw new InvalidOperationException(string.Join(' ', problems));
        }

        var data = Path.GetFullPath(options.Data);
        PrivateFiles.MakeFolder(data);
        builder.Services.AddSingleton(options);
        builder.Services.AddDbContextFactory<DendriteDb>(o => SharedDatabase.Use(o, options));
        builder.Services.AddDbContext<DendriteDb>(o => SharedDatabase.Use(o, options), optionsLifetime: ServiceLifetime.Singleton);
        var protection = builder.Services.AddDataProtection().SetApplicationName("DendriteViewer");
        _ = options.IsShared ? protection.PersistKeysToDbContext<DendriteDb>()
            : protection.PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(data, DataFolder.Keys)));
        builder.Services.AddSingleton(_ =>
        {
            var blobs = BlobStores.Open(options.Store ?? Path.Combine(data, "store"));
            return new DatasetStore(blobs is FolderBlobStore || options.DiskCacheMiB == 0 ? blobs : new DiskCache(blobs, Path.Combine(data, "cache"), (long)options.DiskCacheMiB << 20));
        });
        builder.Services.AddHostedService<StoreJanitor>();
        builder.Services.AddSingleton(s => new BrickCache(s.GetRequiredService<DatasetStore>(), (long)options.BrickCacheMiB << 20));
        return builder;
    }

    /// <summary>Takes the data folder for this server, checks what lies in it, and makes or upgrades the database.</summary>
    /// <exception cref="StartupException">The folder is in use, or the database is damaged, missing or newer.</exception>
    public static async Task PrepareDataAsync(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<DendriteOptions>();
        var folder = Path.GetFullPath(options.Data);
        var held = DataFolder.Take(folder);
        app.Lifetime.ApplicationStopped.Register(held.Dispose);
        if (options.IsShared)
        {
            await PrepareSharedAsync(app, folder);
            return;
        }

        DataFolder.Check(folder);
        await using var db = new SqliteDendriteDb(app.Services.GetRequiredService<DbContextOptions<DendriteDb>>());
        await SchemaUpgrade.ApplyAsync(db, $"The database {Path.Combine(folder, DataFolder.Database)}", "AspNetUsers",
            CancellationToken.None);
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL");
    }

    private static async Task PrepareSharedAsync(WebApplication app, string folder)
    {
        DataFolder.CheckRestored(folder);
        await using var db = new PostgreSqlDendriteDb(app.Services.GetRequiredService<DbContextOptions<DendriteDb>>());
        await SharedDatabase.CheckAsync(db, folder, CancellationToken.None);
        await SchemaUpgrade.ApplyAsync(db, "The PostgreSQL database of Dendrite:Database", "AspNetUsers", CancellationToken.None);
        await SharedDatabase.MoveKeysAsync(db, folder, CancellationToken.None);
    }
}
