using System.Runtime.InteropServices;

namespace DendriteViewer.Imaging.Native;

internal static partial class Bzip2
{
    public const string Library = "libbz2.so.1.0";
    public const string Package = "libbz2-1.0";

    /// <summary>libbzip2's bz_stream on 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct State
    {
        public nint NextIn;
        public uint AvailIn, TotalInLow, TotalInHigh;
        public nint NextOut;
        public uint AvailOut, TotalOutLow, TotalOutHigh;
        public nint Private, Allocate, Free, Opaque;
    }

    [LibraryImport(Library, EntryPoint = "BZ2_bzDecompressInit")]
    public static partial int Begin(ref State state, int verbosity, int small);

    [LibraryImport(Library, EntryPoint = "BZ2_bzDecompress")]
    public static partial int Decompress(ref State state);

    [LibraryImport(Library, EntryPoint = "BZ2_bzDecompressEnd")]
    public static partial int End(ref State state);
}

/// <summary>Unpacks a bzip2 stream, or several one after another, forwards only.</summary>
internal sealed class Bzip2Stream : ForwardStream
{
    private const int StreamEnd = 4;
    private readonly Stream _packed;
    private readonly byte[] _input = GC.AllocateArray<byte>(1 << 16, pinned: true);
    private readonly byte[] _output = GC.AllocateArray<byte>(1 << 16, pinned: true);

    // libbzip2 keeps the state's address, so it must not move.
    private readonly Bzip2.State[] _state = GC.AllocateArray<Bzip2.State>(1, pinned: true);
    private int _from, _to;
    private bool _open, _ended;

    public Bzip2Stream(Stream packed)
    {
        _packed = packed;
        NativeLibraries.Call(Bzip2.Library, Bzip2.Package, () => Bzip2.Begin(ref _state[0], 0, 0));
        _open = true;
    }

    public override int Read(Span<byte> buffer)
    {
        while (_from == _to && !_ended)
        {
            Fill();
        }

        var n = Math.Min(buffer.Length, _to - _from);
        _output.AsSpan(_from, n).CopyTo(buffer);
        _from += n;
        return n;
    }

    protected override void Dispose(bool disposing)
    {
        if (_open)
        {
            Bzip2.End(ref _state[0]);
            _open = false;
        }

        _packed.Dispose();
        base.Dispose(disposing);
    }

    private void Fill()
    {
        ref var s = ref _state[0];
        if (s.AvailIn == 0)
        {
            s.AvailIn = (uint)_packed.Read(_input);
            s.NextIn = Marshal.UnsafeAddrOfPinnedArrayElement(_input, 0);
        }

        var had = s.AvailIn;
        (s.NextOut, s.AvailOut) = (Marshal.UnsafeAddrOfPinnedArrayElement(_output, 0), (uint)_output.Length);
        var code = Bzip2.Decompress(ref s);
        (_from, _to) = (0, _output.Length - (int)s.AvailOut);
        if (code == StreamEnd)
        {
            // Another stream may follow in the same file.
            var (at, left) = (s.NextIn, s.AvailIn);
            Bzip2.End(ref s);
            s = default;
            Bzip2.Begin(ref s, 0, 0);
            (s.NextIn, s.AvailIn) = (at, left);
            if (left == 0)
            {
                s.AvailIn = (uint)_packed.Read(_input);
                s.NextIn = Marshal.UnsafeAddrOfPinnedArrayElement(_input, 0);
                _ended = s.AvailIn == 0;
            }
        }
        else if (code < 0 || (had == 0 && _to == 0))
        {
            throw new InvalidDataException(code < 0 ? "The bzip2 data is damaged." : "The bzip2 data ends too early.");
        }
    }
}
