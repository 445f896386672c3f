using System.Text.Json;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Distances;
using DendriteViewer.Kernels.Labelling;
using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Analysis.Tests.Segmentation;

/// <summary>The kernels of the analysis against what numpy, scipy and scikit-image found in real volumes, and what was published of them.</summary>
public sealed class ReferenceVolumesTests
{
    [DataTheory]
    [InlineData("electrode/electrode.tiff", "pore0", 0, 0)]
    [InlineData("electrode/electrode.tiff", "NMC85", 85, 85)]
    [InlineData("electrode/electrode.tiff", "CBD170", 170, 170)]
    [InlineData("nmc_ct/nmc-1-cal_generatedCBD_bridge.tif", "0", 0, 0)]
    [InlineData("nmc_ct/nmc-1-cal_generatedCBD_bridge.tif", "1", 1, 1)]
    [InlineData("nmc_ct/nmc-1-cal_generatedCBD_bridge.tif", "2", 2, 2)]
    [InlineData("nmc_labels/NMC_lr_input.tif", "0", 0, 0)]
    [InlineData("nmc_labels/NMC_lr_input.tif", "1", 1, 1)]
    [InlineData("nmc_labels/SOFC_lr_input.tif", "0", 0, 0)]
    [InlineData("nmc_labels/SOFC_lr_input.tif", "1", 1, 1)]
    [InlineData("nmc_labels/SOFC_lr_input.tif", "2", 2, 2)]
    [InlineData("bone_stack", "gt_otsu", 85, 255)]
    [InlineData("bone_stack", "gt_142", 143, 255)]
    [InlineData("fiberform/100_fiberform.tif", "gt_otsu", 109, 255)]
    [InlineData("fiberform/100_fiberform.tif", "gt_89", 90, 255)]
    public void Phase_OfARealVolume_HasItsReferenceComponentsDistancesAndFaces(string path, string phase, int low, int high)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(TestData.File("volumes.json")));
        var volume = document.RootElement.GetProperty(path);
        var expected = (volume.TryGetProperty("phases", out var phases) ? phases : volume).GetProperty(phase);
        var set = Threshold(path, (byte)low, (byte)high);

        Assert.Equal(expected.GetProperty("voxels").GetInt64(), set.Count);
        foreach (var neighbours in new[] { 6, 26 })
        {
            var components = ComponentLabeller.Label(set, StructuringElement.OfNeighbours(neighbours));
            Assert.Equal(expected.GetProperty($"cc{neighbours}").GetInt32(), components.Count);
            Assert.Equal(
                expected.GetProperty($"largest{neighbours}_5").EnumerateArray().Select(v => v.GetInt64()),
                components.Regions.ToArray().Select(r => r.Voxels).OrderDescending().Take(5));

            // Through-connectivity: voxels of components that reach from the first slice to the last.
            var through = components.Keep(r => r.Z0 == 0 && r.Z1 == set.Z).Count;
            Assert.Equal(expected.GetProperty($"through_axis0_fraction{neighbours}").GetDouble(), (double)through / set.Count, 12);
        }

        var distances = EuclideanDistance.Squared(set.Complement());
        Assert.Equal(expected.GetProperty("edt_max").GetDouble(), Math.Sqrt(distances.Max()));
        var sum = distances.Sum(d => Math.Sqrt(d));
        Assert.Equal(1, sum / expected.GetProperty("edt_sum").GetDouble(), 9);

        var profile = set.CountSlices().Select(n => (double)n / (set.Y * set.X)).ToArray();
        Assert.Equal(Numbers(expected, "profile_axis0_first5"), profile[..5]);
        Assert.Equal(Numbers(expected, "profile_axis0_last5"), profile[^5..]);
        Assert.Equal(Numbers(expected, "profile_axis0_min_max"), new[] { profile.Min(), profile.Max() });

        var (z, y, x) = FaceCounts.Internal(set);
        Assert.Equal(expected.GetProperty("internal_faces").GetInt64(), z + y + x);
    }

    [DataTheory]
    [InlineData("bone_stack")]
    [InlineData("fiberform/100_fiberform.tif")]
    public void Otsu_OfRealCt_IsScikitImages(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(TestData.File("volumes.json")));
        var voxels = Read(path, out _);
        Assert.Equal(document.RootElement.GetProperty(path).GetProperty("otsu_skimage_0.19.3").GetInt32(), OtsuThreshold.Split(ValueCounts.Of(voxels)));
    }

    [DataFact]
    public void Electrode_ItsPublishedFractionsAndSurfaces_AreMetToThePrintedDigit()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(TestData.File("electrode/published.json")));
        foreach (var (name, value) in new[] { ("pore", 0), ("NMC", 85), ("CBD", 170) })
        {
            var set = Threshold("electrode/electrode.tiff", (byte)value, (byte)value);
            var voxels = (double)set.Z * set.Y * set.X;
            var (z, y, x) = FaceCounts.Internal(set);
            Assert.Equal(document.RootElement.GetProperty("volume_fraction").GetProperty(name).GetDouble(), set.Count / voxels);

            // Published in single precision.
            Assert.Equal((float)document.RootElement.GetProperty("specific_surface_area_face_counting_per_voxel").GetProperty(name).GetDouble(), (float)((z + y + x) / voxels));
            var perMetre = document.RootElement.GetProperty("same_in_1/m").GetProperty(name).GetDouble();
            Assert.Equal((float)perMetre, (float)((z + y + x) / voxels / 0.390625e-6));
        }
    }

    [DataFact]
    public void LabelVectors_OfScipy_AreMetAll()
    {
        static int[][] Lines(string name) => File.ReadAllLines(TestData.File($"label_vectors/{name}"))
            .Where(l => l.Length > 0).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray()).ToArray();
        var (inputs, elements, results) = (Lines("label_inputs.txt").Chunk(7).ToArray(), Lines("label_strels.txt").Chunk(3).ToArray(), Lines("label_results.txt").Chunk(7).ToArray());
        var vector = 0;
        foreach (var input in inputs)
        {
            foreach (var element in elements)
            {
                var bits = 0u;
                for (var i = 0; i < 9; i++)
                {
                    bits |= element[i / 3][i % 3] != 0 ? 1u << (9 + i) : 0;
                }

                var set = new BitVolume(1, 7, 7);
                for (var i = 0; i < 49; i++)
                {
                    set[0, i / 7, i % 7] = input[i / 7][i % 7] != 0;
                }

                var labels = new int[49];
                ComponentLabeller.Label(set, new StructuringElement(bits)).WriteSlice(0, labels);
                Assert.Equal(results[vector++].SelectMany(r => r), labels);
            }
        }

        Assert.Equal(42, vector);
    }

    private static double[] Numbers(JsonElement element, string name) => element.GetProperty(name).EnumerateArray().Select(v => v.GetDouble()).ToArray();

    private static BitVolume Threshold(string path, byte low, byte high)
    {
        var voxels = Read(path, out var s);
        var set = new BitVolume(s.Z, s.Y, s.X);
        for (var z = 0; z < s.Z; z++)
        {
            for (var y = 0; y < s.Y; y++)
            {
                ThresholdKernel.Within<byte>(voxels.AsSpan((z * s.Y + y) * s.X, s.X), low, high, set.Row(z, y));
            }
        }

        return set;
    }

    // All volumes hold bytes; the signed ones no negative value.
    private static byte[] Read(string path, out VolumeShape shape)
    {
        using var file = VolumeFiles.Open(TestData.File(path), new VolumeManifest());
        using var source = file.Open(0);
        shape = source.Shape;
        var voxels = new byte[shape.Count];
        for (var z = 0; z < shape.Z; z++)
        {
            source.ReadSlice(z, voxels.AsSpan((int)(z * shape.SliceCount), (int)shape.SliceCount));
        }

        return voxels;
    }
}
