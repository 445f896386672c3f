using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>Raw files whose length is not what shape and dtype say.</summary>
public sealed class RawFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Length_ShorterThanTheShape_IsRefusedWithBothNumbers()
    {
        var e = Assert.Throws<VolumeFormatException>(() => Open(AxisVolumes.Array("zyx")[..600], null));
        Assert.Contains("has 600 bytes", e.Message, StringComparison.Ordinal);
        Assert.Contains("need 630", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Length_LongerByNoWholeVolume_IsRefusedUnlessAnOffsetIsGiven()
    {
        byte[] bytes = [.. AxisVolumes.Array("zyx"), 1, 2, 3, 4];
        var e = Assert.Throws<VolumeFormatException>(() => Open(bytes, null));
        Assert.Contains("634 bytes", e.Message, StringComparison.Ordinal);
        Assert.Contains("take 630", e.Message, StringComparison.Ordinal);
        using var file = Open(bytes, 0);
        AxisVolumes.AssertIn(file, 1);
        Assert.Contains("the last 4 bytes are not read", Assert.Single(file.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Length_OfSeveralVolumes_IsSaid()
    {
        using var file = Open(AxisVolumes.Array("tzyx"), null);
        AxisVolumes.AssertIn(file, 3);
        Assert.Contains("the 2 whole volumes that follow", Assert.Single(file.Remarks), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private VolumeFile Open(byte[] bytes, long? offset)
    {
        File.WriteAllBytes(_folder["v.raw"], bytes);
        return VolumeFiles.Open(_folder["v.raw"], new VolumeManifest { Shape = [5, 7, 9], Dtype = "uint16", ByteOffset = offset });
    }
}
