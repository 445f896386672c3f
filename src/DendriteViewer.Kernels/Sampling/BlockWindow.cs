using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>
/// The voxels around the samples that a tile of a picture is about to take, unpacked so that one load brings all eight corners of a
/// sample. A window of 4³ blocks of 16³ voxels wraps around the volume like a torus: block (z, y, x) lives in slot
/// (z mod 4, y mod 4, x mod 4), so an address is arithmetic. An entry holds voxels (z, y), (z, y + 1), (z + 1, y), (z + 1, y + 1)
/// at one x; a row has 17 entries, so that the entry at x + 1 always follows. Beside it, one bit a cell says what can be seen.
/// </summary>
internal sealed unsafe class BlockWindow : IDisposable
{
    public const int Edge = 16;
    public const int EntriesARow = Edge + 1;
    public const int EntriesABlock = Edge * Edge * EntriesARow;
    private const int Slots = 64;
    private const int StageRow = Edge + 1;
    private const int StageVoxelsMost = (Edge + 1) * (Edge + 1) * StageRow + 64;

    // Entry x of a row from byte x of two rows in each of two pairs; then entry 16 alone.
    private static readonly byte[] s_bytes =
        [.. Enumerable.Range(0, 128).Select(i => (byte)(Math.Min(i / 4, 16) + (i & 1) * StageRow + (i & 2) * 32))];

    private static readonly ushort[] s_words = [.. Enumerable.Range(0, 32).Select(i => (ushort)(i / 4 + (i & 1) * StageRow + (i & 2) * 16))];

    private readonly long[] _blocks = new long[Slots];
    private readonly int[] _stamps = new int[Slots];
    private readonly byte[] _stage = GC.AllocateUninitializedArray<byte>(StageVoxelsMost * sizeof(float));
    private readonly byte[] _beside = GC.AllocateUninitializedArray<byte>(StageVoxelsMost * sizeof(float));
    private readonly float[] _scratch = new float[PagedVolume.StandInScratch];
    private int _stamp;
    private byte* _data;
    private nuint _bytes;
    private PagedVolume? _volume;
    private Sheet _sheet = Sheet.Everything;

    /// <summary>What is taken from a voxel's stored value so that it is not negative.</summary>
    public static float BiasOf(VoxelType type) => type switch { VoxelType.Int8 => -128, VoxelType.Int16 => -32768, _ => 0 };

    /// <summary>512 bits: cell (z, y, x) is bit (z mod 8)·64 + (y mod 8)·8 + x mod 8; set where it must be sampled.</summary>
    public ulong* Visible { get; } = (ulong*)NativeMemory.AlignedAlloc(64, 64);

    /// <summary>The entries.</summary>
    public byte* Data => _data;

    /// <summary>Whether every cell that was looked at can be seen.</summary>
    public bool AllVisible { get; private set; }

    /// <summary>What lies within <paramref name="Reach"/> of a plane (a unit normal n and w: n·p + w = 0), all that will be read of any block.</summary>
    public readonly record struct Sheet(Vector3 Normal, float W, float Reach)
    {
        /// <summary>No limit.</summary>
        public static Sheet Everything { get; } = new(Vector3.Zero, 0, 1);

        // Rows y … of slice z of a block at x that samples in the sheet read.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public (int From, int To) Rows(int z, int y, int x)
        {
            var reach = Reach + 9 * MathF.Abs(Normal.X) + MathF.Abs(Normal.Y) + MathF.Abs(Normal.Z);
            var at = Normal.Z * z + Normal.Y * y + Normal.X * (x + 8) + W;
            if (MathF.Abs(Normal.Y) < 1e-4f)
            {
                return MathF.Abs(at) <= reach + 0.01f ? (0, Edge) : (0, 0);
            }

            var (a, b) = ((-reach - at) / Normal.Y, (reach - at) / Normal.Y);
            return ((int)Math.Clamp(MathF.Min(a, b), 0, Edge), (int)Math.Clamp(MathF.Max(a, b) + 1, 0, Edge));
        }
    }

    /// <summary>Forgets what is here and turns to another volume.</summary>
    public void Open(PagedVolume volume, Sheet sheet)
    {
        (_volume, _sheet) = (volume, sheet);
        Array.Fill(_blocks, -1);
        var bytes = (nuint)(Slots * EntriesABlock * 4 * volume.Type.Size()) + 64;
        if (bytes > _bytes)
        {
            NativeMemory.AlignedFree(_data);
            _data = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
            _bytes = bytes;
        }
    }

