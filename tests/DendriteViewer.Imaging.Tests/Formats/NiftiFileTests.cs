using System.IO.Compression;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>NIfTI headers that say what their axes are, in what unit, where the voxels lie, and how many there are.</summary>
public sealed class NiftiFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Axis_Fourth_IsTimeAndItsStepsAreSaid(bool gzip)
    {
        using var file = Open(AxisVolumes.Array("tzyx"), h => h.Dims(4, 9, 7, 5, 3).Byte(123, 2 + 8).Float(76 + 16, 2.5f), gzip);
        AxisVolumes.AssertIn(file, 3);
        Assert.Contains(file.Remarks, r => r.Contains("taken for time; its steps of 2.5 s", StringComparison.Ordinal));
    }

    [Fact]
    public void Axis_Fifth_IsRefusedWithWhatTheIntentSays()
    {
        var e = Assert.Throws<VolumeFormatException>(() => Open(AxisVolumes.Array("tzyx"), h => h.Dims(5, 9, 7, 5, 1, 3).Short(68, 1007)));
        Assert.Contains("3 × 1 × 1 values a voxel (vectors)", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<VolumeFormatException>(() => Open(AxisVolumes.Array("tzyx"), h => h.Dims(4, 9, 7, 5, 3).Short(68, 2003)));
        Assert.Contains("colours (RGB), so its fourth axis, of 3 elements, is not time", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<VolumeFormatException>(() => Open(AxisVolumes.Array("tzyx"), h => h.Dims(4, 9, 7, 5, 3).Byte(123, 2 + 40)));
        Assert.Contains("in ppm, which is not time", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(70, 128, "colours (RGB24)")]
    [InlineData(70, 2304, "colours (RGBA32)")]
    [InlineData(70, 1792, "complex numbers")]
    [InlineData(72, 8, "of 8 bits (bitpix)")]
    public void Samples_ThatAreNoSingleNumbers_AreRefusedByName(int at, short value, string why) =>
        Assert.Contains(why, Assert.Throws<VolumeFormatException>(() => Open(AxisVolumes.Array("zyx"), h => h.Short(at, value)))
            .Message, StringComparison.Ordinal);

    [Fact]
    public void Voxels_ThatBeginInsideTheHeader_AreRefused() =>
        Assert.Contains("begin at byte 0, which is inside its header", Assert.Throws<VolumeFormatException>(() =>
            Open(AxisVolumes.Array("zyx"), h => h.Float(108, 0))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Data_LongerOrShorterThanTheHeader_AreSaidOrRefusedWithBothNumbers(bool gzip)
    {
        using (var file = Open(AxisVolumes.Array("tzyx"), h => h.Short(48, 3), gzip))
        {
            AxisVolumes.AssertIn(file, 1);
            Assert.Contains(file.Remarks, r => r.Contains("630", StringComparison.Ordinal));
            Assert.Contains(file.Remarks, r =>
                r.Contains("the 3 elements that it gives for axis 4 do not count", StringComparison.Ordinal));
        }

        var e = Assert.Throws<VolumeFormatException>(() => Open(AxisVolumes.Array("zyx")[..600], _ => { }, gzip));
        Assert.Contains("630", e.Message, StringComparison.Ordinal);
        Assert.Contains("600", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1f, "without a unit (xyzt_units is 0)")]
    [InlineData(5, 1f, "without a unit (xyzt_units is 5)")]
    [InlineData(3, 0f, "which is no size")]
    [InlineData(3, -1f, "which is no size")]
    [InlineData(3, float.NaN, "which is no size")]
    public void Pixdim_ThatIsNoSize_IsNotTakenAndSaid(byte units, float y, string why)
    {
        using var file = Open(AxisVolumes.Array("zyx"), h => h.Byte(123, units).Float(84, y));
        Assert.Null(file.Geometry);
        Assert.Contains(file.Remarks, r => r.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public void Sform_UnlikeQformAndPixdim_IsTakenAndThatIsSaid()
    {
        using var file = Open(AxisVolumes.Array("zyx"), h => h.Byte(123, 3).Short(252, 1).Short(254, 1).Float(280, 2).Float(300, 2)
            .Float(320, 2));
        Assert.Equal("sform", file.Geometry!.From);
        Assert.Equal(2, file.Geometry.Transform.VoxelSize.Z);
        Assert.Contains(file.Remarks, r => r.Contains("sform and qform say different things", StringComparison.Ordinal));
        Assert.Contains(file.Remarks, r => r.Contains("pixdim of 1 × 1 × 1; the sform is taken", StringComparison.Ordinal));
    }

    [Fact]
    public void Sform_OfZeros_IsNotTakenAndSaid()
    {
        using var file = Open(AxisVolumes.Array("zyx"), h => h.Byte(123, 3).Short(254, 1));
        Assert.Equal("pixdim", file.Geometry!.From);
        Assert.Contains(file.Remarks, r => r.StartsWith("Its sform", StringComparison.Ordinal)
            && r.Contains("no size", StringComparison.Ordinal));
    }

    [Fact]
    public void Slope_ThatIsNoNumber_IsNotAppliedAndSaid()
    {
        using var file = Open(AxisVolumes.Array("zyx"), h => h.Float(112, float.NaN));
        AxisVolumes.AssertIn(file, 1);
        Assert.Contains(file.Remarks, r => r.Contains("slope (NaN)", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private VolumeFile Open(byte[] data, Action<Head> change, bool gzip = false)
    {
        var head = new Head().Dims(3, 9, 7, 5).Short(70, 512).Short(72, 16).Float(108, 352).Float(80, 1).Float(84, 1).Float(88, 1);
        change(head);
        var path = _folder[gzip ? "v.nii.gz" : "v.nii"];
        using (var file = File.Create(path))
        using (var stream = gzip ? new GZipStream(file, CompressionLevel.Optimal) : (Stream)file)
        {
            stream.Write(head.Bytes);
            stream.Write(data);
        }

        return VolumeFiles.Open(path, new VolumeManifest());
    }

    // A header of NIfTI-1, little endian, field after field.
    private sealed class Head
    {
        public Head()
        {
            BitConverter.TryWriteBytes(Bytes, 348);
            "n+1"u8.CopyTo(Bytes.AsSpan(344));
        }

        public byte[] Bytes { get; } = new byte[352];

        public Head Dims(params short[] dims)
        {
            for (var i = 0; i < dims.Length; i++)
            {
                Short(40 + 2 * i, dims[i]);
            }

            return this;
        }

        public Head Byte(int at, byte value)
        {
            Bytes[at] = value;
            return this;
        }

        public Head Short(int at, short value)
        {
            BitConverter.TryWriteBytes(Bytes.AsSpan(at), value);
            return this;
        }

        public Head Float(int at, float value)
        {
            BitConverter.TryWriteBytes(Bytes.AsSpan(at), value);
            return this;
        }
    }
}
