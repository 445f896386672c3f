using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Cli.Commands;

internal static class InspectCommand
{
    private const string Blocks = " ▁▂▃▄▅▆▇█";

    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A file, a folder, an address or a prefix of the store (blob:PREFIX) that could be imported." };
        var shape = new Option<string?>("--shape") { Description = "Raw file: z,y,x." };
        var dtype = new Option<string?>("--dtype") { Description = "Raw file: uint8 to uint64, int8 to int64, float16 to float64; >u2 is big-endian." };
        var offset = new Option<long?>("--byte-offset") { Description = "Raw file: bytes before the first voxel." };
        var inside = Shared.Inside();
        var target = new Option<string?>("--out") { Description = "Write the middle slice there, as PNG." };
        var (store, json) = (Shared.Store(), Shared.Json());
        var command = new Command("inspect", "Say what a file is, before it is imported.") { path, shape, dtype, offset, inside, target, store, json };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(() =>
        {
            var source = parse.GetValue(path)!;
            var found = Inspection.Of(
                source,
                new VolumeManifest { Shape = parse.GetValue(shape) is { } s ? Shared.ParseShape(s) : null, Dtype = parse.GetValue(dtype), ByteOffset = parse.GetValue(offset), Inside = parse.GetValue(inside) },
                TimeProvider.System, null, ct, Shared.Open(parse.GetValue(store)).Blobs);
            if (parse.GetValue(target) is { } png)
            {
                using var image = found.MiddleSlice();
                var encoded = new ArrayBufferWriter<byte>();
                PngEncoder.Encode(image, encoded, CompressionLevel.Optimal);
                File.WriteAllBytes(png, encoded.WrittenSpan);
            }

            var size = found.Geometry?.Transform.VoxelSize;
            if (parse.GetValue(json))
            {
                ExitCodes.PrintJson(new
                {
                    path = VolumeFiles.IsRemote(source) ? source : Path.GetFullPath(source), format = found.Format, frames = found.Frames, shape = new[] { found.Shape.Z, found.Shape.Y, found.Shape.X },
                    samples = found.Samples.Name(), dtype = found.Type.ZarrName(), voxelSizeUm = size is { } v ? new[] { v.Z, v.Y, v.X } : null, voxelSizeFrom = found.Geometry?.From,
                    remarks = found.Remarks, slicesRead = found.SlicesRead, notFinite = found.NotFinite,
                    histogram = new
                    {
                        least = found.Histogram.Least, most = found.Histogram.Most, bins = found.Histogram.Bins,
                        otsu = found.Histogram.Threshold,
                    },
                    storedBytes = found.StoredBytes, seconds = Math.Round(found.Seconds, 2),
                });
                return Task.FromResult(ExitCodes.Done);
            }

            var invariant = CultureInfo.InvariantCulture;
            Console.Out.WriteLine(string.Create(invariant, $"{source}: {found.Format}, {(found.Frames > 1 ? $"{found.Frames} volumes of " : "")}{found.Shape} voxels of {found.Samples.Name()}{(found.Samples.IsStored() ? "" : $", stored as {found.Type.ZarrName()}")}"));
            Console.Out.WriteLine(size is { } um
                ? string.Create(invariant, $"  voxel    {um.Z:0.######} × {um.Y:0.######} × {um.X:0.######} µm (z, y, x), from its {found.Geometry!.From}")
                : "  voxel    not known; give --voxel-um");
            var slices = found.SlicesRead switch { 1 => "one slice", 2 => "two slices", _ => "three slices" };
            Console.Out.WriteLine(string.Create(
                invariant,
                $"  values   {found.Histogram.Least:0.######} to {found.Histogram.Most:0.######} in {slices}, "
                + $"Otsu's threshold {found.Histogram.Threshold:0.######}"));
            Console.Out.WriteLine($"           {Bars(found.Histogram.Bins)}");
            Console.Out.WriteLine(string.Create(invariant, $"  import   about {found.StoredBytes / 1e6:0.#} MB and {Math.Max(1, found.Seconds):0} s"));
            foreach (var remark in found.Remarks)
            {
                Console.Out.WriteLine("  " + remark);
            }

            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    // Sixty-four bars by the logarithm of their counts.
    private static string Bars(IReadOnlyList<long> bins)
    {
        var sums = bins.Chunk(Math.Max(1, bins.Count / 64)).Select(c => Math.Log(1 + c.Sum())).ToArray();
        var most = Math.Max(sums.Max(), 1e-9);
        return string.Concat(sums.Select(s => Blocks[(int)Math.Ceiling(s / most * (Blocks.Length - 1))]));
    }
}
