using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Formats.Chunked;
using DendriteViewer.Imaging.Formats.Tiff;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats;

/// <summary>Opens whatever a path is, by what it holds rather than by its name.</summary>
public static class VolumeFiles
{
    /// <summary>What stands before the prefix of a Zarr in a store.</summary>
    public const string BlobScheme = "blob:";

    /// <summary>A folder of TIFF slices, a TIFF, NRRD, MetaImage or NIfTI, Zarr or N5 (folder or zip), HDF5, or a raw file whose manifest says what it holds.</summary>
    /// <param name="path">File or folder; http:// or https:// before the address of a Zarr, blob: before the prefix of one in a store.</param>
    /// <param name="volume">Shape, dtype and byte offset of a raw file; which dataset of an HDF5 file, or array of Zarr or N5.</param>
    /// <param name="confine">Asked for every file that a header names: gives it back, or refuses it. Null for any file.</param>
    /// <param name="blobs">Where blob: looks.</param>
    /// <exception cref="VolumeFormatException">There is nothing at the path, or nothing that is supported.</exception>
    public static VolumeFile Open(string path, VolumeManifest volume, Func<string, string>? confine = null, IBlobStore? blobs = null)
    {
        if (IsRemote(path))
        {
            return OpenRemote(confine is null ? path : confine(path), volume.Inside ?? "", blobs, confine);
        }

        confine ??= p => p;
        path = Path.TrimEndingDirectorySeparator(path);
        try
        {
            if (Directory.Exists(path))
            {
                var keys = new FolderKeys(path, confine);

                // A group of N5 needs no metadata of its own, so that it looks like any folder.
                var hasTiff = Directory.EnumerateFiles(path, "*.tif*").Any();
                if (ZarrMetadata.IsChunked(keys) || (!hasTiff && ZarrMetadata.HoldsChunked(keys)))
                {
                    return ZarrMetadata.Open(keys, volume.Inside ?? "");
                }

                return new TiffFolder(path, confine);
            }

            if (!File.Exists(path))
            {
                throw new VolumeFormatException($"{path} does not exist; correct the path.");
            }

            Span<byte> buffer = stackalloc byte[520];
            var head = Head(path, buffer);
            if (IsTiff(head))
            {
                return new TiffFile(path, confine);
            }

            if (NrrdFile.IsNrrd(head))
            {
                return new NrrdFile(path, confine);
            }

            if (NiftiFile.IsNifti(path))
            {
                return new NiftiFile(path, confine);
            }

            if (MetaImageFile.IsMetaImage(head))
            {
                return new MetaImageFile(path, confine);
            }

            if (head.StartsWith("PK\u0003\u0004"u8))
            {
                return OpenZip(path, volume.Inside ?? "");
            }

            if (Hdf5File.IsHdf5(path))
            {
                return new Hdf5File(path, volume.Inside, confine);
            }

            return volume.Shape is { Length: 3 } s && volume.Dtype is { } dtype
                ? new RawFile(path, new VolumeShape(s[0], s[1], s[2]), dtype, volume.ByteOffset)
                : throw new VolumeFormatException($"{path} is no TIFF, NRRD, MetaImage, NIfTI, Zarr or HDF5, and without shape and dtype it cannot be read as raw voxels; give both, or another file.");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new VolumeFormatException($"{path} may not be read; change its permissions.", e);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException or OverflowException)
        {
            throw new VolumeFormatException($"{path} is damaged; copy it again from its source.", e);
        }
    }

    /// <summary>Whether a file says nothing of what it holds, so that only shape and type by somebody let it be read.</summary>
    public static bool IsHeaderless(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        Span<byte> buffer = stackalloc byte[520];
        var head = Head(path, buffer);
        return !IsTiff(head) && !NrrdFile.IsNrrd(head) && !NiftiFile.IsNifti(path) && !MetaImageFile.IsMetaImage(head)
            && !head.StartsWith("PK\u0003\u0004"u8) && !Hdf5File.IsHdf5(path);
    }

    /// <summary>Whether a path is no file or folder of this machine.</summary>
    public static bool IsRemote(string path) =>
        path.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || path.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || path.StartsWith(BlobScheme, StringComparison.Ordinal);

    private static VolumeFile OpenRemote(string path, string inside, IBlobStore? blobs, Func<string, string>? confine)
    {
        KeyStore keys = !path.StartsWith(BlobScheme, StringComparison.Ordinal)
            ? new HttpKeys(path, confine)
            : new BlobKeys(
                blobs ?? throw new VolumeFormatException($"{path} lies in a store, and none was given; use --store."),
                path[BlobScheme.Length..],
                confine);
        try
        {
            if (ZarrMetadata.IsChunked(keys) || ZarrMetadata.HoldsChunked(keys) || inside.Length > 0)
            {
                return ZarrMetadata.Open(keys, inside);
            }

            var forbidden = string.Join(", ", keys.Forbidden);
            throw new VolumeFormatException(forbidden.Length > 0
                ? $"{path} answers 403 (forbidden) for {forbidden}; get the right to read it, or correct the address."
                : $"{path} holds no Zarr; give the address of the folder that has a zarr.json, .zarray or .zattrs.");
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    private static ReadOnlySpan<byte> Head(string path, Span<byte> buffer)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
    }

    private static VolumeFile OpenZip(string path, string inside)
    {
        var keys = new ZipKeys(path);
        try
        {
            return ZarrMetadata.IsChunked(keys) || ZarrMetadata.HoldsChunked(keys)
                ? ZarrMetadata.Open(keys, inside)
                : throw new VolumeFormatException($"{path} is a zip archive without Zarr in it; unpack it first.");
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    private static bool IsTiff(ReadOnlySpan<byte> head) =>
        head.Length >= 4 && (head[..4] is [(byte)'I', (byte)'I', 42 or 43, 0] || head[..4] is [(byte)'M', (byte)'M', 0, 42 or 43]);
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
