using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Viewing;

/// <summary>Registers views and renderers.</summary>
public static class ViewingRegistration
{
    /// <summary>Adds sessions and renderers.</summary>
    public static WebApplicationBuilder AddViewing(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ViewSessions>();
        builder.Services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<ViewSessions>());
        builder.Services.AddSingleton(s =>
        {
            var options = s.GetRequiredService<DendriteOptions>();
            return new RenderDevices(Enum.Parse<DeviceChoice>(options.Device, ignoreCase: true), (long)(options.DeviceMemoryMiB > 0 ? options.DeviceMemoryMiB : options.BrickCacheMiB) << 20);
        });
        builder.Services.AddSingleton<SliceRenderer>();
        builder.Services.AddSingleton<VolumeRenderer>();
        builder.Services.AddSingleton<WindowFinder>();
        builder.Services.AddSingleton<Openings>();
        builder.Services.AddSingleton<PictureWarmUp>();
        return builder;
    }
}
