using System.Runtime.CompilerServices;

namespace DendriteViewer.Kernels.Tests.Sampling;

/// <summary>
/// Packets are written once, for 512 bits; the files of 256 and 128 bits differ from them in that number and in the names of instruction
/// sets alone. DENDRITE_WRITE=1 makes those anew after a wide file was changed.
/// </summary>
public sealed class NarrowerPacketsTests
{
    private static readonly string[] s_wide =
        ["Sampling/Samples512*.cs", "Raycasting/RaycastPackets512*.cs", "Raycasting/RaycastLayers512*.cs", "Slicing/SlicePackets512*.cs"];

    // Of 128 bits there are no byte packets.
    private static readonly string[] s_bytes =
    [
        .. new[]
        {
            "ByteJobs", "ByteLight", "ByteMarch", "BytePacket", "BytePixels", "ByteProjection", "ByteSampler", "ByteTile", "PacketShape",
        }.Select(name => $"Raycasting/BytePackets/{name}512.cs"),
    ];

    [Theory]
    [InlineData("256")]
    [InlineData("128")]
    public void FilesOfFewerLanes_AreThoseOfTheWideFiles(string bits)
    {
        var kernels = Path.Combine(Repository(), "src/DendriteViewer.Kernels");
        var narrower = Directory.CreateDirectory(Path.Combine(kernels, "Narrower")).FullName;
        var wanted = s_wide.Concat(bits == "256" ? s_bytes : [])
            .SelectMany(pattern => Directory.GetFiles(Path.Combine(kernels, Path.GetDirectoryName(pattern)!), Path.GetFileName(pattern)))
            .ToDictionary(wide => Path.GetFileName(wide).Replace("512", bits), wide => Narrowed(wide, bits));
        var stored = Directory.GetFiles(narrower, $"*{bits}*.cs");
        if (Environment.GetEnvironmentVariable("DENDRITE_WRITE") is { Length: > 0 })
        {
            Array.ForEach(stored, File.Delete);
            foreach (var (name, text) in wanted)
            {
                File.WriteAllText(Path.Combine(narrower, name), text);
            }

            return;
        }

        Assert.Equal(wanted.Keys.Order(StringComparer.Ordinal), stored.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(stored, file => Assert.True(
            wanted[Path.GetFileName(file)] == File.ReadAllText(file),
            $"{Path.GetFileName(file)} is not what its wide file makes it; "
                + "store it by DENDRITE_WRITE=1 dotnet test --filter NarrowerPackets."));
    }

    private static string Narrowed(string wide, string bits) =>
        $"// Made from {Path.GetFileName(wide)} by NarrowerPacketsTests: "
        + "change that file, and store this one by DENDRITE_WRITE=1.\n"
        + File.ReadAllText(wide).Replace("Avx512BW", "Avx2").Replace("Avx512F", "Avx2").Replace("512", bits);

    private static string Repository([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "DendriteViewer.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The repository was not found.");
    }
}
