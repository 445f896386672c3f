using System.Buffers;
using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Downsampling;
using DendriteViewer.Kernels.Scheduling;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>
/// Writes a volume as OME-Zarr 0.5, a row of bricks at a time: while one row is packed, halved into the next level's and uploaded,
/// the next is filled. Memory holds two rows of the finest level, one of each other, and a few shards on their way.
/// </summary>
public sealed class VolumeWriter : IDisposable
{
    public const int ZstdLevel = 1;

    // Shards that are packed and not yet stored.
    private const int MostUploads = 4;

    private readonly IBlobStore _store;
    private readonly string _prefix;
    private readonly VoxelType _type;
    private readonly bool _isLabels;
    private readonly BrickRow[] _rows;
    private readonly BrickRow _other;
    private readonly ConcurrentBag<ZstdCompressor> _compressors = [];
    private readonly SemaphoreSlim _uploads = new(MostUploads);
    private readonly List<Task> _uploading = [];
    private readonly Lock _lock = new();
    private int _next;
    private double _least = double.PositiveInfinity;
    private double _most = double.NegativeInfinity;

    public VolumeWriter(IBlobStore store, string prefix, VolumeShape shape, VoxelType type, bool isLabels = false)
    {
        (_store, _prefix, _type, _isLabels) = (store, prefix, type, isLabels);
        Levels = PyramidLayout.Of(shape, type);
        _rows = Levels.Select(l => new BrickRow(l, type)).ToArray();
        _other = new BrickRow(Levels[0], type);
    }

    public IReadOnlyList<PyramidLevel> Levels { get; }

    /// <summary>Smallest and largest voxel so far; (0, 0) where there is none but NaN.</summary>
    public (double Least, double Most) ValueRange => _least <= _most ? (_least, _most) : (0, 0);

    /// <summary>
    /// Takes over what an interrupted writer of the same volume stored: the most rows of which nothing is missing or damaged. They
    /// are read, so that what goes on from them is known to be whole.
    /// </summary>
    /// <param name="present">Names of the blobs that are there.</param>
    /// <param name="ct">Stops it.</param>
    public async Task ResumeAsync(IReadOnlySet<string> present, CancellationToken ct)
    {
        var rows = Enumerable.Range(0, Levels[0].BrickCount.Z + 1).Last(n => IsPresent(present, n));
        var reader = StoredReader.Of(_store, _prefix, _type, Levels);
        while (await TakeOverAsync(reader, rows, ct) is var whole && whole < rows)
        {
            rows = whole;
        }

        _next = rows;
    }

    /// <summary>Writes every slice that is not stored.</summary>
    /// <param name="fill">Fills slice z, little endian, C order.</param>
    /// <param name="inAnyOrder">Whether slices may be filled in any order, by several threads at once.</param>
    /// <param name="stored">Told how many slices are packed.</param>
    /// <param name="ct">Stops it; what is stored stays.</param>
    public async Task WriteAsync(Func<int, Memory<byte>, ValueTask> fill, bool inAnyOrder, Action<int>? stored, CancellationToken ct)
    {
        var (row, other) = (_rows[0], _other);
        var writing = Task.CompletedTask;
        try
        {
            for (; _next < Levels[0].BrickCount.Z; _next++)
            {
                var first = _next * Levels[0].Brick.Z;
                row.Filled = Math.Min(Levels[0].Brick.Z, Levels[0].Shape.Z - first);
                row.Number = _next;
                await FillAsync(row, first, fill, inAnyOrder, ct);
                await writing;
                stored?.Invoke(first);
                var full = row;
                writing = ComputeLane.Run(() => StoreAsync(0, full, ct), ct);
                (row, other) = (other, row);
            }
        }
        catch
        {
            // Nothing is written any more once the caller knows.
            await writing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await SettleAsync(throws: false);
            throw;
        }

        try
        {
            await writing;
        }
        finally
        {
            await SettleAsync(throws: writing.IsCompletedSuccessfully);
        }

        stored?.Invoke(Levels[0].Shape.Z);
    }

    /// <summary>Whether every shard is among some names.</summary>
    public bool IsComplete(IReadOnlySet<string> present) => IsPresent(present, Levels[0].BrickCount.Z);

    /// <summary>Writes the metadata, when all else outlasts a power failure; the group's last, which makes the volume whole.</summary>
    /// <returns>SHA-256 of the metadata.</returns>
    public async Task<string> FinishAsync(AffineTransform transform, string name, JsonObject dendrite, CancellationToken ct)
    {
        await _store.FlushAsync(_prefix, ct);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var level in Levels)
        {
            await WriteJsonAsync($"{_prefix}{level.Number}/", PyramidLayout.ArrayMetadata(level, _type));
        }

