using System.Globalization;
using System.Xml.Linq;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>
/// Where TiffData elements say that planes lie. A UUID says which file is meant, whatever it is called now; a name is what is left where
/// files have no UUID.
/// </summary>
/// <param name="files">The files.</param>
/// <param name="own">The UUID of the file that was opened, or null.</param>
/// <param name="layout">Told of renamed files and of times that were left out.</param>
internal sealed class OmePlanes(TiffFileSet files, string? own, TiffLayout layout)
{
    private const int MostBeside = 20_000;
    private readonly Dictionary<(string? Uuid, string? Name), string> _found = [];
    private Dictionary<string, string>? _beside;

    private string MainPath => files.Main.Path;

    /// <summary>The pages of each time; null where no element places any.</summary>
    /// <param name="pixels">The Pixels element.</param>
    /// <param name="sz">SizeZ.</param>
    /// <param name="st">SizeT.</param>
    /// <param name="timeFirst">Whether times run faster than slices.</param>
    /// <exception cref="VolumeFormatException">A file is missing or another than it says, or slices of the first time are
    /// missing.</exception>
    public TiffPlace[][]? Places(XElement pixels, int sz, int st, bool timeFirst)
    {
        var places = new TiffPlace?[st][];
        for (var t = 0; t < st; t++)
        {
            places[t] = new TiffPlace?[sz];
        }

        var any = false;
        foreach (var data in pixels.Elements().Where(e => e.Name.LocalName == "TiffData"))
        {
            int Of(string name, int otherwise) => data.Attribute(name) is not { } a ? otherwise
                : int.TryParse(a.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) && n >= 0 ? n
                : throw new VolumeFormatException($"{MainPath}: TiffData's {name} is '{a.Value}'; the file is damaged.");
            var file = FileOf(data);
            var (z, t, ifd) = (Of("FirstZ", 0), Of("FirstT", 0), Of("IFD", 0));
            var pages = files.Of(file).Count;
            var count = Math.Min(Of("PlaneCount", data.Attribute("IFD") is not null ? 1 : sz * st), pages - (long)ifd);
            for (var i = 0; i < count && z < sz && t < st; i++)
            {
                any = true;
                places[t][z] = new TiffPlace(file, ifd + i);
                (z, t) = timeFirst ? (t + 1 == st ? (z + 1, 0) : (z, t + 1)) : (z + 1 == sz ? (0, t + 1) : (z + 1, t));
            }
        }

        return any ? WholeTimes(places, sz) : null;
    }

    /// <summary>Says how many pages of the file itself belong to nothing that was taken.</summary>
    public void RemarkOnUnused(TiffPlace[][] frames)
    {
        var used = frames.SelectMany(f => f).Where(p => p.File == MainPath).Select(p => p.Page).ToHashSet();
        var unused = files.Main.Slices.Count(p => !used.Contains(p));
        if (unused > 0 && used.Count > 0 && layout.Remarks.All(r => !r.Contains("left out", StringComparison.Ordinal)))
        {
            layout.Remark($"{unused} of its {files.Main.Count} pages belong to no slice that OME's header names and were left out.");
        }
    }

    // Times up to the first that lacks a slice: of a later one nobody could say any more which hour is its.
    private TiffPlace[][] WholeTimes(TiffPlace?[][] places, int sz)
    {
        var whole = places.TakeWhile(f => f.All(p => p is not null)).Count();
        var there = places.Sum(f => f.Count(p => p is not null));
        if (whole < places.Length)
        {
            var lacks = Array.FindIndex(places[whole], p => p is null);
            var promised = places.Length > 1 ? $"{places.Length} × {sz} = {(long)places.Length * sz}" : $"{sz}";
            var what = $"OME's header promises {promised} slices, but the files have {there} of them";
            if (whole == 0)
            {
                throw new VolumeFormatException(
                    $"{MainPath} lacks slice {lacks}{(places.Length > 1 ? " of time 0" : "")}: {what}; copy it again from its source.");
            }

            layout.Remark($"{what}; time {whole} lacks slice {lacks}, so the {whole} whole time(s) before it were taken and the rest "
                + "left out.");
        }

        return [.. places.Take(whole).Select(f => f.Select(p => p!.Value).ToArray())];
    }

    private string FileOf(XElement data)
    {
        if (data.Elements().FirstOrDefault(e => e.Name.LocalName == "UUID") is not { } element)
        {
            return MainPath;
        }

        var key = (OmeXml.Normal(element.Value), element.Attribute("FileName")?.Value);
        return _found.TryGetValue(key, out var known) ? known : _found[key] = Find(key.Item1, key.Item2);
    }

    private string Find(string? uuid, string? name)
    {
        if ((uuid is not null && uuid == own) || (name is null && (uuid is null || own is null)))
        {
            return MainPath;
        }

        // The file of that name, if it is the one: files that say nothing of themselves are taken by their name.
        var named = name is null ? null : name == Path.GetFileName(MainPath) ? MainPath : files.Resolve(name);
        var isThere = named is not null && File.Exists(named);
        var says = !isThere ? null : named == MainPath ? own : OmeXml.UuidOf(files.Of(named!));
        if (isThere && (uuid is null || says is null || says == uuid))
        {
            return named!;
        }

        if (uuid is not null && Beside().TryGetValue(uuid, out var renamed))
        {
            layout.Remark($"{name ?? "One of its files"} is called {Path.GetFileName(renamed)} now, as its UUID tells; it was read.");
            return renamed;
        }

        throw new VolumeFormatException(isThere
            ? $"{named} has the UUID {says}, but {Path.GetFileName(MainPath)} says that its planes lie in the file of UUID {uuid}; put "
                + "that file there."
            : $"{(name is null ? $"The file of UUID {uuid}" : named)}, which {Path.GetFileName(MainPath)} says holds some of its pages, "
                + "does not exist; put it there.");
    }

    // Files in the same folder by their UUID.
    private Dictionary<string, string> Beside()
    {
        if (_beside is not null)
        {
            return _beside;
        }

        _beside = [];
        foreach (var path in Directory.EnumerateFiles(files.Folder).Where(TiffFolder.IsTiff).Order(StringComparer.Ordinal).Take(MostBeside))
        {
            try
            {
                var resolved = files.Resolve(Path.GetFileName(path));
                if (OmeXml.UuidOf(files.Of(resolved)) is { } uuid)
                {
                    _beside.TryAdd(uuid, resolved);
                }
            }
            catch (VolumeFormatException)
            {
                // Something else that lies beside.
            }
        }

        return _beside;
    }
}
