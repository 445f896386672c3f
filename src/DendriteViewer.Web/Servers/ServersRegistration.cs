using DendriteViewer.Web.Data;
using DendriteViewer.Web.Monitoring;
using DendriteViewer.Web.Streaming;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.StackExchangeRedis;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DendriteViewer.Web.Servers;

/// <summary>Several servers that work as one: news among them, and SignalR's messages through Redis.</summary>
public static class ServersRegistration
{
    /// <summary>Adds news among servers, and Redis where it is configured.</summary>
    public static WebApplicationBuilder AddServers(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection("Dendrite").Get<DendriteOptions>() ?? new DendriteOptions();
        if (options.Redis is { } redis)
        {
            builder.Services.AddSingleton(s => new RedisLink(redis, s.GetRequiredService<ILogger<RedisLink>>()));
            builder.Services.AddSingleton<INewsWire, RedisNewsWire>();

            // For the hub of frames alone: what a circuit shows goes to its own connection, and needs no Redis to begin.
            builder.Services.AddSingleton<RedisHubLifetimeManager<FrameHub>>();
            builder.Services.AddSingleton<Backplane<FrameHub>>();
            builder.Services.AddSingleton<IBackplane>(s => s.GetRequiredService<Backplane<FrameHub>>());
            builder.Services.AddSingleton<HubLifetimeManager<FrameHub>>(s => s.GetRequiredService<Backplane<FrameHub>>());
            builder.Services.AddOptions<RedisOptions>().Configure<RedisLink>((o, link) =>
                o.ConnectionFactory = async _ => await link.ConnectionAsync);
            builder.Services.AddHealthChecks().AddCheck<RedisCheck>("redis", HealthStatus.Degraded, timeout: StoreCheck.Patience);
        }

        builder.Services.AddSingleton(s => new ServerNews(
            s.GetService<INewsWire>(), options.IsShared, s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<ServerNews>>()));
        builder.Services.AddHostedService(s => s.GetRequiredService<ServerNews>());
        builder.Services.AddHostedService<StoreNews>();
        builder.Services.AddHostedService<JobNews>();
        builder.Services.AddHostedService<JournalNews>();
        builder.Services.AddHostedService<MaskNews>();
        return builder;
    }
}
