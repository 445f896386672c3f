using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>
/// What becomes of every conformance file and reference volume, in docs/formats.md. DENDRITE_WRITE_DOCS=1 writes the table; else it must
/// be what is there.
/// </summary>
public sealed class ConformanceTableTests
{
    private const string Begin = "<!-- written by ConformanceTableTests -->", End = "<!-- to here -->";

    [DataFact]
    public void Table_InTheDocs_IsWhatHappens()
    {
        var path = Path.Combine(TestData.Repository, "docs/formats.md");
        var text = File.ReadAllText(path);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        Assert.True(from >= 0 && to > from, "docs/formats.md has no place for the table.");
        var written = text[..(from + Begin.Length)] + "\n" + Table() + text[to..];
        if (Environment.GetEnvironmentVariable("DENDRITE_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, written);
        }

        Assert.Equal(written, File.ReadAllText(path));
    }

    private static string Table()
    {
        var root = TestData.File("");
        var table = new StringBuilder("| file | read as | voxels, z × y × x | SHA-256 of them, or why not |\n|---|---|---|---|\n");
        foreach (var path in Paths())
        {
            var name = Path.GetRelativePath(root, path);
            var row = Outcome(path, null);
            Add(name, row);

            // Of a file with several datasets, those that its sentence names.
            if (row.Outcome.Contains("several datasets", StringComparison.Ordinal))
            {
                foreach (Match dataset in Regex.Matches(row.Outcome, @"(/\S+) \("))
                {
                    Add(name + dataset.Groups[1].Value, Outcome(path, dataset.Groups[1].Value));
                }
            }
        }

        return table.ToString();

        void Add(string name, (string Format, string Shape, string Outcome) row) =>
            table.Append($"| `{name}` | {row.Format} | {row.Shape} | {row.Outcome.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
    }

    // Files of the format folders, chunked stores as a whole, and the volumes that others measured.
    private static IEnumerable<string> Paths()
    {
        foreach (var folder in new[] { "formats/hdf5", "formats/nifti", "formats/nrrd", "formats/tiff", "formats/tiff_libtiff" })
        {
            foreach (var file in Directory.EnumerateFiles(TestData.File(folder), "*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).StartsWith("LICENSE", StringComparison.Ordinal) && Path.GetExtension(f) != ".md").Order(StringComparer.Ordinal))
            {
                yield return file;
            }
        }

        foreach (var store in new[] { "formats/zarr/ome_zarr", "formats/zarr/zarr_v2/from_zarr-python/data.zarr", "formats/zarr/zarr_v3/examples", "formats/zarr/zarr_v3/from_zarrita/data.zarr" })
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(TestData.File(store)).Where(e => Directory.Exists(e) || e.EndsWith(".zip", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                yield return entry;
            }
        }

        foreach (var volume in new[] { "bone_stack", "electrode/electrode.tiff", "fiberform", "foam_series/Raw_001.tiff", "nmc_ct", "nmc_labels", "two_phase/SampleData_2Phase_3d.hdf5", "two_phase/SampleData_2Phase_stack_3d_1bit.tif" })
        {
            if (Directory.Exists(TestData.File(volume)) && !Directory.EnumerateFiles(TestData.File(volume)).Any(f => f.EndsWith("_0000.tif", StringComparison.Ordinal)))
            {
                foreach (var file in Directory.EnumerateFiles(TestData.File(volume), "*.tif*").Order(StringComparer.Ordinal))
                {
                    yield return file;
                }
            }
            else
            {
                yield return TestData.File(volume);
            }
        }
    }

    private static (string Format, string Shape, string Outcome) Outcome(string path, string? inside)
    {
        try
        {
            using var file = VolumeFiles.Open(path, new VolumeManifest { Inside = inside });
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (var f = 0; f < file.Frames; f++)
            {
                hash.AppendData(VolumeFileTests.Read(file, f));
            }

            return ($"{file.Format}, {file.Samples.Name()}", $"{(file.Frames > 1 ? $"{file.Frames} times " : "")}{file.Shape}", $"`{Convert.ToHexStringLower(hash.GetHashAndReset())[..12]}`");
        }
        catch (VolumeFormatException e)
        {
            return ("–", "–", e.Message.Replace(TestData.File("") + "/", "", StringComparison.Ordinal).Replace(TestData.File(""), "", StringComparison.Ordinal));
        }
    }
}