    /// <summary>Which cells can be seen, and which blocks are needed beyond those that hold one.</summary>
    public readonly struct OccupancyQuery(EmptySpace? empty, byte needed)
    {
        /// <summary>The cells of a block (bit i is cell i >> 2, i >> 1 &amp; 1, i &amp; 1), and whether its voxels may be read.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool IsNeeded(BrickLevel grid, int z, int y, int x, out int seen)
        {
            if (empty is null)
            {
                seen = 0xFF;
                return true;
            }

            (int vz, int vy, int vx) = (z * Edge, y * Edge, x * Edge);
            seen = 0;
            var near = false;
            if (grid.ShiftZ < 4 || grid.ShiftY < 4 || grid.ShiftX < 4)
            {
                for (var i = 0; i < 8; i++)
                {
                    near |= Cell(grid, vz + ((i & 4) << 1), vy + ((i & 2) << 2), vx + ((i & 1) << 3), 1 << i, ref seen);
                }

                return near;
            }

            var map = empty.OfBrick[((vz >> grid.ShiftZ) * grid.CountY + (vy >> grid.ShiftY)) * grid.CountX + (vx >> grid.ShiftX)];
            if (map < 0)
            {
                return -map <= needed && IsBesideOthers(grid, z, y, x);
            }

            map += LocalCell(grid, vz, vy, vx);
            for (var i = 0; i < 8; i++)
            {
                int d = empty.Maps[map + ((i & 4) << 4) + ((i & 2) << 2) + (i & 1)];
                seen |= d == 0 ? 1 << i : 0;
                near |= d <= needed;
            }

            return near;
        }

        // Whether a block of an empty brick touches a brick that is not empty.
        private bool IsBesideOthers(BrickLevel grid, int z, int y, int x)
        {
            var (z0, z1) = Reach(z, grid.ShiftZ - 4, grid.CountZ);
            var (y0, y1) = Reach(y, grid.ShiftY - 4, grid.CountY);
            var (x0, x1) = Reach(x, grid.ShiftX - 4, grid.CountX);
            for (var bz = z0; bz <= z1; bz++)
            {
                for (var by = y0; by <= y1; by++)
                {
                    for (var bx = x0; bx <= x1; bx++)
                    {
                        if (empty!.OfBrick[(bz * grid.CountY + by) * grid.CountX + bx] >= 0)
                        {
                            return true;
                        }
                    }
                }
            }

            return false;

            static (int From, int To) Reach(int block, int shift, int count) => (Math.Max((block - 1) >> shift, 0), Math.Min((block + 1) >> shift, count - 1));
        }

        private bool Cell(BrickLevel grid, int z, int y, int x, int bit, ref int seen)
        {
            if (z >= grid.Z || y >= grid.Y || x >= grid.X)
            {
                return false;
            }

            var map = empty!.OfBrick[((z >> grid.ShiftZ) * grid.CountY + (y >> grid.ShiftY)) * grid.CountX + (x >> grid.ShiftX)];
            var d = map < 0 ? -map : empty.Maps[map + LocalCell(grid, z, y, x)];
            seen |= d == 0 ? bit : 0;
            return d <= needed;
        }

        private static int LocalCell(BrickLevel grid, int z, int y, int x) =>
            ((z & ((1 << grid.ShiftZ) - 1)) >> 3 << 6) | ((y & ((1 << grid.ShiftY) - 1)) >> 3 << 3) | ((x & ((1 << grid.ShiftX) - 1)) >> 3);
    }

