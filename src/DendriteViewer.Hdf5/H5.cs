using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace DendriteViewer.Hdf5;

/// <summary>libhdf5, as much of it as reading takes. Handles are 64-bit; negative is failure, everywhere.</summary>
internal static partial class H5
{
    public const string Library = "libhdf5_serial";
    public const string Package = "libhdf5-103-1";

    // Debian's names of versions 1.10 and 1.14, then what others call it.
    private static readonly string[] Names = ["libhdf5_serial.so.103", "libhdf5_serial.so.310", "libhdf5.so.310", "libhdf5.so.200", "libhdf5.so.103"];
    private static nint _library;

    /// <summary>H5_index_t and H5_iter_order_t: by name, ascending.</summary>
    private const int ByName = 0, Ascending = 0;

    public const int ReadOnly = 0, All = 0;
    public const int ClassInteger = 0, ClassFloat = 1, ClassString = 3, ClassBitfield = 4, ClassReference = 7, ClassEnum = 8,
        ClassVariableLength = 9;
    public const int TypeGroup = 2, TypeDataset = 5;
    public const int LayoutContiguous = 1, LayoutChunked = 2, LayoutVirtual = 3;

    public static void Load()
    {
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => name == Library ? _library : 0);
        if (Names.FirstOrDefault(n => NativeLibrary.TryLoad(n, out _library)) is { } name)
        {
            // Plugins take the library's functions from what is visible to all.
            OpenForAll(name, Now | Global);
        }
        else
        {
            throw new Hdf5Exception($"HDF5 is read by libhdf5, which is not installed; install Debian's package {Package} (apt-get install {Package}).");
        }

