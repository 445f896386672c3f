using System.CommandLine;
using DendriteViewer.Cli.Output;
using DendriteViewer.Kernels.Devices;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Cli.Commands;

/// <summary>Lists what can draw here.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        var json = Shared.Json();
        var command = new Command("devices", "What can draw here: the CPU's kernels, and OpenCL devices.") { json };
        command.SetAction((parse, _) => ExitCodes.RunAsync(() =>
        {
            var found = ComputeDevice.Find();
            if (parse.GetValue(json))
            {
                ExitCodes.PrintJson(new
                {
                    cpu = new { instructions = Packets.InstructionSet, threads = Environment.ProcessorCount },
                    devices = found.Select(d => new { name = d.Name, kind = d.Kind.ToString().ToLowerInvariant(), memoryBytes = d.MemoryBytes, mostBufferBytes = d.MostBufferBytes, units = d.Units }),
                });
                return Task.FromResult(ExitCodes.Done);
            }

            Console.Out.WriteLine($"CPU     {Packets.InstructionSet}, {Environment.ProcessorCount} threads");
            foreach (var d in found)
            {
                Console.Out.WriteLine($"OpenCL  {d.Name}, {d.Kind}, {d.Units} units, {d.MemoryBytes >> 20} MiB{(d.Kind == ComputeKind.Gpu ? "" : ", drawn on with --device opencl only")}");
            }

            if (found.Count == 0)
            {
                Console.Error.WriteLine("OpenCL finds no device. For a graphics processor install its driver and Debian's ocl-icd-libopencl1.");
            }

            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }
}
