using System.Diagnostics;
using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>Files that h5py writes, once for all tests.</summary>
public sealed class Hdf5Files : IDisposable
{
    private readonly TempFolder _folder = new();

    public Hdf5Files()
    {
        foreach (var script in new[] { "hdf5_files.py", "hdf5_headers.py" })
        {
            var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardError = true };
            start.ArgumentList.Add(Path.Combine(TestData.Repository, "tests/DendriteViewer.Imaging.Tests/Formats", script));
            start.ArgumentList.Add(_folder.Path);
            using var python = Process.Start(start)!;
            var said = python.StandardError.ReadToEnd();
            python.WaitForExit();
            Assert.True(python.ExitCode == 0, said);
        }
    }

    public string Root => _folder.Path;

    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();
}

/// <summary>HDF5 and NeXus as beamlines and programs write them.</summary>
public sealed class Hdf5FileTests(Hdf5Files files) : IClassFixture<Hdf5Files>
{
    private static readonly VolumeShape Shape = new(20, 25, 30);

    [Theory]
    [InlineData("contiguous.h5", "/image", "the only one of three axes")]
    [InlineData("chunked.h5", "/a/b/data", "the only one of three axes")]
    [InlineData("deep_chunks.h5", "/image", "the only one of three axes")]
    [InlineData("latest.h5", "/image", "the only one of three axes")]
    [InlineData("behind_a_block.h5", "/image", "the only one of three axes")]
    [InlineData("big_endian.h5", "/image", "the only one of three axes")]
    [InlineData("legacy.nxs", "/entry1/also", "the only NXdata")]
    [InlineData("exchange.h5", "/exchange/data", "Data Exchange")]
    [InlineData("linked.h5", "/image", "the only one of three axes")]
    [InlineData("virtual.h5", "/image", "the only one of three axes")]
    [InlineData("external.h5", "/image", "the only one of three axes")]
    public void Dataset_ThatIsTheScan_IsFoundAndRead(string name, string dataset, string because)
    {
        using var file = Open(name);
        Assert.Equal((Shape, SampleType.UInt16, 1), (file.Shape, file.Samples, file.Frames));
        Assert.Equal($"the dataset is {dataset}, {because}", file.Remarks[0]);
        Assert.Equal(Voxels(0), VolumeFileTests.Read(file, 0));
    }

    [Fact]
    public void Nexus_ItsDefault_IsTheTimestepsWithTheirVoxelSize()
    {
        using var file = Open("nexus.nxs");
        Assert.Equal((Shape, 3, "HDF5, deflate"), (file.Shape, file.Frames, file.Format));
        Assert.Equal("the dataset is /entry/data/data, the NeXus default", file.Remarks[0]);
        Assert.Equal(0.65, file.Geometry!.Transform.VoxelSize.Y, 9);
        Assert.Equal("axes of /entry/data", file.Geometry.From);
        for (var f = 0; f < 3; f++)
        {
            Assert.Equal(Voxels(f), VolumeFileTests.Read(file, f));
        }
    }

    [Fact]
    public void Nbit_OfFewerBitsThanItsType_IsUnpacked()
    {
        using var file = Open("nbit.h5");
        Assert.Equal((SampleType.UInt32, "HDF5, nbit"), (file.Samples, file.Format));
        Assert.Equal(MemoryMarshal.Cast<byte, ushort>(Voxels(0)).ToArray().Select(v => (float)v), MemoryMarshal.Cast<byte, float>(VolumeFileTests.Read(file, 0)).ToArray());
    }

    [Fact]
    public void ElementSize_IsTaken()
    {
        using var file = Open("chunked.h5");
        var size = file.Geometry!.Transform.VoxelSize;
        Assert.Equal((0.5, 0.4, 0.3), (size.Z, size.Y, size.X));
        Assert.Equal("HDF5, shuffle, deflate, fletcher32", file.Format);
    }

