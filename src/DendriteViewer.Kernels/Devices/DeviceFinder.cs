using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace DendriteViewer.Kernels.Devices;

/// <summary>Finds the devices that are here, and makes an ILGPU context for one of them.</summary>
internal static class DeviceFinder
{
    // Drivers begin when they are first asked, and not every one can be asked by two threads then: PoCL told the second of no device.
    private static readonly Lock s_driver = new();

    static DeviceFinder()
    {
        try
        {
            // ILGPU loads "OpenCL", which is a link that only the development package of the loader has.
            NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, (name, assembly, path) =>
                name == "OpenCL" && NativeLibrary.TryLoad("libOpenCL.so.1", assembly, path, out var library) ? library : 0);
        }
        catch (InvalidOperationException)
        {
            // Under WSL ILGPU has a resolver of its own.
        }
    }

    /// <summary>NVIDIA's devices by CUDA, the others by OpenCL.</summary>
    public static IReadOnlyList<ComputeDeviceInfo> Find()
    {
        lock (s_driver)
        {
            var cuda = OrNone(() => CudaDevice.GetDevices(_ => true)).OfType<CudaDevice>().Select((d, i) => Describe(d, i));
            var openCl = OrNone(() => CLDevice.GetDevices(_ => true)).OfType<CLDevice>().Select((d, i) => (d.Vendor, Info: Describe(d, i)))
                .Where(d => d.Vendor != CLDeviceVendor.Nvidia).Select(d => d.Info);
            return [.. cuda, .. openCl];
        }
    }

    /// <summary>A context for one device alone, since a kernel that does not compile spoils its context.</summary>
    public static (Context Context, Accelerator Accelerator) Open(ComputeDeviceInfo info)
    {
        lock (s_driver)
        {
            var at = 0;
            if (info.Api == ComputeApi.Cuda)
            {
                // O2 has an open report of illegal accesses on CUDA.
                var cuda = Context.Create(b => b.Optimize(OptimizationLevel.O1).EnableAlgorithms()
                    .Cuda((CudaDevice _) => at++ == info.Index));
                return (cuda, cuda.GetCudaDevice(0).CreateCudaAccelerator(cuda));
            }

            var openCl = Context.Create(b => b.Optimize(OptimizationLevel.O2).EnableAlgorithms()
                .OpenCL(d => at++ == info.Index && Claim(d)));
            return (openCl, openCl.GetCLDevice(0).CreateCLAccelerator(openCl));
        }
    }

    // ILGPU takes devices with the generic address space alone, which PoCL lacks and our kernels do not need. That the device draws
    // rightly all
    // the same is for the self-test to say.
    private static bool Claim(CLDevice device)
    {
        if (!device.Capabilities.GenericAddressSpace)
        {
            typeof(CLCapabilityContext).GetProperty(nameof(CLCapabilityContext.GenericAddressSpace))!.GetSetMethod(nonPublic: true)!
                .Invoke(device.Capabilities, [true]);
        }

        return true;
    }

    // Without a driver ILGPU throws one thing or another.
    private static IReadOnlyList<Device> OrNone(Func<IReadOnlyList<Device>> find)
    {
        try
        {
            return find();
        }
        catch (Exception e) when (e is AcceleratorException or DllNotFoundException or TypeInitializationException
            or EntryPointNotFoundException or NotSupportedException)
        {
            return [];
        }
    }

    private static ComputeDeviceInfo Describe(CudaDevice d, int index) => new(
        ComputeApi.Cuda, index, d.Name.Trim('\0', ' '), ComputeKind.Gpu, d.MemorySize, d.MemorySize, d.NumMultiprocessors,
        $"{d.Architecture}, driver {d.DriverVersion}");

    private static ComputeDeviceInfo Describe(CLDevice d, int index)
    {
        var kind = d.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_GPU) ? ComputeKind.Gpu
            : d.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_CPU) ? ComputeKind.Cpu : ComputeKind.Other;
        var obstacle = kind == ComputeKind.Gpu && !d.Capabilities.GenericAddressSpace
            ? "its driver has no generic address space, which OpenCL 3 calls __opencl_c_generic_address_space" : null;
        return new ComputeDeviceInfo(
            ComputeApi.OpenCl, index, d.Name.Trim('\0', ' '), kind, d.MemorySize,
                d.GetDeviceInfo<long>(CLDeviceInfoType.CL_DEVICE_MAX_MEM_ALLOC_SIZE),
            d.NumMultiprocessors, $"{d.DeviceVersion}", obstacle);
    }
}
