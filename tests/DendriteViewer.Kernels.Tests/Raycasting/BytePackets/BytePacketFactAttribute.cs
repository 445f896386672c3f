using DendriteViewer.Kernels.Raycasting.BytePackets;

namespace DendriteViewer.Kernels.Tests.Raycasting.BytePackets;

/// <summary>A test of byte packets, reported as skipped where the processor has neither AVX-512 VBMI nor AVX2.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BytePacketFactAttribute : FactAttribute
{
    public BytePacketFactAttribute() => Skip = ByteRaycaster.IsSupported ? null : "This processor has neither AVX-512 VBMI nor AVX2.";
}

/// <inheritdoc cref="BytePacketFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BytePacketTheoryAttribute : TheoryAttribute
{
    public BytePacketTheoryAttribute() => Skip = ByteRaycaster.IsSupported ? null : "This processor has neither AVX-512 VBMI nor AVX2.";
}
