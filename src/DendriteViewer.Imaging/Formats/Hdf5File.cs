using System.Globalization;
using DendriteViewer.Hdf5;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats;

/// <summary>
/// One dataset of an HDF5 or NeXus file. It is read by a process of its own (<see cref="Hdf5Process"/>), since what libhdf5 crashes
/// on must not take the app with it.
/// </summary>
internal sealed class Hdf5File : VolumeFile
{
    private readonly string _path;
    private readonly Hdf5Description _said;
    private readonly Func<string, string> _confine;

    /// <param name="path">The file.</param>
    /// <param name="inside">Path of the dataset, or null to have one chosen.</param>
    /// <param name="confine">Asked before another file is opened.</param>
    public Hdf5File(string path, string? inside, Func<string, string> confine)
    {
        (_path, _confine) = (path, confine);
        using (var process = new Hdf5Process(path, inside, confine))
        {
            _said = process.Description;
        }

        Samples = Enum.Parse<SampleType>(_said.SampleType, ignoreCase: true);
        (Geometry, Remarks) = GeometryOf(_said);
        Remarks = [$"the dataset is {_said.Dataset}, {_said.ChosenBy}", .. _said.Remarks, .. Remarks];
        Fingerprint = Fingerprints.Of(_said.Files) + _said.Dataset;
    }

    public override string Format => string.Join(", ", ["HDF5", .. _said.Packing]);

    public override VolumeShape Shape => new((int)_said.Shape[1], (int)_said.Shape[2], (int)_said.Shape[3]);

    public override SampleType Samples { get; }

    public override int Frames => (int)_said.Shape[0];

    public override FileGeometry? Geometry { get; }

    public override IReadOnlyList<string> Remarks { get; }

    public override string Fingerprint { get; }

    public override ISliceSource Open(int frame) => new Reader(this, frame);

    /// <summary>Whether a file begins as HDF5 does, perhaps behind what another program puts before it: 512 bytes, or that doubled.</summary>
    public static bool IsHdf5(string path)
    {
        ReadOnlySpan<byte> signature = [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0d, 0x0a, 0x1a, 0x0a];
        Span<byte> head = stackalloc byte[8];
        using var file = File.OpenHandle(path);
        for (long at = 0; at <= 1 << 20; at = at == 0 ? 512 : 2 * at)
        {
            if (RandomAccess.Read(file, head, at) < head.Length)
            {
                return false;
            }

            if (head.SequenceEqual(signature))
            {
                return true;
            }
        }

        return false;
    }

    private static (FileGeometry?, string[] Remarks) GeometryOf(Hdf5Description said)
    {
        if (said.VoxelSize is not { } size)
        {
            return (null, []);
        }

        var um = size.Zip(said.VoxelUnits!, (s, unit) => s * LengthUnits.InUm(unit)).ToArray();
        if (um.Any(s => s is null))
        {
            var units = said.VoxelUnits!.Where(u => LengthUnits.InUm(u) is null).Distinct();
            return (null, [$"its {said.VoxelSizeFrom} are in {string.Join(", ", units)}, which is no length; give voxelSizeUm"]);
        }

        if (um.Any(s => !(s > 0 && double.IsFinite(s.Value))))
        {
            var shown = string.Join(" × ", size.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
            return (null, [$"its {said.VoxelSizeFrom} says that a voxel is of {shown} {said.VoxelUnits![0]}, which is no size, so it was "
                + "not taken; give voxelSizeUm"]);
        }

        return (new FileGeometry(AffineTransform.Of(new VoxelSize(um[0]!.Value, um[1]!.Value, um[2]!.Value), default), said.VoxelSizeFrom!), []);
    }

    // Asks for a layer of chunks at a time, and for the next while this one is used.
    private sealed class Reader(Hdf5File file, int frame) : ISliceSource
    {
        private readonly long _sliceBytes = file.Shape.SliceCount * file.Samples.Size();
        private Hdf5Process? _process;
        private byte[] _layer = [];
        private int _from, _count, _asked = -1;

        public VolumeShape Shape => file.Shape;

        public VoxelType Type => file.Type;

        public string Fingerprint => $"{file.Fingerprint}|{frame}";

        public void ReadSlice(int z, Span<byte> target)
        {
            if (z < _from || z >= _from + _count)
            {
                Load(z);
            }

            var slice = _layer.AsSpan((int)((z - _from) * _sliceBytes), (int)_sliceBytes);
            Formats.Samples.Convert(file.Samples, bigEndian: !BitConverter.IsLittleEndian, slice, target, file._path);
        }

        public void Dispose() => _process?.Dispose();

        private void Load(int z)
        {
            _process ??= new Hdf5Process(file._path, file._said.Dataset, file._confine);
            if (!_process.Description.Shape.AsSpan().SequenceEqual(file._said.Shape) || _process.Description.SampleType != file._said.SampleType)
            {
                throw new VolumeFormatException($"{file._path} became another while it was read; import it again when nothing writes to it.");
            }

            var deep = file._said.LayerSlices;
            var first = z / deep * deep;
            int Count(int from) => Math.Min(deep, Shape.Z - from);
            if (_asked != first)
            {
                if (_asked >= 0)
                {
                    _process.Skip(Count(_asked) * _sliceBytes);
                }

                _process.Ask(frame, first, Count(first));
            }

            (_from, _count, _asked) = (first, 0, -1);
            var bytes = (int)(Count(first) * _sliceBytes);
            if (_layer.Length < bytes)
            {
                _layer = GC.AllocateUninitializedArray<byte>(bytes);
            }

            _process.Read(_layer.AsSpan(0, bytes));
            _count = Count(first);
            if (first + deep < Shape.Z)
            {
                _asked = first + deep;
                _process.Ask(frame, _asked, Count(_asked));
            }
        }
    }
}
