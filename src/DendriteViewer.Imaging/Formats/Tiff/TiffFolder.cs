using System.Globalization;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>
/// A folder of TIFFs, looked at whole when it is opened: the header of every file is read. Files of one slice each are the slices of one
/// volume, files of several are times; names give the order (2 before 10), unless OME-XML says which plane lies in which file.
/// </summary>
internal sealed class TiffFolder : VolumeFile
{
    private const int FilesAtOnce = 8;
    private readonly string _folder;
    private readonly List<string> _remarks = [];
    private readonly TiffDirectories[] _slices = [];
    private readonly TiffFile[] _times = [];
    private readonly TiffFile? _set;
    private readonly TiffPageFormat _page;

    /// <param name="folder">The folder.</param>
    /// <param name="confine">Asked for each file that a header names.</param>
    /// <exception cref="VolumeFormatException">It holds no TIFF, or one that is unlike the others; the sentence names it.</exception>
    public TiffFolder(string folder, Func<string, string> confine)
    {
        _folder = folder;
        var files = FilesOf(folder);
        if (files.Length == 0)
        {
            throw new VolumeFormatException($"{folder} holds no TIFF slices (*.tif, *.tiff); give the folder that does.");
        }

        RemarkOnOthers(folder);
        var first = TiffDirectories.Read(files[0]);
        if (OmeSet(first, files, confine) is { } set)
        {
            (_set, _times, Format, Shape, Samples) = (set, [set], $"{set.Format} in a folder", set.Shape, set.Samples);
            (Geometry, Fingerprint) = (set.Geometry, set.Fingerprint);
            _remarks.AddRange(set.Remarks);
            return;
        }

        var all = ReadAll(files, first);
        RefuseUnlike(all);
        _page = first.FormatOf(first.Slices[0]);
        Samples = _page.Samples;
        Fingerprint = Fingerprints.Of(files);
        if (first.Slices.Length == 1)
        {
            SliceNames.Check(folder, files, mayHaveGaps: false, _remarks.Add);
            (_slices, Format, Shape) = (all, "TIFF slices", new VolumeShape(files.Length, _page.Height, _page.Width));
            Geometry = GeometryOf(first, files.Length);
            return;
        }

        SliceNames.Check(folder, files, mayHaveGaps: true, _remarks.Add);
        _times = [.. files.Select(f => new TiffFile(f, confine))];
        (Format, Shape, Geometry) = ($"{_times[0].Format} in a folder, a file a time", _times[0].Shape, _times[0].Geometry);
        _remarks.AddRange(_times[0].Remarks);
        _remarks.Insert(0, files.Length == 1
            ? $"Its only TIFF, {Path.GetFileName(files[0])}, was taken."
            : $"Its {files.Length} files of {first.Slices.Length} pages are times in the order of their names, from "
                + $"{Path.GetFileName(files[0])} to {Path.GetFileName(files[^1])}.");
        RefuseUnlikeTimes();
    }

    public override string Format { get; }

    public override VolumeShape Shape { get; }

    public override SampleType Samples { get; }

    public override int Frames => _times.Length switch { 0 => 1, 1 => _times[0].Frames, var n => n };

    public override FileGeometry? Geometry { get; }

    public override IReadOnlyList<string> Remarks => _remarks;

    public override string Fingerprint { get; }

