using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using DendriteViewer.Hdf5.Filters;

namespace DendriteViewer.Hdf5;

/// <summary>
/// Files that a file refers to: by external links, as sources of a virtual dataset, as external storage. The library opens them
/// by itself, so whether it may be read is asked before.
/// </summary>
/// <param name="refuse">Why a path may not be read, or null where it may.</param>
internal sealed partial class ReferredFiles(Func<string, string?> refuse)
{
    private const int MostDepth = 4;
    private const int MostBlocks = 100_000;
    private const long MostChunk = 512L << 20;

    // Sources may be thousands, each with chunks that were never written.
    private const int MostRemarks = 8;
    private readonly List<string> _seen = [];
    private ExternalLinkVisitor? _visitor;

    /// <summary>Files that were referred to and are there, each once.</summary>
    public IEnumerable<string> Seen => _seen.Distinct(StringComparer.Ordinal);

    /// <summary>The first that may not be read, for a sentence; the library itself only says that it could not.</summary>
    public string? Refused { get; private set; }

    /// <summary>Properties with which objects are opened, so that links to files elsewhere are not followed.</summary>
    public long Access()
    {
        // Links are a dataset's properties too, in libhdf5's tree of classes.
        var access = H5.Check(H5.NewProperties(H5.Variable("H5P_CLS_DATASET_ACCESS_ID_g")), "libhdf5 makes no property list");
        _visitor ??= Visit;
        H5.Check(H5.OnExternalLink(access, Marshal.GetFunctionPointerForDelegate(_visitor), 0), "libhdf5 takes no property");
        return access;
    }

    /// <summary>Looks at everything that reading a dataset opens.</summary>
    /// <exception cref="Hdf5Exception">A file lies elsewhere, or is missing (the library would read fill values in its place).</exception>
    /// <param name="dataset">The dataset.</param>
    /// <param name="remarks">Takes what has no source.</param>
    /// <param name="depth">How many virtual datasets lead to it.</param>
    public void Check(long dataset, List<string> remarks, int depth = 0)
    {
        var creation = H5.Check(H5.Creation(dataset), "its dataset has no properties; the file is damaged.");
        try
        {
            var file = H5.FileName(dataset);
            Span<byte> bytes = stackalloc byte[4096];
            for (var i = 0; i < Math.Max(0, H5.ExternalCount(creation)); i++)
            {
                H5.Check(H5.External(creation, (uint)i, (nuint)bytes.Length, bytes, out _, out _),
                    "its list of external files is damaged.");
                Require(Encoding.UTF8.GetString(bytes[..Math.Max(0, bytes.IndexOf((byte)0))]), file);
            }

            if (H5.Layout(creation) == H5.LayoutVirtual)
            {
                CheckSources(creation, file, remarks, depth);
                SayWhatHasNoSource(dataset, creation, remarks);
            }
            else if (depth > 0)
            {
                var name = $"{H5.Name(dataset)} of {Path.GetFileName(file)}";
                FilterPipeline.Prepare(creation, name, MostChunk);
                AbsentVoxels.Say(dataset, creation, name, remarks.Count < MostRemarks ? remarks : []);
            }
        }
        finally
        {
            H5.CloseProperties(creation);
        }
    }

    private void CheckSources(long creation, string file, List<string> remarks, int depth)
    {
        if (depth == MostDepth)
        {
            throw new Hdf5Exception($"its virtual dataset is made of others more than {MostDepth} deep, which is not supported; write it as one dataset (h5repack).");
        }

        H5.Check(H5.VirtualCount(creation, out var count), "its virtual dataset is damaged.");
        var done = new HashSet<(string, string)>();
        for (var i = 0; i < (int)count; i++)
        {
            var (name, dataset) = (H5.VirtualFile(creation, i), H5.VirtualDataset(creation, i));
            if (!done.Add((name, dataset)))
            {
                continue;
            }

            // Sources that are numbered (%b is the number) are there as far as they go.
            var numbered = Block().IsMatch(name) || Block().IsMatch(dataset);
            for (var b = 0; b < (numbered ? MostBlocks : 1); b++)
            {
                var source = Numbered(name, b);
                if (numbered && b > 0 && source != "." && !Candidates(source, file).Any(File.Exists))
                {
                    break;
                }

                var (path, needs) = (source == "." ? file : Require(source, file), numbered ? ([], 0) : Needs(creation, i));
                if (!CheckSource(path, Numbered(dataset, b), needs, remarks, depth) && numbered && b > 0)
                {
                    break;
                }
            }
        }
    }

