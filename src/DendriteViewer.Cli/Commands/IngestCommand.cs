using System.CommandLine;
using System.Text.Json;
using DendriteViewer.Analysis;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Cli.Commands;

internal static class IngestCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A dataset.json, its folder, a folder of TIFF slices, a TIFF, NRRD, MetaImage, NIfTI, HDF5 or raw file, Zarr or N5." };
        var dataset = new Option<string?>("--dataset") { Description = "One volume: id of the dataset." };
        var hours = new Option<string?>("--hours") { Description = "One volume: hours of plating; of a file with several volumes, of each." };
        var modality = new Option<string>("--modality") { Description = "One volume: modality.", DefaultValueFactory = _ => "projection" };
        var voxel = new Option<string?>("--voxel-um") { Description = "One volume: voxel size in µm, one number or z,y,x, in place of the file's own." };
        var shape = new Option<string?>("--shape") { Description = "Raw file: z,y,x." };
        var dtype = new Option<string?>("--dtype") { Description = "Raw file: uint8 to uint64, int8 to int64, float16 to float64; >u2 is big-endian." };
        var offset = new Option<long?>("--byte-offset") { Description = "Raw file: bytes before the first voxel." };
        var inside = Shared.Inside();
        var region = new Option<string?>("--region") { Description = "Voxels to keep, z0:z1,y0:y1,x0:x1, or cell for those in the cell's outline." };
        var convert = new Option<string?>("--convert") { Description = "Spread values over uint8 or uint16; what they were is recorded." };
        var range = new Option<string?>("--range") { Description = "With --convert: LO:HI, what is spread; the rest is cut. Default: least to largest." };
        var denoise = new Option<string?>("--denoise") { Description = "Also keep MODALITY-median or MODALITY-nlm, filtered by median or nlm (non-local means)." };
        var register = new Option<bool>("--register") { Description = "Lay the scan onto the first of its modality; its own place is kept too." };
        var inPlace = new Option<bool>("--in-place") { Description = "Use an OME-Zarr of the store (blob:PREFIX) where it lies, without a copy." };
        var (store, json) = (Shared.Store(), Shared.Json());
        var command = new Command("ingest", "Import a dataset.json, or one volume; goes on where it stopped.") { path, dataset, hours, modality, voxel, shape, dtype, offset, inside, region, convert, range, denoise, register, inPlace, store, json };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var datasets = Shared.Open(parse.GetValue(store));
            var importer = new Importer(datasets, new ScanAnalysis(), TimeProvider.System) { SeriesReader = new CyclerSeriesReader() };
            ImportResult result;
            using (var bar = new ProgressBar("import", TimeProvider.System))
            {
                var progress = new Relay(p => bar.Report(p.Volume, p.TotalBytes == 0 ? 1 : (double)p.DoneBytes / p.TotalBytes));
                var source = parse.GetValue(path)!;
                var times = parse.GetValue(hours)?.Split(',').Select(t => Shared.TryNumber(t, out var h) && h >= 0 ? h : throw new UsageException($"--hours is a number, or several with commas, not '{t}'.")).ToArray();
                VolumeManifest Adjust(VolumeManifest v) => v with
                {
                    Region = parse.GetValue(region) is { } box ? ParseRegion(box) : v.Region,
                    Convert = parse.GetValue(convert) is { } type ? new ConvertManifest { Dtype = type, Range = parse.GetValue(range) is { } r && Shared.ParseRange(r, "--range") is var (low, high) ? [low, high] : null } : v.Convert,
                    Denoise = parse.GetValue(denoise) ?? v.Denoise,
                    Register = parse.GetValue(register) ? true : v.Register,
                    InPlace = parse.GetValue(inPlace) ? true : v.InPlace,
                };
                result = parse.GetValue(dataset) is { } id
                    ? await importer.ImportVolumeAsync(
                        new SingleImport(source, ParseId(id), Adjust(new VolumeManifest
                        {
                            Modality = parse.GetValue(modality)!,
                            Hours = times is { Length: > 0 } ? times[0] : throw new UsageException("--hours is needed with --dataset."),
                            VoxelSizeUm = parse.GetValue(voxel) is { } v ? ParseVoxel(v) : null,
                            Shape = parse.GetValue(shape) is { } s ? Shared.ParseShape(s) : null,
                            Dtype = parse.GetValue(dtype),
                            ByteOffset = parse.GetValue(offset),
                            Inside = parse.GetValue(inside),
                        }), times.Length > 1 ? times : null), progress, ct)
                    : await importer.ImportDatasetAsync(source, Adjust, progress, ct);
            }

            if (parse.GetValue(json))
            {
                ExitCodes.PrintJson(new
                {
                    id = result.Id.Value,
                    volumes = result.Volumes,
                    bytes = result.Bytes,
                    seconds = Math.Round(result.Elapsed.TotalSeconds, 3),
                    seriesChanges = result.SeriesChanges,
                    warnings = result.Warnings,
                });
            }
            else
            {
                Console.Out.WriteLine(result is { AlreadyThere: true, SeriesChanges.Count: > 0 }
                    ? $"{result.Id}: {result.Volumes} volume(s) were there already; series changed."
                    : result.AlreadyThere
                    ? $"{result.Id} was there already: {result.Volumes} volume(s)."
                    : $"{result.Id}: {result.Volumes} volume(s), {result.Bytes / 1e6:0.#} MB in {result.Elapsed.TotalSeconds:0.0} s.");
                foreach (var warning in result.Warnings)
                {
                    Console.Out.WriteLine("  " + warning);
                }
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    private static DatasetId ParseId(string text) => DatasetId.TryParse(text, out var id)
        ? id
        : throw new UsageException($"--dataset '{text}' is no id; use lower case letters, digits and hyphens.");

    private static JsonElement ParseRegion(string text)
    {
        return text == "cell" ? JsonSerializer.SerializeToElement("cell") : ImportOptions.ToJson(Shared.ParseRegion(text));
    }

    private static double[] ParseVoxel(string text)
    {
        var numbers = text.Split(',').Select(t => Shared.TryNumber(t, out var v) && v > 0 ? v : throw new UsageException($"--voxel-um is a number above 0 or z,y,x, not '{text}'.")).ToArray();
        return numbers.Length switch
        {
            1 => [numbers[0], numbers[0], numbers[0]],
            3 => numbers,
            _ => throw new UsageException($"--voxel-um is a number above 0 or z,y,x, not '{text}'."),
        };
    }

    private sealed class Relay(Action<ImportProgress> action) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => action(value);
    }
}
