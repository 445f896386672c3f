using System.CommandLine;
using DendriteViewer.Cli.Output;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Cli.Commands;

/// <summary>Lists what can draw here, and tests the devices as the app does before it draws on them.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        var json = Shared.Json();
        var untested = new Option<bool>("--untested") { Description = "List the devices without testing them." };
        var verbose = new Option<bool>("--verbose")
        {
            Description = "Say on stderr what each picture of the test gave, and all that is known of a failure.",
        };
        var command = new Command("devices", "What can draw here: the CPU's kernels, and devices by CUDA and OpenCL, each tested.")
        {
            json, untested, verbose,
        };
        command.SetAction((parse, _) => ExitCodes.RunAsync(() =>
        {
            var tried = ComputeDevice.Find().Select(d => Try(d, !parse.GetValue(untested), parse.GetValue(verbose))).ToArray();
            if (parse.GetValue(json))
            {
                PrintJson(tried);
            }
            else
            {
                Print(tried);
            }

            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    /// <summary>A device and what its test gave.</summary>
    /// <param name="Info">The device.</param>
    /// <param name="IsTested">Whether it was tested.</param>
    /// <param name="Pictures">What it drew.</param>
    /// <param name="Failure">What stopped the test.</param>
    private sealed record Tried(ComputeDeviceInfo Info, bool IsTested, IReadOnlyList<SelfTestPicture> Pictures, string? Failure)
    {
        /// <summary>Why the device is refused; null where it is not.</summary>
        public string? Refusal => Failure ?? Pictures.FirstOrDefault(p => !p.IsPassed)?.Verdict;
    }

    private static Tried Try(ComputeDeviceInfo info, bool isTested, bool isVerbose)
    {
        var pictures = new List<SelfTestPicture>();
        if (info.Obstacle is not null || !isTested)
        {
            return new Tried(info, isTested && info.Obstacle is null, pictures, info.Obstacle);
        }

        try
        {
            using var device = new ComputeDevice(info);
            foreach (var type in Enum.GetValues<VoxelType>())
            {
                foreach (var picture in DeviceSelfTest.Draw(device, type))
                {
                    pictures.Add(picture);
                    if (isVerbose)
                    {
                        Console.Error.WriteLine($"{info.Name}: {picture}");
                    }
                }
            }

            return new Tried(info, true, pictures, null);
        }
        catch (ComputeException e)
        {
            if (isVerbose)
            {
                Console.Error.WriteLine(e);
            }

            return new Tried(info, true, pictures, e.Message);
        }
    }

    private static void PrintJson(IEnumerable<Tried> tried) => ExitCodes.PrintJson(new
    {
        cpu = new { instructions = Packets.InstructionSet, threads = Environment.ProcessorCount },
        devices = tried.Select((t, i) => new
        {
            index = i, name = t.Info.Name, api = t.Info.Api.ToString().ToLowerInvariant(), kind = t.Info.Kind.ToString().ToLowerInvariant(),
            memoryBytes = t.Info.MemoryBytes, mostBufferBytes = t.Info.MostBufferBytes, units = t.Info.Units, version = t.Info.Version,
            tested = t.IsTested, accepted = t.IsTested && t.Refusal is null, refusal = t.Refusal,
            pictures = t.Pictures.Select(p => new
            {
                name = p.Name, pixels = p.Pixels, different = p.Different, allowed = p.Allowed, largest = Math.Round(p.Largest, 2),
                    mean = Math.Round(p.Mean, 4),
            }),
        }),
    });

    private static void Print(IReadOnlyList<Tried> tried)
    {
        Console.Out.WriteLine($"CPU     {Packets.InstructionSet}, {Environment.ProcessorCount} threads");
        for (var i = 0; i < tried.Count; i++)
        {
            var (t, d) = (tried[i], tried[i].Info);
            var use = d.Kind == ComputeKind.Gpu ? "" : ", drawn on with --device opencl only";
            Console.Out.WriteLine($"{d.Api,-7} {i}: {d.Name}, {d.Kind}, {d.Version}, {d.Units} units, {d.MemoryBytes >> 20} MiB{use}");
            var mean = t.Pictures.Select(p => p.Mean).DefaultIfEmpty().Max();
            Console.Out.WriteLine(t.Refusal is { } refusal ? $"        refused: {refusal}"
                : t.IsTested ? $"        accepted: {t.Pictures.Count} pictures are the CPU's, mean difference at most {mean:0.000} of 255"
                : "        not tested");
        }

        if (tried.Count == 0)
        {
            Console.Error.WriteLine(
                "No device is found. An NVIDIA card needs its driver; others need an OpenCL driver and Debian's ocl-icd-libopencl1.");
        }
    }
}
