using System.Reflection;
using DendriteViewer.Kernels.Devices;
using DendriteViewer.Kernels.Downsampling;
using DendriteViewer.Kernels.Raycasting;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.IL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace DendriteViewer.Kernels.Tests.Devices;

/// <summary>Every kernel of the assembly, found by what it looks like, and compiled to PTX, which needs no graphics processor.</summary>
internal sealed class KernelCatalogue : IDisposable
{
    private readonly Context _context = Context.Create(b => b.Optimize(OptimizationLevel.O1).EnableAlgorithms());
    private readonly PTXBackend _backend;

    public KernelCatalogue()
    {
        var architecture = CudaArchitecture.SM_80;
        _backend = new PTXBackend(_context, new CudaCapabilityContext(architecture), architecture, CudaInstructionSet.ISA_80, null!);
    }

    /// <summary>A kernel for one voxel type, or for all.</summary>
    public sealed record Kernel(string Name, MethodInfo Method);

    /// <summary>Static methods without a result of the classes called …Kernels or …Program, for every voxel type that they take.</summary>
    public static IReadOnlyList<Kernel> All { get; } =
    [
        .. typeof(RayKernels).Assembly.GetTypes()
            .Where(t => t.Name.EndsWith("Kernels", StringComparison.Ordinal) || t.Name.EndsWith("Program", StringComparison.Ordinal))
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(m => m.ReturnType == typeof(void)).SelectMany(Instances).OrderBy(k => k.Name, StringComparer.Ordinal),
    ];

    /// <summary>The kernel's PTX, after its launcher was made as for a device.</summary>
    public string Compile(Kernel kernel)
    {
        var compiled = (PTXCompiledKernel)_backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel.Method),
            KernelSpecialization.Empty);

        // The launcher copies the arguments in an assembly that ILGPU makes, which sees public types alone.
        var launcher = new System.Reflection.Emit.DynamicMethod(
            "launcher", typeof(void),
            [typeof(ILGPU.Runtime.Kernel), typeof(AcceleratorStream), typeof(KernelConfig),
                .. kernel.Method.GetParameters().Select(p => p.ParameterType)],
            typeof(Context).Module, skipVisibility: true);
        var entry = typeof(CompiledKernel)
            .GetProperty("EntryPoint", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!.GetValue(compiled);
        typeof(PTXArgumentMapper).GetMethods(BindingFlags.Instance | BindingFlags.Public).First(m => m.Name == "Map")
            .MakeGenericMethod(typeof(ILEmitter))
            .Invoke(_backend.ArgumentMapper, [new ILEmitter(launcher.GetILGenerator()), entry]);
        return compiled.PTXAssembly;
    }

    /// <summary>Instructions of a kernel's PTX.</summary>
    public static int Instructions(string ptx) =>
        ptx.Split('\n').Select(l => l.Trim()).Count(l => l.EndsWith(';') && !l.StartsWith('.'));

    public void Dispose()
    {
        _backend.Dispose();
        _context.Dispose();
    }

    private static IEnumerable<Kernel> Instances(MethodInfo method)
    {
        var name = $"{method.DeclaringType!.Name}.{method.Name}";
        if (!method.IsGenericMethodDefinition)
        {
            return [new Kernel(name, method)];
        }

        IEnumerable<Type[]> arguments = [[]];
        foreach (var parameter in method.GetGenericArguments())
        {
            var constraint = parameter.GetGenericParameterConstraints().First(c => c.IsInterface);
            var types = constraint.Assembly.GetTypes().Where(t => t.IsValueType && constraint.IsAssignableFrom(t)).ToArray();
            arguments = arguments.SelectMany(a => types.Select(t => (Type[])[.. a, t])).ToArray();
        }

        return arguments.Select(a => new Kernel($"{name}, {string.Join(' ', a.Select(t => t.Name))}", method.MakeGenericMethod(a)));
    }
}
