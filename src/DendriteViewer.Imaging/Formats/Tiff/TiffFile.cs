using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>
/// A TIFF or BigTIFF of many pages: a page a slice, in the order that its description says, in one file or several. Every page that is a
/// slice is held against the first when the file is opened, so that an import finds nothing that an inspection did not.
/// </summary>
internal sealed class TiffFile : VolumeFile
{
    private readonly TiffFileSet _files;
    private readonly TiffPageFormat _page;
    private readonly TiffLayout _layout;

    // Images without directories of their own.
    private readonly SampleStream? _following;

    /// <param name="path">The file.</param>
    /// <param name="confine">Asked for each other file that it names.</param>
    /// <exception cref="VolumeFormatException">It is damaged, contradicts itself, or holds no grey slices that are alike.</exception>
    public TiffFile(string path, Func<string, string> confine)
        : this(TiffDirectories.Read(path), confine)
    {
    }

    /// <summary>A file whose directories are known.</summary>
    public TiffFile(TiffDirectories main, Func<string, string> confine)
    {
        _files = new TiffFileSet(main, confine);
        var format = main.FormatOf(main.Slices[0]);
        _layout = TiffLayout.Of(_files);
        var first = _layout.Frames[0][0];
        _page = _layout.FollowingImages is null ? _files.Of(first.File).FormatOf(first.Page) : format;
        Shape = new VolumeShape(_layout.Frames[0].Length, _page.Height, _page.Width);
        if (_layout.FollowingImages is not null)
        {
            _following = FollowingPages.Stream(main, _page, Shape);
        }
        else
        {
            RefuseUnlike();
        }

        var files = _layout.Frames.SelectMany(f => f).Select(p => p.File).Distinct().ToArray();
        Files = files.Contains(main.Path) ? files : [main.Path, .. files];
        Fingerprint = Fingerprints.Of(Files);
    }

    public override string Format => _layout.Format;

    public override VolumeShape Shape { get; }

    public override SampleType Samples => _page.Samples;

    public override int Frames => _layout.Frames.Length;

    public override FileGeometry? Geometry => _layout.Geometry;

    public override IReadOnlyList<string> Remarks => _layout.Remarks;

    public override string Fingerprint { get; }

    /// <summary>The files that hold slices, and the one that was opened.</summary>
    public IReadOnlyList<string> Files { get; }

    public override bool? IsAsOpened()
    {
        try
        {
            return Fingerprints.Of(Files) == Fingerprint;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public override ISliceSource Open(int frame) => _following?.Frame(frame, FingerprintOf(frame)) ?? new Reader(this, frame);

    private string FingerprintOf(int frame) => Frames == 1 ? Fingerprint : $"{Fingerprint}|{frame}";

    private void RefuseUnlike()
    {
        foreach (var (file, page) in _layout.Frames.SelectMany(f => f))
        {
            var directories = _files.Of(file);
            if (directories.FormatOf(page) is var format && format != _page)
            {
                var first = _layout.Frames[0][0];
                throw new VolumeFormatException(
                    $"{file}: page {page + 1} is {format}, but page "
                        + $"{first.Page + 1}{(first.File == file ? "" : $" of {Path.GetFileName(first.File)}")} "
                    + $"is {_page}; every slice of a volume must be alike.");
            }
        }
    }

    // One file is open at a time.
    private sealed class Reader(TiffFile of, int frame) : ISliceSource
    {
        private TiffHandle? _tiff;
        private string? _file;

        public VolumeShape Shape => of.Shape;

        public VoxelType Type => of.Type;

        public string Fingerprint => of.FingerprintOf(frame);

        public void ReadSlice(int z, Span<byte> target)
        {
            var (file, page) = of._layout.Frames[frame][z];
            if (_tiff is null || _file != file)
            {
                _tiff?.Dispose();
                (_tiff, _file) = (TiffPage.Open(file), file);
            }

            TiffPage.Read(_tiff, of._files.Of(file), page, of._page, target);
        }

        public void Dispose() => _tiff?.Dispose();
    }
}
