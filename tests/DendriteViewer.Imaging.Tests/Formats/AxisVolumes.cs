using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>A volume of 5 × 7 × 9 whose voxels say where they are, in every order of axes: 1000 z + 100 y + x + 10000 t.</summary>
internal static class AxisVolumes
{
    public static readonly VolumeShape Shape = new(5, 7, 9);
    public const int Times = 3;

    /// <summary>Elements along an axis that is named by its letter.</summary>
    public static int Length(char axis) => axis switch { 'z' => 5, 'y' => 7, 'x' => 9, _ => Times };

    /// <summary>The array with its axes in an order, slowest first, as 16-bit samples, little endian; an axis of another name counts as
    /// t.</summary>
    public static byte[] Array(string axes)
    {
        var lengths = axes.Select(Length).ToArray();
        var voxels = new ushort[lengths.Aggregate(1, (a, b) => a * b)];
        for (var i = 0; i < voxels.Length; i++)
        {
            var rest = i;
            for (var a = axes.Length - 1; a >= 0; a--)
            {
                voxels[i] += (ushort)(rest % lengths[a] * axes[a] switch { 'z' => 1000, 'y' => 100, 'x' => 1, _ => 10000 });
                rest /= lengths[a];
            }
        }

        return MemoryMarshal.AsBytes(voxels.AsSpan()).ToArray();
    }

    /// <summary>Fails where a file is not the volume at so many times, slice after slice and backwards.</summary>
    public static void AssertIn(VolumeFile file, int frames)
    {
        Assert.Equal((Shape, frames), (file.Shape, file.Frames));
        var whole = Array("zyx");
        for (var f = 0; f < frames; f++)
        {
            var expected = MemoryMarshal.Cast<byte, ushort>(whole).ToArray().Select(v => (ushort)(v + 10000 * f)).ToArray();
            Assert.Equal(expected, MemoryMarshal.Cast<byte, ushort>(VolumeFileTests.Read(file, f)).ToArray());
            using var source = file.Open(f);
            var slice = new byte[7 * 9 * 2];
            foreach (var z in new[] { 4, 0, 2 })
            {
                source.ReadSlice(z, slice);
                Assert.Equal(expected.AsSpan(z * 63, 63), MemoryMarshal.Cast<byte, ushort>(slice));
            }
        }
    }
}
