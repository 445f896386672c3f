using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Streaming.Calls;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming;

/// <summary>Registers the frame hub.</summary>
public static class StreamingRegistration
{
    /// <summary>Adds the hub and its protocol.</summary>
    public static WebApplicationBuilder AddStreaming(this WebApplicationBuilder builder)
    {
        builder.Services.AddSignalR(o =>
        {
            o.MaximumReceiveMessageSize = 256 << 10;
            o.MaximumParallelInvocationsPerClient = 4;
        }).AddHubOptions<FrameHub>(o => o.AddFilter<HubFailures>()).AddMessagePackProtocol();
        builder.Services.AddSingleton<HubCallers>();
        builder.Services.AddSingleton<SessionEntry>();
        builder.Services.AddSingleton<PlaceQueries>();
        builder.Services.AddSingleton<EditCalls>();
        builder.Services.AddSingleton<CorrectionCalls>();
        builder.Services.AddSingleton<PresenceCalls>();
        builder.Services.AddSingleton<RenderScheduler>();
        builder.Services.AddSingleton(_ => new SharedFrames(SharedFrames.DefaultBytes));
        builder.Services.AddSingleton<FrameConnections>();
        builder.Services.AddHostedService<EntryNews>();
        return builder;
    }

    /// <summary>Maps the hub.</summary>
    public static void MapStreaming(this WebApplication app) => app.MapHub<FrameHub>("/hubs/frames");
}
