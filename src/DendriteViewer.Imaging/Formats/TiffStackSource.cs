using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>A multi-page TIFF or BigTIFF, a page a slice.</summary>
internal sealed class TiffStackSource : ISliceSource
{
    private readonly string _path;
    private readonly TiffHandle _tiff;
    private readonly TiffPageFormat _format;
    private int _at;

    public TiffStackSource(string path)
    {
        _path = path;
        _tiff = TiffPage.Open(path);
        try
        {
            _format = TiffPage.Format(_tiff, path);
            Shape = new VolumeShape(CountPages(), _format.Height, _format.Width);
            Fingerprint = Fingerprints.Of([path]);
        }
        catch
        {
            _tiff.Dispose();
            throw;
        }
    }

    public VolumeShape Shape { get; }

    public VoxelType Type => _format.Type;

    public string Fingerprint { get; }

    public void ReadSlice(int z, Span<byte> target)
    {
        if (z < _at && Tiff.SetDirectory(_tiff, 0) == 1)
        {
            _at = 0;
        }

        for (; _at < z; _at++)
        {
            if (Tiff.ReadDirectory(_tiff) != 1)
            {
                throw new VolumeFormatException($"{_path} is damaged: page {_at + 1} cannot be read; copy it again from its source.");
            }
        }

        var page = TiffPage.Format(_tiff, _path);
        if (page != _format)
        {
            throw new VolumeFormatException($"{_path}: page {z} is {page}, but the first page is {_format}; every slice of a volume must be alike.");
        }

        TiffPage.Read(_tiff, _path, page, target);
    }

    public void Dispose() => _tiff.Dispose();

    private int CountPages()
    {
        // A page needs at least a directory of some bytes: more pages than that is a chain that bites its tail.
        var most = new FileInfo(_path).Length / 8;
        var pages = 1;
        while (Tiff.ReadDirectory(_tiff) == 1)
        {
            if (++pages > most)
            {
                throw new VolumeFormatException($"{_path} is damaged: its pages form a circle; copy it again from its source.");
            }
        }

        if (Tiff.SetDirectory(_tiff, 0) != 1)
        {
            throw new VolumeFormatException($"{_path} is damaged: its first page cannot be read again; copy it again from its source.");
        }

        return pages;
    }
}
