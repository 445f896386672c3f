using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats;

/// <summary>A TIFF or BigTIFF of many pages: a page a slice, in the order that OME-XML or ImageJ says, in one file or several.</summary>
internal sealed class TiffFile : VolumeFile
{
    private readonly string _path;
    private readonly TiffPageFormat _page;
    private readonly TiffPlace[][] _frames;
    private readonly TiffDescription _description;

    // ImageJ's stacks beyond 4 GB: pixels one after another from the first page's on.
    private readonly SampleStream? _following;

    public TiffFile(string path, Func<string, string> confine)
    {
        _path = path;
        using var tiff = TiffPage.Open(path);
        _page = TiffPage.Format(tiff, path);
        var pages = CountPages(tiff, path);
        _description = TiffDescription.Of(tiff, path, pages, confine);
        _frames = _description.Frames ?? [Enumerable.Range(0, _description.FollowingImages ?? pages).Select(i => new TiffPlace(path, i)).ToArray()];
        Shape = new VolumeShape(_frames[0].Length, _page.Height, _page.Width);
        if (_description.FollowingImages is { } images)
        {
            _following = Following(tiff, path, _page, images, Shape);
        }

        var files = _frames.SelectMany(f => f).Select(p => p.File).Distinct().ToArray();
        Fingerprint = Fingerprints.Of(files.Contains(path) ? files : [path, .. files]);
    }

    public override string Format => _description.Format;

    public override VolumeShape Shape { get; }

    public override SampleType Samples => _page.Samples;

    public override int Frames => _frames.Length;

    public override FileGeometry? Geometry => _description.Geometry;

    public override IReadOnlyList<string> Remarks => _description.Remarks;

    public override string Fingerprint { get; }

    public override ISliceSource Open(int frame) => _following?.Frame(frame, FingerprintOf(frame)) ?? new Reader(this, frame);

    private string FingerprintOf(int frame) => Frames == 1 ? Fingerprint : $"{Fingerprint}|{frame}";

    private static SampleStream Following(TiffHandle tiff, string path, TiffPageFormat page, int images, VolumeShape shape)
    {
        var offset = Tiff.FirstOffset(tiff);
        if (Tiff.Field16(tiff, Tiff.Compression) != 1 || offset is not { } from || page.Bits != 8 * page.Samples.Size()
            || from + (long)images * page.RowBytes(page.Width) * page.Height > new FileInfo(path).Length)
        {
            throw new VolumeFormatException($"{path} says that it has {images} images, but has one; save it again from ImageJ.");
        }

        return new SampleStream(path, shape, page.Samples, Tiff.IsBigEndian(tiff) != 0, null, () => FileStreams.Open(path, from, Packing.None));
    }

    private static int CountPages(TiffHandle tiff, string path)
    {
        // A page needs at least a directory of some bytes: more pages than that is a chain that bites its tail.
        var most = new FileInfo(path).Length / 8;
        var pages = 1;
        while (Tiff.ReadDirectory(tiff) == 1)
        {
            if (++pages > most)
            {
                throw new VolumeFormatException($"{path} is damaged: its pages form a circle; copy it again from its source.");
            }
        }

        return Tiff.SetDirectory(tiff, 0) == 1 ? pages : throw new VolumeFormatException($"{path} is damaged: its first page cannot be read again; copy it again from its source.");
    }

    // One file is open at a time; pages are gone through in their order where they are asked for so.
    private sealed class Reader(TiffFile of, int frame) : ISliceSource
    {
        private TiffHandle? _tiff;
        private string? _file;
        private int _at;

        public VolumeShape Shape => of.Shape;

        public VoxelType Type => of.Type;

        public string Fingerprint => of.FingerprintOf(frame);

        public void ReadSlice(int z, Span<byte> target)
        {
            var (file, number) = of._frames[frame][z];
            if (_tiff is null || _file != file)
            {
                _tiff?.Dispose();
                (_tiff, _file, _at) = (TiffPage.Open(file), file, 0);
            }

            if (number < _at && Tiff.SetDirectory(_tiff, 0) == 1)
            {
                _at = 0;
            }

            for (; _at < number; _at++)
            {
                if (Tiff.ReadDirectory(_tiff) != 1)
                {
                    throw new VolumeFormatException($"{file} is damaged: page {_at + 1} cannot be read; copy it again from its source.");
                }
            }

            var page = TiffPage.Format(_tiff, file);
            if (page != of._page)
            {
                throw new VolumeFormatException($"{file}: page {number} is {page}, but the first page is {of._page}; every slice of a volume must be alike.");
            }

            TiffPage.Read(_tiff, file, page, target);
        }

        public void Dispose() => _tiff?.Dispose();
    }
}
