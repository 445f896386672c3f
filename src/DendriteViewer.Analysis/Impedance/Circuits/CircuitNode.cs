using System.Numerics;

namespace DendriteViewer.Analysis.Impedance.Circuits;

/// <summary>
/// A part of a circuit. Impedance and derivatives are computed in one pass from the elements up: in series both add; in parallel
/// Z = 1/Σ(1/Zᵢ), so that a derivative of branch i is multiplied by (Z/Zᵢ)². Each parameter belongs to one element, and the parameters
/// of a part stand together, so that each derivative is written once and only scaled on the way up.
/// </summary>
public abstract record CircuitNode
{
    /// <summary>The index of the first parameter of this part.</summary>
    public abstract int First { get; }

    /// <summary>How many parameters this part has.</summary>
    public abstract int Count { get; }

    /// <summary>The part as text, with the names of its elements.</summary>
    public abstract string Text { get; }

    /// <summary>The part as text, with kinds in place of names: two parts of one shape can stand for each other.</summary>
    public abstract string Shape { get; }

    /// <summary>Its elements in the order of the text.</summary>
    public abstract IEnumerable<CircuitElement> Elements { get; }

    internal abstract Complex Impedance(double omega, ReadOnlySpan<double> parameters, Span<Complex> gradient);

    /// <summary>One element.</summary>
    /// <param name="Element">The element.</param>
    public sealed record Leaf(CircuitElement Element) : CircuitNode
    {
        /// <inheritdoc/>
        public override int First => Element.First;

        /// <inheritdoc/>
        public override int Count => CircuitElement.ParametersOf(Element.Kind);

        /// <inheritdoc/>
        public override string Text => Element.Name;

        /// <inheritdoc/>
        public override string Shape => Element.Kind.ToString();

        /// <inheritdoc/>
        public override IEnumerable<CircuitElement> Elements => [Element];

        internal override Complex Impedance(double omega, ReadOnlySpan<double> parameters, Span<Complex> gradient) =>
            Element.Impedance(omega, parameters, gradient);
    }

    /// <summary>Parts one after another.</summary>
    /// <param name="Parts">Two or more, or one for a circuit of a single part.</param>
    public sealed record Series(CircuitNode[] Parts) : CircuitNode
    {
        /// <inheritdoc/>
        public override int First => Parts[0].First;

        /// <inheritdoc/>
        public override int Count { get; } = Parts.Sum(p => p.Count);

        /// <inheritdoc/>
        public override string Text => string.Join('-', Parts.Select(p => p.Text));

        /// <inheritdoc/>
        public override string Shape => string.Join('-', Parts.Select(p => p.Shape));

        /// <inheritdoc/>
        public override IEnumerable<CircuitElement> Elements => Parts.SelectMany(p => p.Elements);

        internal override Complex Impedance(double omega, ReadOnlySpan<double> parameters, Span<Complex> gradient)
        {
            var sum = Complex.Zero;
            foreach (var part in Parts)
            {
                sum += part.Impedance(omega, parameters, gradient);
            }

            return sum;
        }
    }

    /// <summary>Parts beside each other.</summary>
    /// <param name="Parts">Two or more.</param>
    public sealed record Parallel(CircuitNode[] Parts) : CircuitNode
    {
        /// <inheritdoc/>
        public override int First => Parts[0].First;

        /// <inheritdoc/>
        public override int Count { get; } = Parts.Sum(p => p.Count);

        /// <inheritdoc/>
        public override string Text => $"p({string.Join(',', Parts.Select(p => p.Text))})";

        /// <inheritdoc/>
        public override string Shape => $"p({string.Join(',', Parts.Select(p => p.Shape))})";

        /// <inheritdoc/>
        public override IEnumerable<CircuitElement> Elements => Parts.SelectMany(p => p.Elements);

        internal override Complex Impedance(double omega, ReadOnlySpan<double> parameters, Span<Complex> gradient)
        {
            Span<Complex> branches = stackalloc Complex[Parts.Length];
            var admittance = Complex.Zero;
            for (var i = 0; i < Parts.Length; i++)
            {
                branches[i] = Parts[i].Impedance(omega, parameters, gradient);
                admittance += 1 / branches[i];
            }

            var z = 1 / admittance;
            for (var i = 0; gradient.Length > 0 && i < Parts.Length; i++)
            {
                var share = z / branches[i];
                share *= share;
                for (var k = Parts[i].First; k < Parts[i].First + Parts[i].Count; k++)
                {
                    gradient[k] *= share;
                }
            }

            return z;
        }
    }
}