    /// <summary>A convex part of space with its bounding box: a place p is inside where n·p + w ≥ 0 for every plane (n, w).</summary>
    public readonly ref struct Part(Vector3 low, Vector3 high, ReadOnlySpan<Vector4> planes)
    {
        private readonly ReadOnlySpan<Vector4> _planes = planes;

        public Vector3 Low { get; } = low;

        public Vector3 High { get; } = high;

        /// <summary>Whether a block may touch this.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Touches(int z, int y, int x)
        {
            // Half a block and a voxel around, for rounding.
            const float Half = Edge / 2 + 1;
            var middle = new Vector3(x * Edge + 8, y * Edge + 8, z * Edge + 8);
            foreach (var plane in _planes)
            {
                var n = plane.AsVector3();
                if (Vector3.Dot(n, middle) + plane.W < -Half * Vector3.Dot(Vector3.Abs(n), Vector3.One))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Makes ready what a part of space holds, as far as it can be seen.</summary>
    /// <returns>False where two needed blocks share a slot: the part is too long or too wide.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Prepare(in Part part, in OccupancyQuery occupancy)
    {
        var v = _volume!;
        new Span<ulong>(Visible, 8).Clear();
        AllVisible = true;
        _stamp++;
        if (!(Span(part.Low.X, part.High.X, v.From.X, v.To.X, out var x0, out var x1) && Span(part.Low.Y, part.High.Y, v.From.Y, v.To.Y, out var y0, out var y1)
            && Span(part.Low.Z, part.High.Z, v.From.Z, v.To.Z, out var z0, out var z1)))
        {
            return true;
        }

        for (var z = z0; z <= z1; z++)
        {
            for (var y = y0; y <= y1; y++)
            {
                for (var x = x0; x <= x1; x++)
                {
                    if (part.Touches(z, y, x) && !TryLoad(v, occupancy, z, y, x))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    // Blocks along an axis; outside the volume nothing is sampled.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Span(float low, float high, int begin, int end, out int from, out int to)
    {
        from = (int)MathF.Max(low, begin) / Edge;
        to = (int)MathF.Min(high, end - 1) / Edge;
        return high >= begin - 1 && low <= end;
    }

    private static int Slot(int z, int y, int x) => ((z & 3) << 4) | ((y & 3) << 2) | (x & 3);

    private static long Block(int z, int y, int x) => ((long)z << 42) | ((long)y << 21) | (long)x;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryLoad(PagedVolume v, in OccupancyQuery occupancy, int z, int y, int x)
    {
        var read = occupancy.IsNeeded(v.Grid, z, y, x, out var seen);
        AllVisible &= seen == 0xFF;
        if (!read)
        {
            return true;
        }

        var pairs = (ulong)((seen & 3) | ((seen & 12) << 6));
        var far = (ulong)(((seen >> 4) & 3) | ((seen & 0xC0) << 2));
        var shift = (((2 * y) & 7) << 3) | ((2 * x) & 7);
        Visible[(2 * z) & 7] |= pairs << shift;
        Visible[((2 * z) & 7) + 1] |= far << shift;
        var (slot, block) = (Slot(z, y, x), Block(z, y, x));
        if (_blocks[slot] == block)
        {
            _stamps[slot] = _stamp;
            return true;
        }

        if (_stamps[slot] == _stamp)
        {
            return false;
        }

        (_stamps[slot], _blocks[slot]) = (_stamp, block);
        Unpack(v, slot, z * Edge, y * Edge, x * Edge);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Unpack(PagedVolume v, int slot, int z, int y, int x)
    {

        switch (v.Type)
        {
            case VoxelType.UInt8 or VoxelType.Int8:
                fixed (byte* source = &Source<byte>(v, z, y, x))
                {
                    Pack8(source, _data + (nint)slot * EntriesABlock * 4, z, y, x, v.Type == VoxelType.Int8 ? (byte)0x80 : (byte)0);
                }

                break;
            case VoxelType.UInt16 or VoxelType.Int16:
                fixed (byte* source = &Source<ushort>(v, z, y, x))
                {
                    Pack16((ushort*)source, _data + (nint)slot * EntriesABlock * 8, z, y, x, v.Type == VoxelType.Int16 ? (ushort)0x8000 : (ushort)0);
                }

                break;
            default:
                fixed (byte* source = &Source<float>(v, z, y, x))
                {
                    PackFloat((float*)source, _data + (nint)slot * EntriesABlock * 16, z, y, x);
                }

                break;
        }
    }

    // The block's 16³ voxels and one layer more: a tile as it lies in its brick, or gathered on the stage from the bricks around, and
    // from coarser ones where those are missing.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ref byte Source<T>(PagedVolume v, int z, int y, int x) where T : unmanaged
    {
        var grid = v.Grid;
        ref var stage = ref MemoryMarshal.GetArrayDataReference(_stage);
        if (grid.ShiftZ < 4 || grid.ShiftY < 4 || grid.ShiftX < 4)
        {
            StageVoxels<T>(v, z, y, x);
            return ref stage;
        }

        int maskZ = (1 << grid.ShiftZ) - 1, maskY = (1 << grid.ShiftY) - 1, maskX = (1 << grid.ShiftX) - 1;
        bool endZ = z + Edge >= v.Z, endY = y + Edge >= v.Y, endX = x + Edge >= v.X;
        bool farZ = (z & maskZ) + Edge > maskZ && !endZ, farY = (y & maskY) + Edge > maskY && !endY, farX = (x & maskX) + Edge > maskX && !endX;
        ref var voxels = ref Unsafe.As<byte, T>(ref stage);
        var all = MemoryMarshal.CreateSpan(ref voxels, _stage.Length / Unsafe.SizeOf<T>());
        if (grid.BrickAt(z, y, x) is { } brick)
        {
            ref var tile = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(brick.Data), brick.TileOffset(z & maskZ, y & maskY, x & maskX) * Unsafe.SizeOf<T>());
            if (!(farZ || farY || farX || endZ || endY || endX))
            {
                return ref tile;
            }

            Unsafe.CopyBlockUnaligned(ref stage, ref tile, (uint)(Brick.TileStride * Unsafe.SizeOf<T>()));
        }
        else
        {
            v.StandIn(
                z, y, x, endZ ? v.Z - z : farZ ? Edge : Edge + 1, endY ? v.Y - y : farY ? Edge : Edge + 1, endX ? v.X - x : farX ? Edge : Edge + 1,
                all, StageRow * StageRow, StageRow, _scratch);
        }

        for (var n = 1; n < 8; n++)
        {
            bool dz = (n & 4) != 0, dy = (n & 2) != 0, dx = (n & 1) != 0;
            if ((dz && !farZ) || (dy && !farY) || (dx && !farX))
            {
                continue;
            }

            // The neighbour's first layer, with what it has behind where this block ends inside its own brick.
            int nz = dz ? z + Edge : z, ny = dy ? y + Edge : y, nx = dx ? x + Edge : x;
            int fromZ = dz ? Edge : 0, toZ = dz ? Edge : farZ ? Edge - 1 : endZ ? v.Z - z - 1 : Edge;
            int fromY = dy ? Edge : 0, toY = dy ? Edge : farY ? Edge - 1 : endY ? v.Y - y - 1 : Edge;
            if (grid.BrickAt(nz, ny, nx) is not { } neighbour)
            {
                // Rows of a stand-in run over their end: they are made beside the stage.
                var width = dx ? 1 : farX ? Edge : endX ? v.X - x : Edge + 1;
                var beside = MemoryMarshal.Cast<byte, T>(_beside.AsSpan());
                v.StandIn(nz, ny, nx, toZ - fromZ + 1, toY - fromY + 1, width, beside, StageRow * StageRow, StageRow, _scratch);
                for (var k = fromZ; k <= toZ; k++)
                {
                    for (var j = fromY; j <= toY; j++)
                    {
                        beside.Slice(((k - fromZ) * StageRow + j - fromY) * StageRow, width).CopyTo(all.Slice((k * StageRow + j) * StageRow + (dx ? Edge : 0), width));
                    }
                }

                continue;
            }

            ref var source = ref Unsafe.As<byte, T>(ref Unsafe.Add(
                ref MemoryMarshal.GetArrayDataReference(neighbour.Data), neighbour.TileOffset(nz & maskZ, ny & maskY, nx & maskX) * Unsafe.SizeOf<T>()));
            for (var k = fromZ; k <= toZ; k++)
            {
                for (var j = fromY; j <= toY; j++)
                {
                    var from = ((dz ? 0 : k) * StageRow + (dy ? 0 : j)) * StageRow;
                    var to = (k * StageRow + j) * StageRow;
                    if (dx)
                    {
                        Unsafe.Add(ref voxels, to + Edge) = Unsafe.Add(ref source, from);
                    }
                    else
                    {
                        Unsafe.CopyBlockUnaligned(
                            ref Unsafe.As<T, byte>(ref Unsafe.Add(ref voxels, to)), ref Unsafe.As<T, byte>(ref Unsafe.Add(ref source, from)),
                            (uint)((farX ? Edge : Edge + 1) * Unsafe.SizeOf<T>()));
                    }
                }
            }
        }

        if (endZ || endY || endX)
        {
            Repeat(MemoryMarshal.CreateSpan(ref voxels, StageRow * StageRow * StageRow), v.Z - z, v.Y - y, v.X - x);
        }

        return ref stage;
    }

    // Beyond the volume its outermost voxels go on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Repeat<T>(Span<T> voxels, int nz, int ny, int nx)
    {
        for (var k = 0; k <= Edge; k++)
        {
            for (var j = 0; j <= Edge; j++)
            {
                var row = voxels.Slice((k * StageRow + j) * StageRow, StageRow);
                if (k >= nz || j >= ny)
                {
                    voxels.Slice((Math.Min(k, nz - 1) * StageRow + Math.Min(j, ny - 1)) * StageRow, StageRow).CopyTo(row);
                }

                if (nx <= Edge)
                {
                    row[nx..].Fill(row[nx - 1]);
                }
            }
        }
    }

    // Voxel by voxel, where bricks are too flat for tiles.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StageVoxels<T>(PagedVolume v, int z, int y, int x) where T : unmanaged
    {
        var stage = MemoryMarshal.Cast<byte, T>(_stage.AsSpan());
        for (var i = 0; i < StageRow * StageRow * StageRow; i++)
        {
            var value = v.At(z + i / (StageRow * StageRow), y + i / StageRow % StageRow, x + i % StageRow);
            if (typeof(T) == typeof(float))
            {
                stage[i] = Unsafe.BitCast<float, T>(value);
            }
            else
            {
                var bits = (int)value;
                stage[i] = Unsafe.As<int, T>(ref bits);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pack8(byte* stage, byte* block, int atZ, int atY, int atX, byte flip)
    {
        if (Avx512Vbmi.IsSupported)
        {
            // Two rows lie within 64 bytes, so one shuffle of two such pairs makes a row of entries; another its last entry.
            var (shuffle, last) = (Vector512.Create<byte>(s_bytes), Vector512.Create<byte>(s_bytes.AsSpan(64)));
            var flips = Vector512.Create(flip);
            for (var z = 0; z < Edge; z++)
            {
                var (first, end) = _sheet.Rows(atZ + z, atY, atX);
                var target = block + (z * Edge + first) * EntriesARow * 4;
                for (var y = first; y < end; y++, target += EntriesARow * 4)
                {
                    var from = stage + (z * StageRow + y) * StageRow;
                    Vector512<byte> near = Vector512.Load(from), far = Vector512.Load(from + StageRow * StageRow);
                    (Avx512Vbmi.PermuteVar64x8x2(near, shuffle, far) ^ flips).Store(target);
                    *(uint*)(target + 64) = (Avx512Vbmi.PermuteVar64x8x2(near, last, far) ^ flips).AsUInt32().ToScalar();
                }
            }

            return;
        }

        var signs = Vector128.Create(flip);
        for (var z = 0; z < Edge; z++)
        {
            var (first, end) = _sheet.Rows(atZ + z, atY, atX);
            var target = block + (z * Edge + first) * EntriesARow * 4;
            for (var y = first; y < end; y++, target += EntriesARow * 4)
            {
                byte* a = stage + (z * (Edge + 1) + y) * StageRow, b = a + StageRow, c = a + (Edge + 1) * StageRow, d = c + StageRow;
                Vector128<byte> va = Vector128.Load(a) ^ signs, vb = Vector128.Load(b) ^ signs, vc = Vector128.Load(c) ^ signs, vd = Vector128.Load(d) ^ signs;
                Vector128<ushort> lowNear = Zip.Low(va, vb).AsUInt16(), highNear = Zip.High(va, vb).AsUInt16();
                Vector128<ushort> lowFar = Zip.Low(vc, vd).AsUInt16(), highFar = Zip.High(vc, vd).AsUInt16();
                Zip.Low(lowNear, lowFar).AsByte().Store(target);
                Zip.High(lowNear, lowFar).AsByte().Store(target + 16);
                Zip.Low(highNear, highFar).AsByte().Store(target + 32);
                Zip.High(highNear, highFar).AsByte().Store(target + 48);
                *(uint*)(target + 64) = (uint)((a[16] ^ flip) | ((b[16] ^ flip) << 8) | ((c[16] ^ flip) << 16) | ((d[16] ^ flip) << 24));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pack16(ushort* stage, byte* block, int atZ, int atY, int atX, ushort flip)
    {
        if (Avx512BW.IsSupported)
        {
            // As above with words: eight entries a shuffle.
            var shuffle = Vector512.Create<ushort>(s_words);
            var flips = Vector512.Create(flip);
            for (var z = 0; z < Edge; z++)
            {
                var (first, end) = _sheet.Rows(atZ + z, atY, atX);
                var target = block + (z * Edge + first) * EntriesARow * 8;
                for (var y = first; y < end; y++, target += EntriesARow * 8)
                {
                    ushort* near = stage + (z * StageRow + y) * StageRow, far = near + StageRow * StageRow;
                    (Avx512BW.PermuteVar32x16x2(Vector512.Load(near), shuffle, Vector512.Load(far)) ^ flips).AsByte().Store(target);
                    (Avx512BW.PermuteVar32x16x2(Vector512.Load(near + 8), shuffle, Vector512.Load(far + 8)) ^ flips).AsByte().Store(target + 64);
                    *(ulong*)(target + 128) = (Avx512BW.PermuteVar32x16x2(Vector512.Load(near + 16), shuffle, Vector512.Load(far + 16)) ^ flips).AsUInt64().ToScalar();
                }
            }

            return;
        }

        var signs = Vector128.Create(flip);
        for (var z = 0; z < Edge; z++)
        {
            var (first, end) = _sheet.Rows(atZ + z, atY, atX);
            var target = block + (z * Edge + first) * EntriesARow * 8;
            for (var y = first; y < end; y++, target += EntriesARow * 8)
            {
                ushort* a = stage + (z * (Edge + 1) + y) * StageRow, b = a + StageRow, c = a + (Edge + 1) * StageRow, d = c + StageRow;
                for (var x = 0; x < Edge; x += 8)
                {
                    Vector128<ushort> va = Vector128.Load(a + x) ^ signs, vb = Vector128.Load(b + x) ^ signs, vc = Vector128.Load(c + x) ^ signs, vd = Vector128.Load(d + x) ^ signs;
                    Vector128<uint> lowNear = Zip.Low(va, vb).AsUInt32(), highNear = Zip.High(va, vb).AsUInt32();
                    Vector128<uint> lowFar = Zip.Low(vc, vd).AsUInt32(), highFar = Zip.High(vc, vd).AsUInt32();
                    Zip.Low(lowNear, lowFar).AsByte().Store(target + 8 * x);
                    Zip.High(lowNear, lowFar).AsByte().Store(target + 8 * x + 16);
                    Zip.Low(highNear, highFar).AsByte().Store(target + 8 * x + 32);
                    Zip.High(highNear, highFar).AsByte().Store(target + 8 * x + 48);
                }

                *(ulong*)(target + 128) = (ulong)(ushort)(a[16] ^ flip) | ((ulong)(ushort)(b[16] ^ flip) << 16) | ((ulong)(ushort)(c[16] ^ flip) << 32) | ((ulong)(ushort)(d[16] ^ flip) << 48);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackFloat(float* stage, byte* block, int atZ, int atY, int atX)
    {
        for (var z = 0; z < Edge; z++)
        {
            var (first, end) = _sheet.Rows(atZ + z, atY, atX);
            var target = block + (z * Edge + first) * EntriesARow * 16;
            for (var y = first; y < end; y++, target += EntriesARow * 16)
            {
                float* a = stage + (z * (Edge + 1) + y) * StageRow, b = a + StageRow, c = a + (Edge + 1) * StageRow, d = c + StageRow;
                for (var x = 0; x <= Edge; x++)
                {
                    Finite(Vector128.Create(a[x], b[x], c[x], d[x])).Store((float*)(target + 16 * x));
                }
            }
        }
    }

    private static Vector128<float> Finite(Vector128<float> v) => Vector128.MinNative(
        Vector128.MaxNative(Vector128.ConditionalSelect(Vector128.Equals(v, v), v, Vector128<float>.Zero), Vector128.Create(-1e30f)), Vector128.Create(1e30f));

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_data);
        NativeMemory.AlignedFree(Visible);
        _data = null;
        GC.SuppressFinalize(this);
    }

    ~BlockWindow() => Dispose();
}
