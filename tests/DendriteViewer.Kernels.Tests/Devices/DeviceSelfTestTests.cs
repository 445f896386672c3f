using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;

namespace DendriteViewer.Kernels.Tests.Devices;

[Trait("Category", "Devices")]
public sealed class DeviceSelfTestTests(Device device) : IClassFixture<Device>
{
    [Fact]
    public void Draw_OnADeviceThatIsRight_PassesInEveryMode()
    {
        var pictures = DeviceSelfTest.Draw(device.Volumes.Device, VoxelType.UInt16).ToArray();
        Assert.Equal(16, pictures.Length);
        Assert.All(pictures, p => Assert.True(p.IsPassed, p.Verdict));
    }

    [Theory]
    [InlineData(34, true)]
    [InlineData(35, false)]
    public void IsPassed_MorePixelsThanAllowed_IsFalse(int different, bool isPassed) =>
        Assert.Equal(isPassed, new SelfTestPicture("composite", 5184, different, 200, 1, 34).IsPassed);
}
