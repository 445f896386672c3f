using System.IO.Compression;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>How bytes of a file were packed.</summary>
internal enum Packing
{
    None,
    Gzip,
    Zlib,
    Bzip2,
}

/// <summary>Streams over parts of files, unpacked, one after another.</summary>
internal static class FileStreams
{
    /// <summary>The most bytes that one packed byte can stand for: deflate's best is 1032, bzip2's about 45,000.</summary>
    public static long MostRatio(this Packing packing) => packing switch { Packing.None => 1, Packing.Bzip2 => 60_000, _ => 1040 };

    /// <summary>The files that a header names as its data, beside it unless they say otherwise, in order.</summary>
    /// <param name="header">The header's path.</param>
    /// <param name="names">Their names.</param>
    /// <param name="confine">Asked for each.</param>
    /// <param name="samples">Samples that they share evenly.</param>
    /// <exception cref="VolumeFormatException">One is missing, may not be read, or they cannot share.</exception>
    public static List<string> DataOf(string header, IEnumerable<string> names, Func<string, string> confine, UInt128 samples)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(header))!;
        var files = names.Select(n => n.Contains('\0', StringComparison.Ordinal)
            ? throw new VolumeFormatException($"{header} names its data by what is no name; the header is damaged.")
            : confine(Path.GetFullPath(n, folder))).ToList();
        if (files.Count == 0 || samples % (UInt128)files.Count != 0)
        {
            throw new VolumeFormatException($"{header} names {files.Count} files, which do not share its voxels evenly; correct the header.");
        }

        return files.FirstOrDefault(f => !File.Exists(f)) is { } gone
            ? throw new VolumeFormatException($"{gone}, which {Path.GetFileName(header)} names as its data, does not exist; put it there.")
            : files;
    }

    /// <summary>A file from an offset on.</summary>
    public static Stream Open(string path, long offset, Packing packing)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17, FileOptions.SequentialScan);
        file.Position = offset;
        return packing switch
        {
            Packing.Gzip => new GZipStream(file, CompressionMode.Decompress),
            Packing.Zlib => new ZLibStream(file, CompressionMode.Decompress),
            Packing.Bzip2 => new Bzip2Stream(file),
            _ => file,
        };
    }

    /// <summary>Several streams as one, opened as they are reached.</summary>
    public static Stream Concat(IReadOnlyList<Func<Stream>> parts) => parts.Count == 1 ? parts[0]() : new Chain(parts);

    private sealed class Chain(IReadOnlyList<Func<Stream>> parts) : ForwardStream
    {
        private Stream? _part;
        private int _next;

        public override int Read(Span<byte> buffer)
        {
            while (true)
            {
                var n = _part?.Read(buffer) ?? 0;
                if (n > 0 || buffer.Length == 0)
                {
                    return n;
                }

                _part?.Dispose();
                if (_next == parts.Count)
                {
                    _part = null;
                    return 0;
                }

                _part = parts[_next++]();
            }
        }

        protected override void Dispose(bool disposing)
        {
            _part?.Dispose();
            base.Dispose(disposing);
        }
    }
}
