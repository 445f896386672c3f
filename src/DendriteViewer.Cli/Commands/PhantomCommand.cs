using System.CommandLine;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Cli.Commands;

internal static class PhantomCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("OUT") { Description = "Folder to write." };
        var size = new Option<int>("--size") { Description = "Voxels along each axis.", DefaultValueFactory = _ => 256 };
        var voxel = new Option<double>("--voxel-um") { Description = "Edge of a voxel in µm.", DefaultValueFactory = _ => 1.0 };
        var seed = new Option<int>("--seed") { Description = "The same seed gives the same bytes.", DefaultValueFactory = _ => 1 };
        var hours = new Option<string>("--hours") { Description = "Hours of the scans.", DefaultValueFactory = _ => "0,0.5,1,1.5,2,2.5,3,3.2" };
        var band = new Option<string>("--band") { Description = "Depths of the band, µm.", DefaultValueFactory = _ => "100:120" };
        var tilt = new Option<double?>("--tilt-deg") { Description = "Tilt of the electrode in degrees, 0 to 10; drawn up to 3 where not given." };
        var drift = new Option<double>("--drift-voxels") { Description = "Most that a scan is displaced against the first.", DefaultValueFactory = _ => 2.0 };
        var nano = new Option<bool>("--nano")
        {
            Description = "Also cracks and voids that open while the cell is plated, and nano scans of the last hour (absorption and "
                + "phase contrast, 0.15 µm) of a field that lies a little otherwise than dataset.json states.",
        };
        var nanoSize = new Option<int?>("--nano-size")
        {
            Description = "Voxels of the nano scans along each axis, 32 to 2048; what suits the cell where not given, 512 at most.",
        };
        var flat = new Option<bool>("--flat") { Description = "A level, even electrode; dataset.json gives its interface as a number." };
        var around = new Option<string>("--around")
        {
            Description = "What is around the cell: wall, air or bright.", DefaultValueFactory = _ => "wall",
        };
        var json = Shared.Json();
        var command = new Command("phantom", "Make an experiment as a beamline would hand it over, with truth.json.") { target, size,
            voxel, seed, hours, band, tilt, drift, nano, nanoSize, flat, around, json };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(() =>
        {
            var (from, to) = Shared.ParseRange(parse.GetValue(band)!, "--band");
            var list = parse.GetValue(hours)!.Split(',').Select(t => Shared.TryNumber(t, out var h) && h >= 0 ? h : throw new UsageException($"--hours is a list of numbers, not '{t}'.")).ToArray();
            var options = new PhantomOptions { Size = parse.GetValue(size), VoxelUm = parse.GetValue(voxel), Seed = parse.GetValue(seed),
                Hours = list, Band = new Band(from, to), TiltDeg = parse.GetValue(tilt), DriftVoxels = parse.GetValue(drift), Nano =
                parse.GetValue(nano), NanoSize = parse.GetValue(nanoSize),
                Flat = parse.GetValue(flat),
                Around = Enum.TryParse<PhantomSurroundings>(parse.GetValue(around), ignoreCase: true, out var what) && Enum.IsDefined(what)
                    ? what
                    : throw new UsageException($"--around is wall, air or bright, not '{parse.GetValue(around)}'."),
            };
            var folder = parse.GetValue(target)!;
            using (var bar = new ProgressBar("phantom", TimeProvider.System))
            {
                new PhantomWriter(options).Write(folder, bar, ct);
            }

            if (parse.GetValue(json))
            {
                ExitCodes.PrintJson(new { path = Path.GetFullPath(folder), timesteps = list.Length, size = options.Size });
            }
            else
            {
                Console.Out.WriteLine($"{Path.Combine(folder, "dataset.json")}: {list.Length} scans of {options.Size}³ voxels.");
            }

            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }
}
