using System.Numerics;

namespace DendriteViewer.Analysis.Impedance.Circuits;

/// <summary>Kinds of circuit elements.</summary>
public enum ElementKind
{
    /// <summary>R: Z = R.</summary>
    Resistor,

    /// <summary>C: Z = 1/(jωC).</summary>
    Capacitor,

    /// <summary>L: Z = jωL.</summary>
    Inductor,

    /// <summary>CPE: Z = 1/(Q(jω)ⁿ).</summary>
    ConstantPhase,

    /// <summary>W, diffusion without an end: Z = A(1 − j)/√ω.</summary>
    Warburg,

    /// <summary>Wo, diffusion to a blocked end: Z = Z₀/(√(jωτ)·tanh √(jωτ)).</summary>
    BlockedWarburg,

    /// <summary>Ws, diffusion to an open end: Z = Z₀·tanh √(jωτ)/√(jωτ).</summary>
    OpenWarburg,
}

/// <summary>What a parameter of a circuit is.</summary>
public enum ParameterRole
{
    /// <summary>A resistance in Ω: R, or Z₀ of a finite Warburg element.</summary>
    Resistance,

    /// <summary>A capacitance in F.</summary>
    Capacitance,

    /// <summary>An inductance in H.</summary>
    Inductance,

    /// <summary>Q of a constant phase element, in Ω⁻¹ sⁿ.</summary>
    Admittance,

    /// <summary>The exponent n of a constant phase element, 0 to 1.</summary>
    Exponent,

    /// <summary>The coefficient A of a Warburg element, in Ω s^−½.</summary>
    WarburgCoefficient,

    /// <summary>A time τ in s.</summary>
    Time,
}

/// <summary>A parameter of a circuit.</summary>
/// <param name="Name">Its name: R0, C1, CPE1_0 (Q), CPE1_1 (n), Wo1_0 (Z₀), Wo1_1 (τ).</param>
/// <param name="Role">What it is.</param>
public sealed record CircuitParameter(string Name, ParameterRole Role)
{
    /// <summary>Its unit as text; empty for an exponent.</summary>
    public string Unit => Role switch
    {
        ParameterRole.Resistance => "Ω",
        ParameterRole.Capacitance => "F",
        ParameterRole.Inductance => "H",
        ParameterRole.Admittance => "Ω⁻¹ sⁿ",
        ParameterRole.WarburgCoefficient => "Ω s^-½",
        ParameterRole.Time => "s",
        _ => "",
    };
}

/// <summary>An element of a circuit.</summary>
/// <param name="Name">Its name: R0, CPE1.</param>
/// <param name="Kind">What it is.</param>
/// <param name="First">The index of its first parameter among those of the circuit.</param>
public sealed record CircuitElement(string Name, ElementKind Kind, int First)
{
    // Below, tanh x is its series: the quotient of exponentials loses digits there.
    private const double SmallRoot = 1e-3;

    /// <summary>How many parameters a kind has.</summary>
    public static int ParametersOf(ElementKind kind) => kind switch
    {
        ElementKind.ConstantPhase or ElementKind.BlockedWarburg or ElementKind.OpenWarburg => 2,
        _ => 1,
    };

    /// <summary>Its parameters, in order.</summary>
    public IReadOnlyList<CircuitParameter> Parameters => Kind switch
    {
        ElementKind.Resistor => [new(Name, ParameterRole.Resistance)],
        ElementKind.Capacitor => [new(Name, ParameterRole.Capacitance)],
        ElementKind.Inductor => [new(Name, ParameterRole.Inductance)],
        ElementKind.ConstantPhase => [new(Name + "_0", ParameterRole.Admittance), new(Name + "_1", ParameterRole.Exponent)],
        ElementKind.Warburg => [new(Name, ParameterRole.WarburgCoefficient)],
        _ => [new(Name + "_0", ParameterRole.Resistance), new(Name + "_1", ParameterRole.Time)],
    };

    /// <summary>
    /// Its impedance in Ω and the derivatives by the logarithm of each of its parameters (by the exponent of a constant phase element
    /// itself).
    /// </summary>
    /// <param name="omega">Angular frequency ω in 1/s, above 0.</param>
    /// <param name="parameters">Values of all parameters of the circuit.</param>
    /// <param name="gradient">Receives the derivatives, at the places of its parameters; empty where they are not needed.</param>
    public Complex Impedance(double omega, ReadOnlySpan<double> parameters, Span<Complex> gradient)
    {
        var first = parameters[First];
        switch (Kind)
        {
            case ElementKind.Resistor:
                return Only(first, 1, gradient);
            case ElementKind.Capacitor:
                return Only(new Complex(0, -1 / (omega * first)), -1, gradient);
            case ElementKind.Inductor:
                return Only(new Complex(0, omega * first), 1, gradient);
            case ElementKind.Warburg:
                var part = first / Math.Sqrt(omega);
                return Only(new Complex(part, -part), 1, gradient);
            case ElementKind.ConstantPhase:
                var n = parameters[First + 1];
                var (sine, cosine) = Math.SinCos(n * Math.PI / 2);
                var size = Math.Pow(omega, -n) / first;
                var cpe = new Complex(size * cosine, -size * sine);
                if (gradient.Length > 0)
                {
                    gradient[First] = -cpe;
                    gradient[First + 1] = -cpe * new Complex(Math.Log(omega), Math.PI / 2);
                }

                return cpe;
            default:
                return FiniteWarburg(omega, first, parameters[First + 1], gradient);
        }
    }

    private Complex Only(Complex z, int sign, Span<Complex> gradient)
    {
        if (gradient.Length > 0)
        {
            gradient[First] = sign * z;
        }

        return z;
    }

    // With x = √(jωτ): dx/d ln τ = x/2. Blocked: Z = Z₀ coth x/x, so dZ/d ln τ = −Z/2 − Z₀/(2 sinh² x), and 1/sinh² = coth² − 1.
    // Open: Z = Z₀ tanh x/x, so dZ/d ln τ = −Z/2 + Z₀/(2 cosh² x), and 1/cosh² = 1 − tanh².
    private Complex FiniteWarburg(double omega, double z0, double tau, Span<Complex> gradient)
    {
        var root = Math.Sqrt(omega * tau / 2);
        var x = new Complex(root, root);
        var tanh = root < SmallRoot ? x * (1 - x * x / 3 + 2 * x * x * x * x / 15) : FromExponential(root);
        var blocked = Kind == ElementKind.BlockedWarburg;
        var z = blocked ? z0 / (x * tanh) : z0 * tanh / x;
        if (gradient.Length > 0)
        {
            gradient[First] = z;
            gradient[First + 1] = -z / 2 + (blocked ? -z0 / 2 * (1 / (tanh * tanh) - 1) : z0 / 2 * (1 - tanh * tanh));
        }

        return z;
    }

    // tanh x = (1 − e^(−2x))/(1 + e^(−2x)), which does not overflow for large x.
    private static Complex FromExponential(double root)
    {
        var (sine, cosine) = Math.SinCos(2 * root);
        var decay = Math.Exp(-2 * root);
        var e = new Complex(decay * cosine, -decay * sine);
        return (1 - e) / (1 + e);
    }
}
