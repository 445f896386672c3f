namespace DendriteViewer.Analysis.Phantoms;

/// <summary>Numbers that look random and depend on nothing but a phantom's seed and what they are drawn for.</summary>
internal static class PhantomRandom
{
    /// <summary>A seed for what is drawn of one thing.</summary>
    /// <param name="a">The phantom's seed.</param>
    /// <param name="b">Which timestep, or another number.</param>
    /// <param name="c">What is drawn.</param>
    public static int SeedOf(int a, int b, int c)
    {
        unchecked
        {
            var h = (uint)a * 0x9E3779B1u ^ (uint)b * 0x85EBCA77u ^ (uint)c * 0xC2B2AE3Du;
            h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
            h = (h ^ (h >> 12)) * 0x297A2D39u;
            return (int)(h ^ (h >> 15));
        }
    }

    /// <summary>A normal deviate by the method of Box and Muller (Ann. Math. Stat. 29, 610, 1958).</summary>
    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>A number between two others.</summary>
    public static double Between(Random random, double low, double high) => low + (high - low) * random.NextDouble();
}

/// <summary>Normal deviates, as the sum of four uniform ones: fast, and in tails that a detector clips anyway.</summary>
internal sealed class DetectorNoise(uint seed)
{
    private ulong _state = seed * 0x9E3779B97F4A7C15UL + 0x1234567;

    public float Next()
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        var s = _state;
        var sum = (int)(s & 0xFFFF) + (int)((s >> 16) & 0xFFFF) + (int)((s >> 32) & 0xFFFF) + (int)(s >> 48);
        return (sum - 131070) * (1.7320508f / 65536);
    }
}
