using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>A page of a TIFF.</summary>
/// <param name="File">Its file.</param>
/// <param name="Page">Its number in that file, from 0.</param>
internal readonly record struct TiffPlace(string File, int Page);

/// <summary>
/// How pages are slices and times, and how large a voxel is, as the first page says: by OME-XML, ImageJ's lines, tifffile's shape, or only
/// by the resolution.
/// </summary>
internal sealed class TiffLayout
{
    private readonly List<string> _remarks = [];
    private readonly List<string> _guesses = [];
    private FileGeometry? _geometry;

    /// <param name="format">Which of the ways it is, for people.</param>
    public TiffLayout(string format) => Format = format;

    /// <summary>Which of the ways it is, for people.</summary>
    public string Format { get; }

    /// <summary>Slices of each time.</summary>
    public TiffPlace[][] Frames { get; set; } = [];

    /// <summary>Images that follow one another from the first page's pixels on, in a file that has a directory for the first
    /// alone.</summary>
    public int? FollowingImages { get; set; }

    /// <summary>Where the voxels lie, or null where that is not said.</summary>
    public FileGeometry? Geometry
    {
        get => _geometry is { } g ? g with { Guesses = _guesses } : null;
        set => _geometry = value;
    }

    /// <summary>What was guessed, left out or not taken, a sentence each.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Adds a remark.</summary>
    public void Remark(string sentence) => _remarks.Add(sentence);

    /// <summary>Adds a remark on a part of <see cref="Geometry"/> that was guessed.</summary>
    public void Guess(string sentence)
    {
        _guesses.Add(sentence);
        Remark(sentence);
    }

    /// <summary>Reads what the first page of a file says.</summary>
    /// <param name="files">The file, and those that it names.</param>
    /// <exception cref="VolumeFormatException">It contradicts the file, or asks for what is not supported.</exception>
    public static TiffLayout Of(TiffFileSet files)
    {
        var main = files.Main;
        var text = main.First.Description;
        var trimmed = text.AsSpan().TrimStart();
        var layout = OmeDescription.IsOme(trimmed) ? OmeDescription.Layout(text, files)
            : ImageJDescription.IsImageJ(text) ? ImageJDescription.Layout(text, main)
            : ShapedDescription.IsShaped(trimmed) ? ShapedDescription.Layout(text, main)
            : Plain(main);
        layout.RemarkOnPages(main);
        return layout;
    }

    /// <summary>Reads what the first of many files of one slice each says; which file is which slice, their names say.</summary>
    /// <param name="main">The file.</param>
    /// <param name="count">Number of files.</param>
    /// <exception cref="VolumeFormatException">The description cannot be read.</exception>
    public static TiffLayout OfSlice(TiffDirectories main, int count)
    {
        var layout = new TiffLayout("TIFF slices");
        var text = main.First.Description;
        if (OmeDescription.IsOme(text.AsSpan().TrimStart()))
        {
            OmeDescription.TakeSizes(text, main, count, layout);
        }
        else if (ImageJDescription.IsImageJ(text))
        {
            ImageJDescription.TakeSizes(text, main, count, layout);
        }
        else
        {
            layout.TakeResolution(main);
        }

        layout.RemarkOnPages(main);
        return layout;
    }

    /// <summary>Says where the first of many slices promises another number of them than there are files.</summary>
    public void RemarkOnCount(string saidBy, long promised, int count)
    {
        if (promised != 1 && promised != count)
        {
            Remark($"{saidBy} in the first file promises {promised} slices, but the folder has {count} files; each was taken for a slice.");
        }
    }

    /// <summary>Says that a header speaks of one image, where the file has several.</summary>
    public void RemarkOnOne(string saidBy, int? promised, int pages)
    {
        if (promised == 1 && pages > 1)
        {
            Remark($"{char.ToUpperInvariant(saidBy[0])}{saidBy[1..]} speaks of 1 slice, but the file has {pages} pages; every page was "
                + "taken for a slice.");
        }
    }

    /// <summary>A transform of sizes along the axes.</summary>
    /// <param name="sizes">x, y and z in µm.</param>
    /// <param name="middle">Where the middle of the first voxel lies, x, y and z in µm; null for half a voxel.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="from">Which part of the file says so.</param>
    public static FileGeometry Spacing(
        (double X, double Y, double Z) sizes, (double X, double Y, double Z)? middle, string path, string from)
    {
        var (x, y, z) = sizes;
        var (mx, my, mz) = middle ?? (x / 2, y / 2, z / 2);
        return LengthUnits.Geometry([[x, 0, 0], [0, y, 0], [0, 0, z]], [mx, my, mz], path, from);
    }