    public static bool IsTiff(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".tif" or ".tiff" && !Path.GetFileName(path).StartsWith('.');

    public override bool? IsAsOpened()
    {
        try
        {
            return _set?.IsAsOpened() ?? Fingerprints.Of(FilesOf(_folder)) == Fingerprint;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public override ISliceSource Open(int frame) =>
        _times.Length == 0 ? new Reader(this) : _times.Length == 1 ? _times[0].Open(frame) : _times[frame].Open(0);

    private static string[] FilesOf(string folder) =>
        [.. Directory.EnumerateFiles(folder).Where(IsTiff).OrderBy(Path.GetFileName, NaturalOrder.Instance)];

    // OME-XML may say which plane lies in which file, whatever the names are; of a set that is not whole, names are what is left.
    private TiffFile? OmeSet(TiffDirectories first, string[] files, Func<string, string> confine)
    {
        if (files.Length < 2 || !OmeDescription.IsOme(first.First.Description.AsSpan().TrimStart()))
        {
            return null;
        }

        TiffFile set;
        try
        {
            set = new TiffFile(first, confine);
        }
        catch (VolumeFormatException)
        {
            return null;
        }

        if (set.Files.Count < 2)
        {
            return null;
        }

        var apart = files.Where(f => !set.Files.Any(s => Path.GetFileName(s) == Path.GetFileName(f))).ToArray();
        if (apart.Length > 0)
        {
            _remarks.Add($"{apart.Length} TIFF(s) beside belong to no slice that OME's header names and were left out, such as "
                + $"{Path.GetFileName(apart[0])}.");
        }

        return set;
    }

    private void RemarkOnOthers(string folder)
    {
        var others = Directory.EnumerateFileSystemEntries(folder).Where(f => Directory.Exists(f) || !IsTiff(f))
            .Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal).ToArray();
        if (others.Length > 0)
        {
            _remarks.Add($"{others.Length} other file(s) or folder(s) in it were left out: "
                + $"{string.Join(", ", others.Take(3))}{(others.Length > 3 ? ", …" : "")}.");
        }
    }

    // Headers alone, several files at a time: a disk on a network answers each after a while.
    private static TiffDirectories[] ReadAll(string[] files, TiffDirectories first)
    {
        var all = new TiffDirectories[files.Length];
        var failures = new VolumeFormatException?[files.Length];
        all[0] = first;
        Parallel.For(1, files.Length, ComputeLane.Options(atOnce: FilesAtOnce), i =>
        {
            try
            {
                all[i] = TiffDirectories.Read(files[i], withText: false);
            }
            catch (VolumeFormatException e)
            {
                failures[i] = e;
            }
        });
        return failures.FirstOrDefault(f => f is not null) is { } failure ? throw failure : all;
    }

    // What most files are is what the others must be.
    private static void RefuseUnlike(TiffDirectories[] all)
    {
        var usual = all.GroupBy(d => d.Slices.Length).MaxBy(g => g.Count())!.First();
        if (all.FirstOrDefault(d => d.Slices.Length != usual.Slices.Length) is { } odd)
        {
            throw new VolumeFormatException(
                $"{odd.Path} has {odd.Slices.Length} page(s), but {Path.GetFileName(usual.Path)} and others have {usual.Slices.Length}; "
                + "files of a folder are slices of one page each, or times of as many pages each.");
        }

        var formats = all.Select(d => d.FormatOf(d.Slices[0])).ToArray();
        var like = formats.GroupBy(f => f).MaxBy(g => g.Count())!.Key;
        if (Array.FindIndex(formats, f => f != like) is >= 0 and var at)
        {
            throw new VolumeFormatException(
                $"{all[at].Path} is {formats[at]}, but {Path.GetFileName(all[Array.IndexOf(formats, like)].Path)} and others are {like}; "
                    + "every slice of a volume must be alike.");
        }
    }

    private void RefuseUnlikeTimes()
    {
        for (var i = 0; i < _times.Length; i++)
        {
            var (time, name) = (_times[i], _times[i].Files[0]);
            if (_times.Length > 1 && time.Frames > 1)
            {
                throw new VolumeFormatException($"{name} has {time.Frames} times by itself; import the files of this folder one by one.");
            }

            if (time.Shape != Shape || time.Samples != Samples)
            {
                throw new VolumeFormatException($"{name} is of {time.Shape} voxels of {time.Samples.Name()}, but {_times[0].Files[0]} of "
                    + $"{Shape} of {Samples.Name()}; every time must be alike.");
            }

            if (time.Geometry?.Transform != Geometry?.Transform)
            {
                throw new VolumeFormatException($"{name} has voxels of {Size(time)}, but {_times[0].Files[0]} of {Size(_times[0])}; "
                    + "import the files of this folder one by one.");
            }
        }

        static string Size(TiffFile f) => f.Geometry?.Transform.VoxelSize is { } s
            ? string.Create(CultureInfo.InvariantCulture, $"{s.Z:0.######} × {s.Y:0.######} × {s.X:0.######} µm") : "unknown size";
    }

    // The first slice's size holds for all. Where its description cannot be read, only that is lost.
    private FileGeometry? GeometryOf(TiffDirectories first, int count)
    {
        try
        {
            var layout = TiffLayout.OfSlice(first, count);
            _remarks.AddRange(layout.Remarks);
            return layout.Geometry;
        }
        catch (VolumeFormatException e)
        {
            _remarks.Add(e.Message);
            return null;
        }
    }

    private sealed class Reader(TiffFolder of) : ISliceSource
    {
        public VolumeShape Shape => of.Shape;

        public VoxelType Type => of.Type;

        public string Fingerprint => of.Fingerprint;

        public bool InAnyOrder => true;

        public void ReadSlice(int z, Span<byte> target)
        {
            var directories = of._slices[z];
            using var tiff = TiffPage.Open(directories.Path);
            TiffPage.Read(tiff, directories, directories.Slices[0], of._page, target);
        }

        public void Dispose()
        {
        }
    }
}