        await WriteJsonAsync(_prefix, PyramidLayout.GroupMetadata(Levels, transform, name, dendrite));
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        async Task WriteJsonAsync(string prefix, JsonObject json)
        {
            var bytes = Utf8(json);
            hash.AppendData(bytes);
            await _store.WriteAsync(BlobNames.ZarrJson(prefix), bytes, ct);
        }
    }

    public void Dispose()
    {
        foreach (var compressor in _compressors)
        {
            compressor.Dispose();
        }

        _uploads.Dispose();
    }

    internal static byte[] Utf8(JsonObject json) =>
        Encoding.UTF8.GetBytes(json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));

    // Rows of a level that are whole once so many of the finest are.
    private int WholeRows(int rows, PyramidLevel level) => rows == Levels[0].BrickCount.Z ? level.BrickCount.Z : rows >> level.Number;

    private bool IsPresent(IReadOnlySet<string> present, int rows) => Levels.All(level =>
    {
        var count = level.ShardCount;
        return Enumerable.Range(0, WholeRows(rows, level)).All(z =>
            Enumerable.Range(0, count.Y * count.X).All(i => present.Contains(BlobNames.Shard(_prefix, level.Number, z, i / count.X, i % count.X))));
    });

    // How many rows of the finest level are whole, at most as many as asked for; of so many, the state of memory is made.
    private async Task<int> TakeOverAsync(VolumeReader reader, int rows, CancellationToken ct)
    {
        (_least, _most) = (double.PositiveInfinity, double.NegativeInfinity);
        Array.ForEach(_rows, r => r.Clear());
        foreach (var level in Levels)
        {
            var row = level.Number == 0 ? _rows[0] : new BrickRow(level, _type);
            var whole = WholeRows(rows, level);
            for (var z = 0; z < whole; z++)
            {
                row.Filled = Math.Min(level.Brick.Z, level.Shape.Z - z * level.Brick.Z);
                try
                {
                    await row.ReadAsync(reader, z, ct);
                }
                catch (VolumeFormatException)
                {
                    return z << level.Number;
                }

                if (level.Number == 0)
                {
                    Parallel.For(0, row.Filled, ComputeLane.Options(), i => Include(ValueRanges.Of(row.Slice(i).Span, _type)));
                }

                // What the next level has of its row.
                if (z == whole - 1 && rows < Levels[0].BrickCount.Z && whole % 2 == 1 && level.Number + 1 < Levels.Count)
                {
                    Halve(row, _rows[level.Number + 1], measure: false);
                }
            }
        }

        return rows;
    }

    private static Task FillAsync(BrickRow row, int first, Func<int, Memory<byte>, ValueTask> fill, bool inAnyOrder, CancellationToken ct) => inAnyOrder
        ? Parallel.ForAsync(0, row.Filled, ComputeLane.Options(ct), (i, _) => fill(first + i, row.Slice(i)))
        : ComputeLane.Run(
            async () =>
            {
                for (var i = 0; i < row.Filled; i++)
                {
                    ct.ThrowIfCancellationRequested();
                    await fill(first + i, row.Slice(i));
                }
            },
            ct);

    private async Task StoreAsync(int number, BrickRow row, CancellationToken ct)
    {
        var next = number + 1 < _rows.Length ? _rows[number + 1] : null;
        Halve(row, next, measure: number == 0);
        await PackAsync(row, ct);
        var last = row.Number == row.Level.BrickCount.Z - 1;
        if (next is not null && (next.Filled == next.Level.Brick.Z || last))
        {
            next.Number = row.Number / 2;
            await StoreAsync(number + 1, next, ct);
            next.Filled = 0;
        }
    }

    // Bricks are packed by all processors, whatever shards they belong to; whoever packs the last of a shard hands it on.
    private async Task PackAsync(BrickRow row, CancellationToken ct)
    {
        var (level, count, inner) = (row.Level, row.Level.ShardCount, row.Level.BricksOfShard);
        var brickBytes = checked((int)(level.Brick.Count * _type.Size()));
        var places = Enumerable.Range(0, count.Y * count.X).SelectMany(shard => Enumerable.Range(0, inner.Y * inner.X).Select(b => (
                Shard: shard, Brick: b,
                Y: shard / count.X * level.Shard.Y + b / inner.X * level.Brick.Y, X: shard % count.X * level.Shard.X + b % inner.X * level.Brick.X)))
            .Where(p => p.Y < level.Shape.Y && p.X < level.Shape.X).ToArray();
        var shards = places.GroupBy(p => p.Shard).ToDictionary(g => g.Key, g => new ShardBuilder(inner.Y * inner.X, g.Count()));
        try
        {
            await Parallel.ForAsync(0, places.Length, ComputeLane.Options(ct), async (i, token) =>
            {
                var (number, brick, y, x) = places[i];
                var shard = shards[number];
                if (shard.Add(brick, Pack(row, y, x, brickBytes)))
                {
                    await UploadAsync(BlobNames.Shard(_prefix, level.Number, row.Number, number / count.X, number % count.X), shard, token, ct);
                }
            });
        }
        finally
        {
            foreach (var shard in shards.Values)
            {
                shard.Dispose();
            }
        }

        lock (_lock)
        {
            _uploading.RemoveAll(t => t.IsCompletedSuccessfully);
        }
    }

    private PackedBrick Pack(BrickRow row, int y, int x, int bytes)
    {
        var compressor = _compressors.TryTake(out var free) ? free : new ZstdCompressor(ZstdLevel);
        var voxels = ArrayPool<byte>.Shared.Rent(bytes);
        var room = ArrayPool<byte>.Shared.Rent(ZstdCompressor.Bound(bytes));
        try
        {
            row.CopyBrick(y, x, voxels.AsSpan(0, bytes));
            var length = compressor.Compress(voxels.AsSpan(0, bytes), room);
            var packed = ArrayPool<byte>.Shared.Rent(length);
            room.AsSpan(0, length).CopyTo(packed);
            return new PackedBrick(packed, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(voxels);
            ArrayPool<byte>.Shared.Return(room);
            _compressors.Add(compressor);
        }
    }

    private async ValueTask UploadAsync(string name, ShardBuilder shard, CancellationToken room, CancellationToken ct)
    {
        await _uploads.WaitAsync(room);
        var (bytes, length) = shard.Finish();
        var upload = ComputeLane.Run(
            async () =>
            {
                try
                {
                    await _store.WriteAsync(name, bytes.AsMemory(0, length), ct, durable: false);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(bytes);
                    _uploads.Release();
                }
            },
            CancellationToken.None);
        lock (_lock)
        {
            // An upload that failed ends the writing here, and not first at its end.
            var failed = _uploading.Find(t => t.IsFaulted || t.IsCanceled);
            _uploading.Add(upload);
            failed?.GetAwaiter().GetResult();
        }
    }

    private async Task SettleAsync(bool throws)
    {
        Task[] uploading;
        lock (_lock)
        {
            uploading = [.. _uploading];
            _uploading.Clear();
        }

        try
        {
            await Task.WhenAll(uploading);
        }
        catch when (!throws)
        {
            // What ended the writing is thrown already.
        }
    }

    // Pairs of slices into the next level, and what values they hold.
    private void Halve(BrickRow row, BrickRow? next, bool measure)
    {
        var pairs = (row.Filled + 1) / 2;
        var at = next?.Filled ?? 0;
        Parallel.For(0, pairs, ComputeLane.Options(), i =>
        {
            var first = row.Slice(2 * i).Span;
            var second = 2 * i + 1 < row.Filled ? row.Slice(2 * i + 1).Span : default;
            if (measure)
            {
                Include(ValueRanges.Of(first, _type));
                if (!second.IsEmpty)
                {
                    Include(ValueRanges.Of(second, _type));
                }
            }

            if (next is not null)
            {
                Halve(row.Level, first, second, next.Slice(at + i).Span);
            }
        });
        if (next is not null)
        {
            next.Filled = at + pairs;
        }
    }

    private void Include((double Least, double Most) range)
    {
        lock (_lock)
        {
            _least = Math.Min(_least, range.Least);
            _most = Math.Max(_most, range.Most);
        }
    }

    private void Halve(PyramidLevel level, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> target)
    {
        var (h, w) = (level.Shape.Y, level.Shape.X);
        switch (_type)
        {
            case VoxelType.UInt8: Halve<byte>(first, second, h, w, target); break;
            case VoxelType.Int8: Halve<sbyte>(first, second, h, w, target); break;
            case VoxelType.UInt16: Halve<ushort>(first, second, h, w, target); break;
            case VoxelType.Int16: Halve<short>(first, second, h, w, target); break;
            default: Halve<float>(first, second, h, w, target); break;
        }
    }

    private void Halve<T>(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, int h, int w, Span<byte> target) where T : unmanaged, INumber<T>
    {
        if (_isLabels)
        {
            LabelDownsampler.Halve(MemoryMarshal.Cast<byte, T>(first), MemoryMarshal.Cast<byte, T>(second), h, w, MemoryMarshal.Cast<byte, T>(target));
            return;
        }

        MeanDownsampler.Halve(MemoryMarshal.Cast<byte, T>(first), MemoryMarshal.Cast<byte, T>(second), h, w, MemoryMarshal.Cast<byte, T>(target));
    }
}
