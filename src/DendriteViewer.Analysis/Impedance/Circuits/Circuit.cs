using System.Numerics;

namespace DendriteViewer.Analysis.Impedance.Circuits;

/// <summary>An equivalent circuit: elements in series and in parallel, to any depth.</summary>
public sealed class Circuit
{
    /// <summary>Elements that a circuit has at most.</summary>
    public const int MostElements = 24;

    internal Circuit(CircuitNode root)
    {
        Root = root;
        Elements = [.. root.Elements];
        Parameters = [.. Elements.SelectMany(e => e.Parameters)];
        Text = root.Text;
    }

    /// <summary>The whole circuit; a series, which may have one part.</summary>
    public CircuitNode Root { get; }

    /// <summary>Its elements in the order of the text.</summary>
    public IReadOnlyList<CircuitElement> Elements { get; }

    /// <summary>Its parameters in the order of the text.</summary>
    public IReadOnlyList<CircuitParameter> Parameters { get; }

    /// <summary>The circuit as text: <c>R0-p(R1,CPE1)</c>.</summary>
    public string Text { get; }

    /// <summary>The parts that stand in series in the whole circuit.</summary>
    public IReadOnlyList<CircuitNode> Parts => Root is CircuitNode.Series series ? series.Parts : [Root];

    /// <summary>A circuit from its text, as impedance.py or as Boukamp writes it.</summary>
    /// <exception cref="CircuitTextException">The text is no circuit; the message says where.</exception>
    public static Circuit Parse(string text) => CircuitText.Parse(text);

    /// <summary>A resistance and one to four arcs of a resistance and a constant phase element: <c>R0-p(R1,CPE1)-…</c>.</summary>
    public static Circuit OfArcs(int arcs) => Parse("R0" + string.Concat(Enumerable.Range(1, arcs).Select(i => $"-p(R{i},CPE{i})")));

    /// <summary>The place of a parameter; −1 where it has none of this name.</summary>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Parameters.Count; i++)
        {
            if (Parameters[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The impedance in Ω.</summary>
    /// <param name="frequencyHz">Frequency in Hz, above 0.</param>
    /// <param name="parameters">Values, one a parameter.</param>
    public Complex Impedance(double frequencyHz, ReadOnlySpan<double> parameters) =>
        Root.Impedance(2 * Math.PI * frequencyHz, parameters, []);

    /// <summary>The impedance in Ω, and its derivatives by ln p of every parameter p (by n itself for exponents).</summary>
    /// <param name="frequencyHz">Frequency in Hz, above 0.</param>
    /// <param name="parameters">Values, one a parameter.</param>
    /// <param name="gradient">Receives one derivative a parameter.</param>
    public Complex Impedance(double frequencyHz, ReadOnlySpan<double> parameters, Span<Complex> gradient) =>
        Root.Impedance(2 * Math.PI * frequencyHz, parameters, gradient);
}
