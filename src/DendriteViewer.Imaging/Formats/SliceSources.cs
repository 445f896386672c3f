using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>Opens whatever a path is.</summary>
public static class SliceSources
{
    /// <summary>A folder of TIFF slices, a TIFF, or a raw file whose manifest says what it holds.</summary>
    /// <exception cref="VolumeFormatException">There is nothing at the path, or nothing that is supported.</exception>
    public static ISliceSource Open(string path, VolumeManifest volume)
    {
        try
        {
            if (Directory.Exists(path))
            {
                return new TiffFolderSource(path);
            }

            if (!File.Exists(path))
            {
                throw new VolumeFormatException($"{path} does not exist; correct the path.");
            }

            if (volume.Shape is { Length: 3 } s && volume.Dtype is { } dtype && !StartsAsTiff(path))
            {
                return new RawSource(path, new VolumeShape(s[0], s[1], s[2]), dtype, volume.ByteOffset ?? 0);
            }

            return StartsAsTiff(path)
                ? new TiffStackSource(path)
                : throw new VolumeFormatException($"{path} is not a TIFF, and without shape and dtype it cannot be read as raw voxels; give both, or another file.");
        }
        catch (Exception e) when (e is UnauthorizedAccessException)
        {
            throw new VolumeFormatException($"{path} may not be read; change its permissions.", e);
        }
    }

    private static bool StartsAsTiff(string path)
    {
        Span<byte> head = stackalloc byte[4];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(head, 4, throwOnEndOfStream: false) == 4
            && (head is [(byte)'I', (byte)'I', 42 or 43, 0] || head is [(byte)'M', (byte)'M', 0, 42 or 43]);
    }
}

internal static class Fingerprints
{
    public static string Of(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in files)
        {
            var f = new FileInfo(path);
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{f.Name}|{f.Length}|{f.LastWriteTimeUtc.Ticks}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
