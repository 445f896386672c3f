using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Tests.Formats.Tiff;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>64-bit floats that 32 bits cannot tell apart are refused, in whatever format they come; others are rounded.</summary>
public sealed class FloatRoundingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(1e9, 0.01)]
    [InlineData(-1e9, 0.01)]
    [InlineData(1e7, 0.5)]
    [InlineData(1e-5, 1e-14)]
    [InlineData(1e-60, 1e-62)]
    public void Round_OfValuesThatFallTogether_IsRefusedWithTheirNumber(double offset, double step)
    {
        var values = Enumerable.Range(0, 315).Select(k => offset + k * step).ToArray();
        var e = Assert.Throws<VolumeFormatException>(() => FloatRounding.Round(values, new float[315], "f"));
        Assert.StartsWith("f: 315 different values", e.Message, StringComparison.Ordinal);

        // What was accepted before is not looked at again: a coarser level has less noise.
        FloatRounding.Round(values, new float[315], "f", isChecked: true);

        // Zeros and NaN around them change nothing.
        double[] framed = [.. new double[2000], .. Enumerable.Repeat(double.NaN, 500), .. values, .. new double[2000]];
        Assert.Throws<VolumeFormatException>(() => FloatRounding.Round(framed, new float[framed.Length], "f"));
    }

    public static TheoryData<string, double[]> Harmless()
    {
        var random = new Random(1);
        double Noise() => random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5;
        return new()
        {
            { "noise of 64 bits", [.. Enumerable.Range(0, 100_000).Select(_ => Noise())] },
            { "noise on an offset", [.. Enumerable.Range(0, 100_000).Select(_ => 1000 + Noise())] },
            { "thirds", [.. Enumerable.Range(0, 315).Select(k => k / 7.0)] },
            { "one value", [.. Enumerable.Repeat(0.1, 500)] },
            { "large whole numbers", [.. Enumerable.Range(0, 500).Select(k => 16_000_000.0 + k)] },
            { "what arithmetic leaves behind", [.. Enumerable.Range(0, 500).Select(k => k % 2 == 0 ? 0.3 : 0.1 + 0.2)] },
            { "tails that become zero", [.. Enumerable.Range(0, 500).Select(k => Math.Exp(-k))] },
            { "no number", [.. Enumerable.Repeat(double.NaN, 50)] },
            { "nothing", [] },
        };
    }

    [Theory]
    [MemberData(nameof(Harmless))]
    public void Round_OfOtherValues_IsTheNearestFloat(string what, double[] values)
    {
        var floats = new float[values.Length];
        FloatRounding.Round(values, floats, what);
        Assert.Equal(values.Select(v => (float)v), floats);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    public void Round_BeyondTheRange_IsRefused_AndInfinityIsNot(int at)
    {
        var values = new double[33];
        values[at] = double.NegativeInfinity;
        FloatRounding.Round(values, new float[33], "f");
        values[at] = -1e39;
        var e = Assert.Throws<VolumeFormatException>(() => FloatRounding.Round(values, new float[33], "f"));
        Assert.Contains("-1E+39", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v.raw")]
    [InlineData("v.tif")]
    [InlineData("v.nrrd")]
    [InlineData("v.mha")]
    [InlineData("v.nii")]
    [InlineData("scaled.nii")]
    [InlineData("v.zarr")]
    public void EveryFormat_WithValuesThatFallTogether_IsRefusedByInspection(string name)
    {
        foreach (var (offset, step, isRefused) in new[] { (1e9, 0.01, true), (0.0, 1 / 7.0, false) })
        {
            Write(name, offset, step);
            Inspection Inspect() => Inspection.Of(
                _folder[name], new VolumeManifest { Shape = [5, 7, 9], Dtype = "float64" }, TimeProvider.System, null, default);
            if (isRefused)
            {
                Assert.Contains("63 different "
                    + "values", Assert.Throws<VolumeFormatException>(() => Inspect()).Message, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(63 / 7.0, Inspect().Histogram.Least, 5);
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, double offset, double step)
    {
        var values = Enumerable.Range(0, 315).Select(k => offset + k * step).ToArray();
        var bytes = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        var path = _folder[name];
        switch (name)
        {
            case "v.tif":
                var pages = bytes.Chunk(8 * 63).Select(p => TestPage.Of(9, 7, p) with { Bits = 64, SampleFormat = 3 });
                File.WriteAllBytes(path, TestTiff.Write([.. pages]));
                break;
            case "v.nrrd":
                const string Nrrd = "NRRD0004\ntype: double\ndimension: 3\nsizes: 9 7 5\nendian: little\nencoding: raw\n\n";
                File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes(Nrrd), .. bytes]);
                break;
            case "v.mha":
                File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes(
                    "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False\n"
                    + "DimSize = 9 7 5\nElementType = MET_DOUBLE\nElementDataFile = LOCAL\n"), .. bytes]);
                break;
            case "v.nii":
                File.WriteAllBytes(path, [.. Nifti(64, 1, 0), .. bytes]);
                break;
            case "scaled.nii":
                var shorts = Enumerable.Range(0, 315).SelectMany(k => BitConverter.GetBytes((short)k));
                File.WriteAllBytes(path, [.. Nifti(4, step, offset), .. shorts]);
                break;
            case "v.zarr":
                Directory.CreateDirectory(path);
                File.WriteAllText(Path.Combine(path, ".zarray"), """
                    { "zarr_format": 2, "shape": [5, 7, 9], "chunks": [1, 7, 9], "dtype": "<f8", "order": "C", "compressor": null,
                      "fill_value": 0, "filters": null }
                    """);
                foreach (var (chunk, z) in bytes.Chunk(8 * 63).Select((c, z) => (c, z)))
                {
                    File.WriteAllBytes(Path.Combine(path, $"{z}.0.0"), chunk);
                }

                break;
            default:
                File.WriteAllBytes(path, bytes);
                break;
        }
    }

    private static byte[] Nifti(short type, double slope, double intercept)
    {
        var head = new byte[352];
        BinaryPrimitives.WriteInt32LittleEndian(head, 348);
        short[] dim = [3, 9, 7, 5, 1, 1, 1, 1];
        for (var i = 0; i < 8; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(40 + 2 * i), dim[i]);
            BinaryPrimitives.WriteSingleLittleEndian(head.AsSpan(76 + 4 * i), 1);
        }

        BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(70), type);
        BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(72), (short)(type == 64 ? 64 : 16));
        BinaryPrimitives.WriteSingleLittleEndian(head.AsSpan(108), 352);
        BinaryPrimitives.WriteSingleLittleEndian(head.AsSpan(112), (float)slope);
        BinaryPrimitives.WriteSingleLittleEndian(head.AsSpan(116), (float)intercept);
        "n+1\0"u8.CopyTo(head.AsSpan(344));
        return head;
    }
}