        Check(Open(), "libhdf5 does not start");
        SetErrorPrinting(0, 0, 0);
    }

    /// <summary>A handle that the library keeps in a variable of its own: a class of property lists, a native type.</summary>
    public static long Variable(string name) => Marshal.ReadInt64(NativeLibrary.GetExport(_library, name));

    public static long Check(long result, string problem) => result < 0 ? throw new Hdf5Exception(problem) : result;

    private const int Now = 2, Global = 0x100;

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenForAll(string name, int how);

    [LibraryImport(Library, EntryPoint = "H5open")]
    private static partial int Open();

    [LibraryImport(Library, EntryPoint = "H5Eset_auto2")]
    private static partial int SetErrorPrinting(long stack, nint function, nint data);

    [LibraryImport(Library, EntryPoint = "H5Fopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long OpenFile(string path, uint flags, long access);

    [LibraryImport(Library, EntryPoint = "H5Fclose")]
    public static partial int CloseFile(long file);

    [LibraryImport(Library, EntryPoint = "H5Oopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long OpenObject(long at, string name, long linkAccess);

    [LibraryImport(Library, EntryPoint = "H5Oclose")]
    public static partial int CloseObject(long id);

    [LibraryImport(Library, EntryPoint = "H5Iget_type")]
    public static partial int TypeOf(long id);

    [LibraryImport(Library, EntryPoint = "H5Iget_name")]
    private static partial nint NameOf(long id, Span<byte> name, nuint size);

    [LibraryImport(Library, EntryPoint = "H5Fget_name")]
    private static partial nint FileNameOf(long id, Span<byte> name, nuint size);

    [LibraryImport(Library, EntryPoint = "H5Gget_info")]
    private static partial int GroupInfo(long group, out GroupFacts facts);

    [LibraryImport(Library, EntryPoint = "H5Gget_objinfo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ObjectFacts(long at, string name, int follow, out ObjectStat stat);

    [LibraryImport(Library, EntryPoint = "H5Lget_name_by_idx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint LinkName(long at, string group, int index, int order, ulong n, Span<byte> name, nuint size, long access);

    [LibraryImport(Library, EntryPoint = "H5Dopen2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long OpenDataset(long at, string name, long access);

    [LibraryImport(Library, EntryPoint = "H5Dget_space")]
    public static partial long DatasetSpace(long dataset);

    [LibraryImport(Library, EntryPoint = "H5Dget_type")]
    public static partial long DatasetType(long dataset);

    [LibraryImport(Library, EntryPoint = "H5Dget_create_plist")]
    public static partial long Creation(long dataset);

    [LibraryImport(Library, EntryPoint = "H5Dget_storage_size")]
    public static partial ulong StorageSize(long dataset);

    [LibraryImport(Library, EntryPoint = "H5Dget_num_chunks")]
    private static partial int ChunkCount(long dataset, long space, out ulong count);

    [LibraryImport(Library, EntryPoint = "H5Dread")]
    public static partial int Read(long dataset, long memoryType, long memorySpace, long fileSpace, long transfer, Span<byte> target);

    [LibraryImport(Library, EntryPoint = "H5Sget_simple_extent_ndims")]
    public static partial int Rank(long space);

    [LibraryImport(Library, EntryPoint = "H5Sget_simple_extent_dims")]
    public static partial int Extent(long space, Span<ulong> extent, nint most);

    [LibraryImport(Library, EntryPoint = "H5Screate_simple")]
    public static partial long NewSpace(int rank, ReadOnlySpan<ulong> extent, nint most);

    [LibraryImport(Library, EntryPoint = "H5Sselect_hyperslab")]
    public static partial int Select(long space, int how, ReadOnlySpan<ulong> start, nint stride, ReadOnlySpan<ulong> count, nint block);

    [LibraryImport(Library, EntryPoint = "H5Sget_select_npoints")]
    public static partial long SelectedCount(long space);

    [LibraryImport(Library, EntryPoint = "H5Sget_select_bounds")]
    public static partial int SelectedBounds(long space, Span<ulong> first, Span<ulong> last);

    [LibraryImport(Library, EntryPoint = "H5Sclose")]
    public static partial int CloseSpace(long space);

    [LibraryImport(Library, EntryPoint = "H5Tget_class")]
    public static partial int ClassOf(long type);

    [LibraryImport(Library, EntryPoint = "H5Tget_size")]
    public static partial nuint SizeOf(long type);

    [LibraryImport(Library, EntryPoint = "H5Tget_sign")]
    public static partial int SignOf(long type);

    [LibraryImport(Library, EntryPoint = "H5Tget_super")]
    public static partial long BaseOf(long type);

    [LibraryImport(Library, EntryPoint = "H5Tis_variable_str")]
    public static partial int IsVariableString(long type);

    [LibraryImport(Library, EntryPoint = "H5Tclose")]
    public static partial int CloseType(long type);

    [LibraryImport(Library, EntryPoint = "H5Pcreate")]
    public static partial long NewProperties(long listClass);

    [LibraryImport(Library, EntryPoint = "H5Pclose")]
    public static partial int CloseProperties(long list);

    [LibraryImport(Library, EntryPoint = "H5Pset_elink_cb")]
    public static partial int OnExternalLink(long access, nint function, nint data);

    [LibraryImport(Library, EntryPoint = "H5Pset_chunk_cache")]
    public static partial int SetChunkCache(long access, nuint slots, nuint bytes, double preemption);

    [LibraryImport(Library, EntryPoint = "H5Pget_layout")]
    public static partial int Layout(long creation);

    [LibraryImport(Library, EntryPoint = "H5Pget_chunk")]
    public static partial int Chunk(long creation, int rank, Span<ulong> chunk);

    [LibraryImport(Library, EntryPoint = "H5Pget_nfilters")]
    public static partial int FilterCount(long creation);

    [LibraryImport(Library, EntryPoint = "H5Pget_filter2")]
    public static partial int Filter(long creation, uint index, out uint flags, ref nuint valueCount, Span<uint> values, nuint nameSize, Span<byte> name, out uint configuration);

    [LibraryImport(Library, EntryPoint = "H5Zfilter_avail")]
    public static partial int HasFilter(int filter);

    [LibraryImport(Library, EntryPoint = "H5Zregister")]
    public static partial int Register(in FilterClass filter);

    [LibraryImport(Library, EntryPoint = "H5allocate_memory")]
    public static partial nint Allocate(nuint size, [MarshalAs(UnmanagedType.U1)] bool clear);

    [LibraryImport(Library, EntryPoint = "H5free_memory")]
    public static partial int Free(nint memory);

    [LibraryImport(Library, EntryPoint = "H5Pget_external_count")]
    public static partial int ExternalCount(long creation);

    [LibraryImport(Library, EntryPoint = "H5Pget_external")]
    public static partial int External(long creation, uint index, nuint nameSize, Span<byte> name, out long offset, out ulong size);

    [LibraryImport(Library, EntryPoint = "H5Pget_virtual_count")]
    public static partial int VirtualCount(long creation, out nuint count);

    [LibraryImport(Library, EntryPoint = "H5Pget_virtual_vspace")]
    public static partial long VirtualSpace(long creation, nuint index);

    [LibraryImport(Library, EntryPoint = "H5Pget_virtual_srcspace")]
    public static partial long VirtualSourceSpace(long creation, nuint index);

    [LibraryImport(Library, EntryPoint = "H5Pget_virtual_filename")]
    private static partial nint VirtualFileName(long creation, nuint index, Span<byte> name, nuint size);

    [LibraryImport(Library, EntryPoint = "H5Pget_virtual_dsetname")]
    private static partial nint VirtualDatasetName(long creation, nuint index, Span<byte> name, nuint size);

    [LibraryImport(Library, EntryPoint = "H5Rdereference2")]
    private static partial long Dereference(long at, long access, int kind, in ulong reference);

    [LibraryImport(Library, EntryPoint = "H5Aexists", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int HasAttribute(long of, string name);

    [LibraryImport(Library, EntryPoint = "H5Aopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long OpenAttribute(long of, string name, long access);

    [LibraryImport(Library, EntryPoint = "H5Aget_type")]
    public static partial long AttributeType(long attribute);

    [LibraryImport(Library, EntryPoint = "H5Aget_space")]
    public static partial long AttributeSpace(long attribute);

    [LibraryImport(Library, EntryPoint = "H5Aread")]
    public static partial int ReadAttribute(long attribute, long memoryType, Span<byte> target);

    [LibraryImport(Library, EntryPoint = "H5Aclose")]
    public static partial int CloseAttribute(long attribute);

    /// <summary>Chunks of a dataset that were written; null where the library is too old to tell.</summary>
    public static ulong? WrittenChunks(long dataset)
    {
        var space = DatasetSpace(dataset);
        try
        {
            return ChunkCount(dataset, space, out var count) < 0 ? null : count;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
        finally
        {
            CloseSpace(space);
        }
    }

    /// <summary>The object that a reference in a file is of; negative where there is none.</summary>
    public static long Referred(long at, ulong reference) => Dereference(at, 0, 0, reference);

    public static string Name(long id) => Text((b, n) => NameOf(id, b, n));

    public static string FileName(long id) => Text((b, n) => FileNameOf(id, b, n));

    public static string VirtualFile(long creation, int index) => Text((b, n) => VirtualFileName(creation, (nuint)index, b, n));

    public static string VirtualDataset(long creation, int index) => Text((b, n) => VirtualDatasetName(creation, (nuint)index, b, n));

    /// <summary>What object a handle is of, whichever link led to it.</summary>
    public static (ulong File, ulong High, ulong Low) Identity(long id) => ObjectFacts(id, ".", 1, out var f) < 0 ? (0, 0, (ulong)id) : (f.File, f.High, f.Low);

    /// <summary>Names of what a group links to, in order; of the first thousands of a group that has more.</summary>
    public static IEnumerable<string> Links(long group)
    {
        if (GroupInfo(group, out var facts) < 0)
        {
            yield break;
        }

        for (ulong i = 0; i < Math.Min(facts.Links, 10_000); i++)
        {
            var n = i;
            if (Text((b, size) => LinkName(group, ".", ByName, Ascending, n, b, size, 0)) is { Length: > 0 } name)
            {
                yield return name;
            }
        }
    }

    // What writes a name says how long it is, without its zero; negative where there is none.
    private static string Text(TextReader read)
    {
        Span<byte> bytes = stackalloc byte[4096];
        var n = (long)read(bytes, (nuint)bytes.Length);
        return n < 0 ? "" : Encoding.UTF8.GetString(bytes[..(int)Math.Min(n, bytes.Length - 1)]);
    }

    private delegate nint TextReader(Span<byte> buffer, nuint size);

    /// <summary>H5Z_class2_t: a filter that the library is to call. Texts and functions stay where they are as long as the process
    /// lives.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FilterClass
    {
        public int Version;
        public int Id;
        public uint HasEncoder;
        public uint HasDecoder;
        public nint Name;
        public nint CanApply;
        public nint SetLocal;
        public nint Function;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct GroupFacts
    {
        public int Storage;
        public ulong Links;
        public long MostOrder;
        public int Mounted;
    }

    // H5G_stat_t: two words each of the file's and the object's number, then what is not used here.
    [StructLayout(LayoutKind.Sequential)]
    private struct ObjectStat
    {
        public ulong File;
        public ulong FileHigh;
        public ulong Low;
        public ulong High;
        public uint LinkCount;
        public int Type;
        public long Changed;
        public nuint LinkLength;
        public ulong HeaderSize;
        public ulong HeaderFree;
        public uint Messages;
        public uint Chunks;
    }
}