    private static TiffLayout Plain(TiffDirectories main)
    {
        var layout = new TiffLayout("TIFF") { Frames = [[.. main.Slices.Select(p => new TiffPlace(main.Path, p))]] };
        layout.TakeResolution(main);
        return layout;
    }

    /// <summary>Takes the resolution for the voxels' size, unless it is what programs write that know none.</summary>
    public void TakeResolution(TiffDirectories main)
    {
        if (TiffResolution.UnitUm(main.First) is not { } um || main.First is not { X: { IsPositive: true } rx, Y: { IsPositive: true } ry })
        {
            return;
        }

        var (x, y) = (rx.Share(um), ry.Share(um));
        if (TiffResolution.PrinterDpi(x) is { } dpi)
        {
            Remark($"Its resolution of {dpi:0} dots an inch is what programs write that know none, so it was not taken.");
            return;
        }

        Guess($"It does not say how far apart its slices are; they are taken to be as far apart as its pixels along y, {y:0.######} µm.");
        Geometry = Spacing((x, y, y), null, main.Path, "resolution");
    }

    // What holds of pages whatever the description is.
    private void RemarkOnPages(TiffDirectories main)
    {
        var tags = Enumerable.Range(0, main.Count).Select(main.TagsOf).ToArray();
        var copies = tags.Count(t => t.IsReducedCopyOrMask);
        if (copies == main.Count)
        {
            Remark($"All of its pages are marked as smaller copies or masks of others; they were taken as slices.");
        }
        else if (copies > 0)
        {
            Remark($"{copies} of its {main.Count} pages are marked as smaller copies or masks of others and were left out.");
        }

        if (tags.Any(t => t.HasSubDirectories))
        {
            Remark($"Its pages have further pictures below them (SubIFDs, such as the levels of a pyramid), which were left out.");
        }

        if (tags[0].IsZeroWhite && tags[0].Bits > 1)
        {
            Remark($"It says that its smallest value is white; values were taken as they are stored.");
        }
    }
}

/// <summary>The first file of a TIFF, and others that it names, each looked through once.</summary>
/// <param name="main">The first.</param>
/// <param name="confine">Asked for each other file: gives it back, or refuses it.</param>
internal sealed class TiffFileSet(TiffDirectories main, Func<string, string> confine)
{
    private readonly Dictionary<string, TiffDirectories> _others = new(StringComparer.Ordinal);

    /// <summary>The first.</summary>
    public TiffDirectories Main => main;

    /// <summary>The folder that names of other files are meant in.</summary>
    public string Folder => Path.GetDirectoryName(Path.GetFullPath(main.Path))!;

    /// <summary>The path of a file that is named, which may not exist.</summary>
    /// <exception cref="VolumeFormatException">It may not be read.</exception>
    public string Resolve(string name) => name.Contains('\0', StringComparison.Ordinal)
        ? throw new VolumeFormatException($"{main.Path} names another file by what is no name; the file is damaged.")
        : confine(Path.GetFullPath(name, Folder));

    /// <summary>What a file holds.</summary>
    public TiffDirectories Of(string path)
    {
        if (path == main.Path)
        {
            return main;
        }

        return _others.TryGetValue(path, out var known) ? known : _others[path] = TiffDirectories.Read(path);
    }
}

/// <summary>Sizes of pixels from TIFF's resolution tags.</summary>
internal static class TiffResolution
{
    // What scanners and drawing programs write; no microscope has such pixels by chance.
    private static readonly double[] s_printers = [72, 75, 96, 100, 120, 144, 150, 180, 200, 240, 300, 360, 400, 600, 720, 1200, 2400];

    /// <summary>µm in the unit that the tag names; null where it names none.</summary>
    public static double? UnitUm(TiffFirstPage page) => page.Unit switch { 2 => 25400.0, 3 => 1e4, _ => null };

    /// <summary>Dots an inch, where a pixel of this size is one of a printer; else null.</summary>
    public static double? PrinterDpi(double um) => s_printers.Any(p => Math.Abs(25400 / um - p) < 0.005 * p) ? 25400 / um : null;
}