    [Fact]
    public void Size_InWhatIsNoLength_IsNotTaken()
    {
        using var file = Open("counts.h5");
        Assert.Null(file.Geometry);
        Assert.Contains(file.Remarks, r => r.Contains("counts, which is no length", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("many.h5", "/first (20 × 25 × 30), /second (20 × 25 × 30); say which with --inside")]
    [InlineData("text.h5", "it holds no numbers")]
    [InlineData("linked_nowhere.h5", "it refers to parts/none.h5, which does not exist")]
    [InlineData("virtual_nowhere.h5", "it refers to parts/none0.h5, which does not exist")]
    public void WhatCannotBeRead_IsRefusedWithOneSentence(string name, string why)
    {
        var e = Assert.Throws<VolumeFormatException>(() => Open(name));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.StartsWith(files[name], e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dataset_IsChosenByItsPath()
    {
        using var file = VolumeFiles.Open(files["many.h5"], new VolumeManifest { Inside = "second" });
        Assert.Equal(Voxels(0), VolumeFileTests.Read(file, 0));
        Assert.Contains("it has no third", Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(files["many.h5"], new VolumeManifest { Inside = "third" })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linked.h5", true)]
    [InlineData("virtual.h5", true)]
    [InlineData("external.h5", true)]
    [InlineData("linked_elsewhere.h5", false)]
    [InlineData("virtual_elsewhere.h5", false)]
    [InlineData("virtual_by_link.h5", false)]
    [InlineData("external_elsewhere.h5", false)]
    public void Files_ThatAFileRefersTo_AreReadOnlyFromFoldersThatAreOpen(string name, bool allowed)
    {
        // All but what lies in elsewhere.
        string Confine(string path) => RealPaths.IsBelowAny(path, [files["elsewhere"]]) ? throw new VolumeFormatException($"{path} is not below a folder to import from.") : path;
        if (allowed)
        {
            using var file = VolumeFiles.Open(files[name], new VolumeManifest(), Confine);
            Assert.Equal(Voxels(0), VolumeFileTests.Read(file, 0));
            return;
        }

        using (var open = Open(name))
        {
            Assert.Equal(Voxels(0), VolumeFileTests.Read(open, 0));
        }

        var e = Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(files[name], new VolumeManifest(), Confine));
        Assert.Contains("not below a folder to import from", e.Message, StringComparison.Ordinal);
    }

    [DataFact]
    public void Hdf5_OfTwoPhases_IsTheRawFileBesideIt()
    {
        using var file = VolumeFiles.Open(TestData.File("two_phase/SampleData_2Phase_3d.hdf5"), new VolumeManifest());
        Assert.Equal(File.ReadAllBytes(TestData.File("two_phase/SampleData_2Phase_stack_3d_uint8.raw")), VolumeFileTests.Read(file, 0));
    }

    // Each takes a process; DENDRITE_FUZZ=20 makes twenty times as many.
    [Fact]
    public void Mutants_GiveVoxelsOrOneSentence()
    {
        string[] names = ["contiguous.h5", "chunked.h5", "latest.h5", "nexus.nxs", "virtual.h5", "nbit.h5", "scales.h5", "tags-xyz.h5",
            "nxtomo.nxs", "shuffle-zstd.h5", "bitshuffle-zstd.h5"];
        var random = new Random(5);
        var (read, count) = (0, Mutants.Count(165));
        for (var i = 0; i < count; i++)
        {
            var bytes = File.ReadAllBytes(files[names[i % names.Length]]);
            for (var n = random.Next(1, 12); n > 0; n--)
            {
                bytes[random.Next(3) == 0 ? random.Next(bytes.Length) : random.Next(Math.Min(bytes.Length, 3000))] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
            }

            bytes = random.Next(6) == 0 ? bytes[..random.Next(8, bytes.Length)] : bytes;
            var path = files[$"mutant{i % names.Length}.h5"];
            File.WriteAllBytes(path, bytes);
            var isRead = Mutants.IsRead(
                Path.GetFileName(path), bytes.Length, Read,
                () => File.Copy(path, Path.Combine(Path.GetTempPath(), $"mutant-{i}.h5"), overwrite: true),
                onThisThread: true, inProcess: true);
            read += isRead ? 1 : 0;

            void Read()
            {
                using var file = VolumeFiles.Open(path, new VolumeManifest());
                VolumeFileTests.Read(file, 0);
            }
        }

        Assert.True(read > 0 && read < count, $"{read} of {count} were read");
    }

    private VolumeFile Open(string name) => VolumeFiles.Open(files[name], new VolumeManifest());

    private static byte[] Voxels(int add) =>
        MemoryMarshal.AsBytes(Enumerable.Range(0, (int)Shape.Count).Select(i => (ushort)((ushort)(i * 7919L % 60000) + add)).ToArray().AsSpan()).ToArray();
}
