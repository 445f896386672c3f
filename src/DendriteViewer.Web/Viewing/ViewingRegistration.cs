using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Viewing;

/// <summary>Registers views and renderers.</summary>
public static partial class ViewingRegistration
{
    /// <summary>Adds sessions and renderers.</summary>
    public static WebApplicationBuilder AddViewing(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ViewSessions>();
        builder.Services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<ViewSessions>());
        builder.Services.AddSingleton(s =>
        {
            var options = s.GetRequiredService<DendriteOptions>();
            var mebibytes = options.DeviceMemoryMiB > 0 ? options.DeviceMemoryMiB : options.BrickCacheMiB;
            var choice = Enum.Parse<DeviceChoice>(options.Device, ignoreCase: true);
            var devices = new RenderDevices(choice, (long)mebibytes << 20, waitsForTests: false);
            var log = s.GetRequiredService<ILogger<RenderDevices>>();
            if (devices.Notice is { } notice)
            {
                LogDeviceLost(log, notice);
            }

            devices.Lost += lost => LogDeviceLost(log, lost);
            devices.Accepted += name => LogDeviceAccepted(log, name);
            return devices;
        });
        builder.Services.AddSingleton<SliceRenderer>();
        builder.Services.AddSingleton<VolumeRenderer>();
        builder.Services.AddSingleton<WindowFinder>();
        builder.Services.AddSingleton<Openings>();
        builder.Services.AddSingleton<PictureWarmUp>();
        return builder;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Notice}")]
    private static partial void LogDeviceLost(ILogger logger, string notice);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Device} passed its test and draws from now on.")]
    private static partial void LogDeviceAccepted(ILogger logger, string device);
}
