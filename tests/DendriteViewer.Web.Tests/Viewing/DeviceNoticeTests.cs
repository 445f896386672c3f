using Bunit;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Viewing;

public sealed class DeviceNoticeTests : MudContext
{
    [Fact]
    public void Notice_WhenADeviceIsLost_SaysSoUntilClosed()
    {
        using var devices = new RenderDevices(DeviceChoice.OpenCl, 1 << 20);
        Services.AddSingleton(devices);
        var notice = Render<DeviceNotice>();
        Assert.Empty(notice.Markup.Trim());
        while (!devices.Names[0].StartsWith("CPU ", StringComparison.Ordinal))
        {
            devices.TryDraw(
                "volume", VoxelType.UInt8, d => throw new ComputeException(d.Device.Info.Name, "a kernel", "CUDA_ERROR_LAUNCH_FAILED"));
        }

        notice.WaitForAssertion(() => Assert.Contains(
            "failed in a kernel: CUDA_ERROR_LAUNCH_FAILED. The CPU draws", notice.Find("[role=alert]").TextContent,
            StringComparison.Ordinal));
        notice.Find("button").Click();
        Assert.Empty(notice.Markup.Trim());
    }
}
