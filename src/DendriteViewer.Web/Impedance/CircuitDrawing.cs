using DendriteViewer.Analysis.Impedance.Circuits;

namespace DendriteViewer.Web.Impedance;

/// <summary>An element of a drawn circuit.</summary>
/// <param name="Element">The element.</param>
/// <param name="X">Where its symbol begins on its wire, from the left.</param>
/// <param name="Y">The height of its wire, from the top.</param>
public sealed record DrawnElement(CircuitElement Element, double X, double Y);

/// <summary>A straight piece of wire.</summary>
/// <param name="X1">Where it begins, from the left.</param>
/// <param name="Y1">Where it begins, from the top.</param>
/// <param name="X2">Where it ends, from the left.</param>
/// <param name="Y2">Where it ends, from the top.</param>
public readonly record struct DrawnWire(double X1, double Y1, double X2, double Y2);

/// <summary>
/// Where the elements and wires of a circuit are drawn: series from left to right on one wire, branches of a parallel part below one
/// another between two uprights. First each part is measured (how wide it is, how far it reaches above and below its wire), then it is
/// placed. The unit is a pixel of a drawing that is not scaled.
/// </summary>
public sealed class CircuitDrawing
{
    /// <summary>How long the symbol of an element is.</summary>
    public const double Symbol = 34;

    private const double Lead = 7, Above = 24, Below = 12, Branch = 12, Gap = 4, End = 12;

    private readonly List<DrawnElement> _elements = [];
    private readonly List<DrawnWire> _wires = [];

    private CircuitDrawing(Circuit circuit)
    {
        var box = Measure(circuit.Root);
        Width = box.Width + 2 * End;
        Height = box.Above + box.Below;
        _wires.Add(new(0, box.Above, End, box.Above));
        Place(circuit.Root, End, box.Above);
        _wires.Add(new(Width - End, box.Above, Width, box.Above));
        Description = $"Circuit {circuit.Text}: {Describe(circuit.Root, false)}.";
    }

    private readonly record struct Box(double Width, double Above, double Below);

    /// <summary>Its width.</summary>
    public double Width { get; }

    /// <summary>Its height.</summary>
    public double Height { get; }

    /// <summary>Its elements, in the order of the text.</summary>
    public IReadOnlyList<DrawnElement> Elements => _elements;

    /// <summary>Its wires.</summary>
    public IReadOnlyList<DrawnWire> Wires => _wires;

    /// <summary>The circuit in words, for who does not see the drawing.</summary>
    public string Description { get; }

    /// <summary>The drawing of a circuit.</summary>
    public static CircuitDrawing Of(Circuit circuit) => new(circuit);

    private static Box Measure(CircuitNode node)
    {
        switch (node)
        {
            case CircuitNode.Series series:
                var parts = series.Parts.Select(Measure).ToArray();
                return new(parts.Sum(p => p.Width), parts.Max(p => p.Above), parts.Max(p => p.Below));
            case CircuitNode.Parallel parallel:
                var branches = parallel.Parts.Select(Measure).ToArray();
                var height = branches.Sum(b => b.Above + b.Below) + Gap * (branches.Length - 1);
                return new(branches.Max(b => b.Width) + 2 * Branch, height / 2, height / 2);
            default:
                return new(Symbol + 2 * Lead, Above, Below);
        }
    }

    private void Place(CircuitNode node, double x, double y)
    {
        switch (node)
        {
            case CircuitNode.Series series:
                foreach (var part in series.Parts)
                {
                    Place(part, x, y);
                    x += Measure(part).Width;
                }

                break;
            case CircuitNode.Parallel parallel:
                PlaceBranches(parallel, x, y);
                break;
            case CircuitNode.Leaf leaf:
                _wires.Add(new(x, y, x + Lead, y));
                _elements.Add(new(leaf.Element, x + Lead, y));
                _wires.Add(new(x + Lead + Symbol, y, x + 2 * Lead + Symbol, y));
                break;
        }
    }

    private void PlaceBranches(CircuitNode.Parallel parallel, double x, double y)
    {
        var box = Measure(parallel);
        var (left, right, top) = (x + Branch / 2, x + box.Width - Branch / 2, y - box.Above);
        var (first, last) = (0d, 0d);
        for (var i = 0; i < parallel.Parts.Length; i++)
        {
            var branch = Measure(parallel.Parts[i]);
            var wire = top + branch.Above;
            var begin = x + (box.Width - branch.Width) / 2;
            _wires.Add(new(left, wire, begin, wire));
            Place(parallel.Parts[i], begin, wire);
            _wires.Add(new(begin + branch.Width, wire, right, wire));
            (first, last) = (i == 0 ? wire : first, wire);
            top += branch.Above + branch.Below + Gap;
        }

        _wires.Add(new(x, y, left, y));
        _wires.Add(new(left, first, left, last));
        _wires.Add(new(right, first, right, last));
        _wires.Add(new(right, y, x + box.Width, y));
    }

    private static string Describe(CircuitNode node, bool isInner) => node switch
    {
        CircuitNode.Series { Parts.Length: > 1 } s =>
            Inner(string.Join(", in series with ", s.Parts.Select(p => Describe(p, true))), isInner),
        CircuitNode.Series s => Describe(s.Parts[0], isInner),
        CircuitNode.Parallel p => Inner(string.Join(" parallel to ", p.Parts.Select(b => Describe(b, true))), isInner),
        CircuitNode.Leaf l => l.Element.Name,
        _ => node.Text,
    };

    private static string Inner(string text, bool isInner) => isInner ? $"({text})" : text;
}
