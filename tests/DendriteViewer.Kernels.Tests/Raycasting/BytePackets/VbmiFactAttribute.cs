using DendriteViewer.Kernels.Raycasting.BytePackets;

namespace DendriteViewer.Kernels.Tests.Raycasting.BytePackets;

/// <summary>A test of byte packets, reported as skipped where the processor has no AVX-512 VBMI.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class VbmiFactAttribute : FactAttribute
{
    public VbmiFactAttribute() => Skip = ByteRaycaster.IsSupported ? null : "This processor has no AVX-512 VBMI.";
}

/// <inheritdoc cref="VbmiFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class VbmiTheoryAttribute : TheoryAttribute
{
    public VbmiTheoryAttribute() => Skip = ByteRaycaster.IsSupported ? null : "This processor has no AVX-512 VBMI.";
}
