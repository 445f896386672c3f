using DendriteViewer.Kernels.Scheduling;
using ILGPU;
using ILGPU.Runtime;

namespace DendriteViewer.Kernels.Devices;

/// <summary>
/// The way of bricks to a device: two page-locked buffers, each with a stream of its own. While one is on its way the other is filled, by
/// several threads, since one thread copies more slowly than the bus takes.
/// </summary>
internal sealed class DeviceStaging : IDisposable
{
    private const int Size = 32 << 20;

    private readonly PageLockedArray1D<byte>[] _buffers;
    private readonly AcceleratorStream[] _streams;

    public DeviceStaging(Accelerator accelerator)
    {
        _buffers = [accelerator.AllocatePageLocked1D<byte>(Size, uninitialized: true),
            accelerator.AllocatePageLocked1D<byte>(Size, uninitialized: true)];
        _streams = [accelerator.CreateStream(), accelerator.CreateStream()];
    }

    /// <summary>Copies pieces into a buffer and waits until all are there. A piece is at most as long as a staging buffer.</summary>
    public void Copy(ArrayView<byte> target, IReadOnlyList<(byte[] Data, long Offset)> pieces)
    {
        var turn = 0;
        for (var first = 0; first < pieces.Count; turn ^= 1)
        {
            var places = new List<int>();
            for (int at = 0, i = first; i < pieces.Count && at + pieces[i].Data.Length <= Size; i++)
            {
                places.Add(at);
                at += pieces[i].Data.Length;
            }

            if (places.Count == 0)
            {
                var (data, offset) = pieces[first++];
                target.SubView(offset, data.Length).CopyFromCPU(_streams[turn], data);
                continue;
            }

            _streams[turn].Synchronize();
            var (buffer, from) = (_buffers[turn], first);
            Parallel.For(0, places.Count, ComputeLane.Options(), i => pieces[from + i].Data.CopyTo(buffer.Span[places[i]..]));
            for (var i = 0; i < places.Count; i++)
            {
                var (data, offset) = pieces[first + i];
                target.SubView(offset, data.Length).CopyFromCPUUnsafeAsync(_streams[turn], ref buffer.Span[places[i]], data.Length);
            }

            first += places.Count;
        }

        _streams[0].Synchronize();
        _streams[1].Synchronize();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _buffers)
        {
            buffer.Dispose();
        }
    }
}
