namespace DendriteViewer.Kernels.Sampling;

/// <summary>How many rays or pixels at a time.</summary>
public enum PacketLanes
{
    /// <summary>One: the specification.</summary>
    Scalar = 1,

    /// <summary>Four, with SSE4.1 or AdvSimd.</summary>
    Four = 4,

    /// <summary>Eight, with AVX2.</summary>
    Eight = 8,

    /// <summary>Sixteen, with AVX-512.</summary>
    Sixteen = 16,
}

/// <summary>The packets that this processor has.</summary>
public static class Packets
{
    /// <summary>The widest.</summary>
    public static PacketLanes Widest { get; } = Lanes512.IsSupported ? PacketLanes.Sixteen
        : Lanes256.IsSupported ? PacketLanes.Eight
        : Lanes128.IsSupported ? PacketLanes.Four
        : PacketLanes.Scalar;

    /// <summary>The instruction set in use, for the record of a measurement.</summary>
    public static string InstructionSet => Widest switch { PacketLanes.Sixteen => "AVX-512", PacketLanes.Eight => "AVX2", PacketLanes.Four => "128-bit", _ => "scalar" };

    /// <summary>Whether this processor has packets of so many lanes.</summary>
    public static bool Supports(PacketLanes lanes) => lanes switch
    {
        PacketLanes.Sixteen => Lanes512.IsSupported,
        PacketLanes.Eight => Lanes256.IsSupported,
        PacketLanes.Four => Lanes128.IsSupported,
        _ => true,
    };
}
