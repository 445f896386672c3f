using System.Buffers;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;
using Microsoft.Win32.SafeHandles;

namespace DendriteViewer.Imaging.Formats;

/// <summary>Samples one after another in a stream, the last axis fastest: what NRRD, MetaImage, NIfTI and raw files come down to.</summary>
/// <param name="Path">Named in errors.</param>
/// <param name="Shape">Of one volume.</param>
/// <param name="Samples">Their type.</param>
/// <param name="BigEndian">Their byte order.</param>
/// <param name="Scale">Factor and offset that make values of samples; null for none.</param>
/// <param name="Open">A stream at the first sample of the first volume.</param>
/// <param name="Layout">Where they lie; null for slices and volumes one after another.</param>
internal sealed record SampleStream(
    string Path, VolumeShape Shape, SampleType Samples, bool BigEndian, (double Slope, double Intercept)? Scale, Func<Stream> Open,
    SampleLayout? Layout = null)
{
    public VoxelType Type => Scale is null ? Samples.StoredAs() : VoxelType.Float32;

    public ISliceSource Frame(int frame, string fingerprint) => new Reader(this, frame, fingerprint);

    // Of a file that is not packed, any slice can be read by anybody. Of another, slices are asked for in order; one behind the last begins
    // the stream again.
    private sealed class Reader(SampleStream from, int frame, string fingerprint) : ISliceSource
    {
        private readonly int _bytes = (int)(from.Shape.SliceCount * from.Samples.Size());
        private readonly SampleLayout _layout = from.Layout ?? SampleLayout.Standard(from.Shape, 1);
        private readonly Lock _opening = new();
        private Stream? _stream;
        private long _at;
        private (SafeFileHandle File, long Start)? _plain;

        // All of the volume, where the file's order leaves no other way.
        private byte[]? _turned;

        public VolumeShape Shape => from.Shape;

        public VoxelType Type => from.Type;

        public string Fingerprint => fingerprint;

        public bool InAnyOrder
        {
            get
            {
                try
                {
                    return _layout.HasSlicesApart && Opened() is not null;
                }
                catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
                {
                    throw Damaged("its beginning", e);
                }
            }
        }

        public void ReadSlice(int z, Span<byte> target)
        {
            var direct = from.Scale is null && from.Samples.IsStored();
            var rented = direct ? null : ArrayPool<byte>.Shared.Rent(_bytes);
            try
            {
                var samples = direct ? target[.._bytes] : rented.AsSpan(0, _bytes);
                Fill(z, samples);
                Convert(samples, target, direct);
            }
            catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
            {
                throw Damaged($"slice {z}", e);
            }
            finally
            {
                if (rented is not null)
                {
                    ArrayPool<byte>.Shared.Return(rented);
                }
            }
        }

        public void Dispose() => _stream?.Dispose();

        private void Fill(int z, Span<byte> samples)
        {
            var size = from.Samples.Size();
            if (_layout.HasWholeSlices)
            {
                ReadAt((frame * _layout.Time + z * _layout.Z) * size, samples);
            }
            else if (_layout.HasSlicesApart)
            {
                _layout.Gather(frame, z, 1, size, ReadAt, samples);
            }
            else
            {
                if (_turned is null)
                {
                    var turned = GC.AllocateUninitializedArray<byte>(_bytes * from.Shape.Z);
                    _layout.Gather(frame, 0, from.Shape.Z, size, ReadAt, turned);
                    _turned = turned;
                }

                _turned.AsSpan(z * _bytes, _bytes).CopyTo(samples);
            }
        }

        private void ReadAt(long wanted, Span<byte> bytes)
        {
            if (Opened() is var (file, start))
            {
                for (var done = 0; done < bytes.Length;)
                {
                    var n = RandomAccess.Read(file, bytes[done..], start + wanted + done);
                    done += n > 0 ? n : throw new EndOfStreamException();
                }

                return;
            }

            if (_at > wanted)
            {
                _stream!.Dispose();
                (_stream, _at) = (from.Open(), 0);
            }

            Skip(_stream!, wanted - _at);
            _at = wanted;
            _stream!.ReadExactly(bytes);
            _at += bytes.Length;
        }

        // Where the samples lie, if they lie in one file as they are.
        private (SafeFileHandle File, long Start)? Opened()
        {
            lock (_opening)
            {
                if (_stream is null)
                {
                    _stream = from.Open();
                    _plain = _stream is FileStream file ? (file.SafeFileHandle, file.Position) : null;
                }

                return _plain;
            }
        }

        private VolumeFormatException Damaged(string what, Exception e) =>
            new($"{from.Path} ends or is damaged in {what}{(frame > 0 ? $" of volume {frame}" : "")}; copy it again from its source.", e);

        private void Convert(Span<byte> samples, Span<byte> target, bool direct)
        {
            if (from.Scale is not { } scale)
            {
                if (!direct || from.BigEndian)
                {
                    Formats.Samples.Convert(from.Samples, from.BigEndian, samples, target, from.Path);
                }

                return;
            }

            // Through the nearest float of the sample, which for the types that are scaled is the sample itself.
            var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(target);
            var (kept, size) = (from.Samples.StoredAs(), from.Samples.StoredAs().Size());
            var raw = ArrayPool<byte>.Shared.Rent(values.Length * size);
            var scaled = ArrayPool<double>.Shared.Rent(values.Length);
            try
            {
                Formats.Samples.Convert(from.Samples, from.BigEndian, samples, raw.AsSpan(0, values.Length * size), from.Path);
                Zarr.DenseLevels.ToFloat(raw.AsSpan(0, values.Length * size), kept, values);
                for (var i = 0; i < values.Length; i++)
                {
                    scaled[i] = scale.Slope * values[i] + scale.Intercept;
                }

                FloatRounding.Round(scaled.AsSpan(0, values.Length), values, from.Path);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(raw);
                ArrayPool<double>.Shared.Return(scaled);
            }
        }

        private static void Skip(Stream stream, long count)
        {
            var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(1 << 16, Math.Max(1, count)));
            try
            {
                while (count > 0)
                {
                    var n = (int)Math.Min(buffer.Length, count);
                    stream.ReadExactly(buffer, 0, n);
                    count -= n;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Refuses shapes that no file of a length can hold, before anything is allocated for them.</summary>
    /// <param name="path">Named in the error.</param>
    /// <param name="axes">The axes, slowest first.</param>
    /// <param name="sampleBytes">Bytes of a sample.</param>
    /// <param name="storedBytes">Bytes that hold the samples.</param>
    /// <param name="ratio">The most that a byte of them can stand for: 1 where nothing is compressed.</param>
    /// <param name="slice">Rows and columns of a slice; null where they are the last two axes.</param>
    public static void CheckSize(
        string path, IReadOnlyList<long> axes, int sampleBytes, long storedBytes, long ratio, (long Rows, long Columns)? slice = null)
    {
        if (axes.Any(a => a <= 0))
        {
            throw new VolumeFormatException($"{path} says that an axis has {axes.First(a => a <= 0)} voxels; the header is damaged.");
        }

        var bytes = axes.Aggregate((UInt128)sampleBytes, (a, b) => a > UInt128.MaxValue >> 64 ? a : a * (UInt128)b);
        if (bytes > (UInt128)storedBytes * (UInt128)ratio + (ratio > 1 ? 65536u : 0u) || axes.Any(a => a > int.MaxValue))
        {
            throw new VolumeFormatException(
                $"{path} says that it has {string.Join(" × ", axes)} voxels "
                + $"of {sampleBytes} bytes{(ratio == 1 ? $", {bytes} bytes" : "")}, which its {storedBytes} bytes of data cannot hold; "
                + "the header is damaged, or the file was cut off.");
        }

        var (rows, columns) = slice ?? (axes[^2], axes[^1]);
        if ((UInt128)rows * (UInt128)columns * (UInt128)Math.Max(4, sampleBytes) > int.MaxValue)
        {
            throw new VolumeFormatException($"{path}: a slice of {rows} × {columns} is larger than 2 GiB, which is not supported.");
        }
    }
}
