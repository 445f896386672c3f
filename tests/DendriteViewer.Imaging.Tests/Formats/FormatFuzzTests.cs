using System.Text;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats;

public sealed class FormatFuzzTests : IDisposable
{
    private readonly TempFolder _folder = new();

    // DENDRITE_FUZZ=20 makes twenty times as many. Damage gives other voxels or one sentence: no crash, no hang, nothing allocated that the file does not justify.
    [DataTheory]
    [InlineData("formats/tiff", "*.tif*", 400)]
    [InlineData("formats/nrrd", "*.nrrd", 500)]
    [InlineData("formats/nifti", "*.nii*", 400)]
    [InlineData("", "*.mha", 300)]
    public void Mutants_GiveVoxelsOrOneSentence(string folder, string pattern, int count)
    {
        var seeds = folder.Length == 0
            ? [Encoding.ASCII.GetBytes("ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False\nDimSize = 9 8 7\nElementSpacing = 1 1 1\nElementType = MET_USHORT\nElementDataFile = LOCAL\n" + new string('x', 2 * 9 * 8 * 7))]
            : Directory.EnumerateFiles(TestData.File(folder), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(f => new FileInfo(f).Length < 400_000).Select(File.ReadAllBytes).ToArray();
        Assert.NotEmpty(seeds);
        var random = new Random(20230);
        var (read, refused) = (0, 0);
        count *= int.TryParse(Environment.GetEnvironmentVariable("DENDRITE_FUZZ"), out var times) ? times : 1;
        for (var i = 0; i < count; i++)
        {
            var bytes = seeds[random.Next(seeds.Length)].ToArray();
            for (var n = random.Next(1, 12); n > 0; n--)
            {
                // Most damage goes where the structure is: the head, and the directories at the end.
                var at = random.Next(3) switch { 0 => random.Next(Math.Min(bytes.Length, 300)), 1 => Math.Max(0, bytes.Length - 1 - random.Next(300)), _ => random.Next(bytes.Length) };
                bytes[at] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
            }

            if (random.Next(5) == 0)
            {
                bytes = bytes[..random.Next(8, bytes.Length)];
            }

            var path = _folder["mutant" + pattern[1..].Replace("*", "", StringComparison.Ordinal)];
            File.WriteAllBytes(path, bytes);
            _ = Outcome(path) ? read++ : refused++;
        }

        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }

    [DataFact]
    public void ConformanceFiles_AreReadOrRefusedWithTheirName()
    {
        var files = Directory.EnumerateFiles(TestData.File("formats/tiff"), "*.tif*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(TestData.File("formats/tiff_libtiff"), "*", SearchOption.AllDirectories));
        var read = files.Count(Outcome);
        Assert.True(read >= 10, $"only {read} files were read");
    }

    public void Dispose() => _folder.Dispose();

    private static bool Outcome(string path)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var file = VolumeFiles.Open(path, new VolumeManifest());
            using var source = file.Open(0);
            var slice = new byte[source.Shape.SliceCount * source.Type.Size()];
            for (var z = 0; z < Math.Min(source.Shape.Z, 50); z++)
            {
                source.ReadSlice(z, slice);
            }

            return true;
        }
        catch (VolumeFormatException e)
        {
            Assert.Contains(Path.GetFileName(path), e.Message);
            return false;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000_000);
        }
    }
}
