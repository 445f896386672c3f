using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
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
        Directory.CreateDirectory(data);
        builder.Services.AddSingleton(options);
        builder.Services.AddDbContextFactory<DendriteDb>(o => o.UseSqlite($"Data Source={Path.Combine(data, "dendrite.db")}"));
        builder.Services.AddDbContext<DendriteDb>(o => o.UseSqlite($"Data Source={Path.Combine(data, "dendrite.db")}"), optionsLifetime: ServiceLifetime.Singleton);
        builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(data, "keys"))).SetApplicationName("DendriteViewer");
        builder.Services.AddSingleton(_ =>
        {
            var blobs = BlobStores.Open(options.Store ?? Path.Combine(data, "store"));
            return new DatasetStore(blobs is FolderBlobStore || options.DiskCacheMiB == 0 ? blobs : new DiskCache(blobs, Path.Combine(data, "cache"), (long)options.DiskCacheMiB << 20));
        });
        builder.Services.AddHostedService<StoreJanitor>();
        builder.Services.AddSingleton(s => new BrickCache(s.GetRequiredService<DatasetStore>(), (long)options.BrickCacheMiB << 20));
        return builder;
    }

    /// <summary>Makes the database where there is none.</summary>
    public static async Task PrepareDataAsync(this WebApplication app)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<DendriteDb>>().CreateDbContextAsync();
        await db.Database.EnsureCreatedAsync();
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL");
    }
}