    private bool CheckSource(string path, string dataset, (ulong[] Extent, long Elements) needs, List<string> remarks, int depth)
    {
        var file = H5.OpenFile(path, H5.ReadOnly, 0);
        if (file < 0)
        {
            throw new Hdf5Exception($"its virtual dataset takes voxels from {path}, which cannot be read as HDF5; copy it again from its source.");
        }

        var access = Access();
        try
        {
            var source = H5.OpenDataset(file, dataset, access);
            if (source < 0)
            {
                return Block().IsMatch(dataset) ? false : throw new Hdf5Exception(Refused ?? $"its virtual dataset takes voxels from {dataset} of {path}, which is not there; correct it.");
            }

            Check(source, remarks, depth + 1);
            var extent = Spaces.OfDataset(source);
            H5.CloseObject(source);
            if (needs.Extent.Length == extent.Length && needs.Extent.Zip(extent, (n, e) => n > e).Contains(true))
            {
                throw Short(string.Join(" × ", needs.Extent), dataset, path, extent);
            }

            if (needs.Extent.Length == 0 && extent.Aggregate((UInt128)1, (x, y) => x * y) < (UInt128)needs.Elements)
            {
                throw Short(needs.Elements.ToString(CultureInfo.InvariantCulture), dataset, path, extent);
            }

            return true;
        }
        finally
        {
            H5.CloseProperties(access);
            H5.CloseFile(file);
        }
    }

    private static Hdf5Exception Short(string needs, string dataset, string path, ulong[] extent) => new(
        $"its virtual dataset takes {needs} voxels from {dataset} of {path}, which has {string.Join(" × ", extent)}; the library would "
        + "fill what is missing, so copy that file again.");

    // What a mapping takes of its source: along each axis, from the source's beginning on; or, where it takes all of it, how many
    // elements that must be. Neither where there is no limit.
    private static (ulong[] Extent, long Elements) Needs(long creation, int mapping)
    {
        var (source, target) = (H5.VirtualSourceSpace(creation, (nuint)mapping), H5.VirtualSpace(creation, (nuint)mapping));
        try
        {
            if (source < 0 || target < 0)
            {
                return ([], 0);
            }

            var rank = H5.Rank(source);
            if (rank <= 0)
            {
                return ([], Math.Max(0, H5.SelectedCount(target)));
            }

            var (first, last) = (new ulong[rank], new ulong[rank]);
            return rank > 32 || H5.SelectedBounds(source, first, last) < 0 || last.Any(n => n >= 1UL << 40) ? ([], 0)
                : ([.. last.Select(n => n + 1)], 0);
        }
        finally
        {
            H5.CloseSpace(source);
            H5.CloseSpace(target);
        }
    }

    // Mappings that cover less than the dataset leave voxels that no file holds.
    private static void SayWhatHasNoSource(long dataset, long creation, List<string> remarks)
    {
        H5.Check(H5.VirtualCount(creation, out var count), "its virtual dataset is damaged.");
        UInt128 covered = 0;
        for (nuint i = 0; i < count; i++)
        {
            var space = H5.VirtualSpace(creation, i);
            var points = space < 0 ? -1 : H5.SelectedCount(space);
            H5.CloseSpace(space);
            if (points < 0)
            {
                return;
            }

            covered += (UInt128)points;
        }

        var all = Spaces.OfDataset(dataset).Aggregate((UInt128)1, (a, b) => a * b);
        if (covered < all)
        {
            remarks.Add($"{all - covered} of its {all} voxels have no source in any file; they are the fill value");
        }
    }

    private string Require(string name, string from)
    {
        foreach (var path in Candidates(name, from))
        {
            if (refuse(path) is { } reason)
            {
                throw new Hdf5Exception(reason);
            }

            if (File.Exists(path))
            {
                _seen.Add(path);
                return path;
            }
        }

        throw new Hdf5Exception($"it refers to {name}, which does not exist; put it there.");
    }

    // Where the library looks: where the name says; what is relative, beside the file that refers to it, then from the working
    // directory; what is absolute and not there, beside the file.
    private static IEnumerable<string> Candidates(string name, string from)
    {
        var beside = Path.GetDirectoryName(Path.GetFullPath(from))!;
        return Path.IsPathRooted(name)
            ? [name, Path.Combine(beside, Path.GetFileName(name))]
            : [Path.GetFullPath(name, beside), Path.GetFullPath(name)];
    }

    private int Visit(string parentFile, string parentGroup, string childFile, string childObject, nint flags, long access, nint data)
    {
        try
        {
            Require(childFile, parentFile);
            return 0;
        }
        catch (Exception e)
        {
            // Nothing may be thrown through the library.
            Refused ??= e is Hdf5Exception ? e.Message : $"it refers to {childFile}, which cannot be looked at; correct the link.";
            return -1;
        }
    }

    private static string Numbered(string pattern, int block) => Block().Replace(pattern, m => block.ToString(m.Groups[1].Value is { Length: > 0 } w ? "D" + Math.Min(20, int.Parse(w, CultureInfo.InvariantCulture)) : "D", CultureInfo.InvariantCulture))
        .Replace("%%", "%", StringComparison.Ordinal);

    [GeneratedRegex("(?<!%)%([0-9]{0,3})b")]
    private static partial Regex Block();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int ExternalLinkVisitor(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string parentFile, [MarshalAs(UnmanagedType.LPUTF8Str)] string parentGroup, [MarshalAs(UnmanagedType.LPUTF8Str)] string childFile,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string childObject, nint flags, long access, nint data);
}
