using DendriteViewer.Analysis.Impedance.Circuits;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>A process of a circuit that has a time constant: a resistance and what is charged through it.</summary>
/// <param name="Resistance">The index of the resistance: R, or Z₀ of a finite Warburg element.</param>
/// <param name="Storage">The index of C or Q, or of a finite Warburg element's own τ.</param>
/// <param name="Exponent">The index of n; −1 where there is none.</param>
/// <param name="IsTime">Whether <paramref name="Storage"/> is τ itself.</param>
internal sealed record ArcSlot(int Resistance, int Storage, int Exponent, bool IsTime)
{
    /// <summary>The processes of a circuit, in the order of its text.</summary>
    public static List<ArcSlot> Of(Circuit circuit)
    {
        var slots = new List<ArcSlot>();
        Visit(circuit.Root);
        return slots;

        void Visit(CircuitNode node)
        {
            switch (node)
            {
                case CircuitNode.Leaf { Element: { Kind: ElementKind.BlockedWarburg or ElementKind.OpenWarburg } e }:
                    slots.Add(new(e.First, e.First + 1, -1, true));
                    break;
                case CircuitNode.Parallel parallel:
                    AddOf(parallel);
                    Array.ForEach(parallel.Parts, Visit);
                    break;
                case CircuitNode.Series series:
                    Array.ForEach(series.Parts, Visit);
                    break;
            }
        }

        void AddOf(CircuitNode.Parallel parallel)
        {
            var storage = parallel.Parts.OfType<CircuitNode.Leaf>().Select(l => l.Element)
                .FirstOrDefault(e => e.Kind is ElementKind.Capacitor or ElementKind.ConstantPhase);
            var resistor = parallel.Elements.FirstOrDefault(e => e.Kind == ElementKind.Resistor);
            if (storage is not null && resistor is not null)
            {
                var isCpe = storage.Kind == ElementKind.ConstantPhase;
                slots.Add(new(resistor.First, storage.First, isCpe ? storage.First + 1 : -1, false));
            }
        }
    }

    /// <summary>τ in s: RC, (RQ)^(1/n), or the element's own.</summary>
    public double TauOf(ReadOnlySpan<double> p) => IsTime ? p[Storage]
        : Math.Pow(p[Resistance] * p[Storage], Exponent >= 0 ? 1 / Math.Max(p[Exponent], 1e-3) : 1);

    /// <summary>Sets C, Q or τ so that the time constant is <paramref name="tau"/>; resistance and exponent stand already.</summary>
    public void SetTau(Span<double> p, double tau) =>
        p[Storage] = IsTime ? tau : Math.Pow(tau, Exponent >= 0 ? p[Exponent] : 1) / p[Resistance];
}
