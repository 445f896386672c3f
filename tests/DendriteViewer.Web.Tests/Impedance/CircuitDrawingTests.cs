using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Web.Impedance;

namespace DendriteViewer.Web.Tests.Impedance;

/// <summary>The layout of circuits.</summary>
public sealed class CircuitDrawingTests
{
    private static readonly string[] s_circuits =
        ["R0", "R0-p(R1,CPE1)", "R(RQ)(Q[RW])", "p(R1,C1)", "L0-R0-p(R1,CPE1)-p(R2-Wo1,C2)", "R(C[R(C[R(CR)])])", "p(R1,C1,p(R2,C2)-L1)"];

    public static TheoryData<string> Circuits => [.. s_circuits];

    [Fact]
    public void SeriesPart_IsDrawnFromLeftToRightOnOneWire()
    {
        var drawing = CircuitDrawing.Of(Circuit.Parse("R0-L1-C2"));
        Assert.Equal(["R0", "L1", "C2"], drawing.Elements.Select(e => e.Element.Name));
        Assert.Single(drawing.Elements.Select(e => e.Y).Distinct());
        Assert.True(drawing.Elements[1].X >= drawing.Elements[0].X + CircuitDrawing.Symbol);
        Assert.True(drawing.Elements[2].X >= drawing.Elements[1].X + CircuitDrawing.Symbol);
    }

    [Fact]
    public void ParallelPart_HasItsBranchesBelowOneAnotherBetweenUprights()
    {
        var drawing = CircuitDrawing.Of(Circuit.Parse("R0-p(R1,CPE1)"));
        var (first, second) = (drawing.Elements[1], drawing.Elements[2]);
        Assert.Equal(first.X, second.X);
        Assert.True(second.Y > first.Y + 20);
        Assert.Equal(drawing.Elements[0].Y, (first.Y + second.Y) / 2, 6.1);
        Assert.Equal(2, drawing.Wires.Count(w => w.X1 == w.X2 && w.Y1 == first.Y && w.Y2 == second.Y));
    }

    [Theory]
    [MemberData(nameof(Circuits))]
    public void Symbols_DoNotOverlapAndStayInsideTheDrawing(string text)
    {
        var drawing = CircuitDrawing.Of(Circuit.Parse(text));
        Assert.All(drawing.Elements, e =>
        {
            Assert.InRange(e.X, 0, drawing.Width - CircuitDrawing.Symbol);
            Assert.InRange(e.Y, 20, drawing.Height - 9);
        });
        foreach (var (a, i) in drawing.Elements.Select((e, i) => (e, i)))
        {
            Assert.DoesNotContain(drawing.Elements.Skip(i + 1),
                b => Math.Abs(a.X - b.X) < CircuitDrawing.Symbol && Math.Abs(a.Y - b.Y) < 30);
        }
    }

    // One can go from the left end to the right end along wires and symbols, and everything that is drawn is reached.
    [Theory]
    [MemberData(nameof(Circuits))]
    public void Wires_ConnectEveryElementWithBothEnds(string text)
    {
        var drawing = CircuitDrawing.Of(Circuit.Parse(text));
        var symbols = drawing.Elements.Select(e => new DrawnWire(e.X, e.Y, e.X + CircuitDrawing.Symbol, e.Y));
        var pieces = drawing.Wires.Concat(symbols).ToList();
        var reached = new HashSet<int> { 0 };
        bool IsNext(int i) => !reached.Contains(i) && reached.Any(r => Touch(pieces[r], pieces[i]));
        while (Enumerable.Range(0, pieces.Count).FirstOrDefault(IsNext, -1) is >= 0 and var next)
        {
            reached.Add(next);
        }

        Assert.Equal(pieces.Count, reached.Count);
        Assert.Equal(drawing.Width, pieces.Max(p => p.X2));
    }

    [Theory]
    [InlineData("R0-p(R1,CPE1)", "R0, in series with (R1 parallel to CPE1).")]
    [InlineData("p(R1-W1,C1)", "(R1, in series with W1) parallel to C1.")]
    public void Description_SaysTheCircuitInWords(string text, string says) =>
        Assert.EndsWith(says, CircuitDrawing.Of(Circuit.Parse(text)).Description, StringComparison.Ordinal);

    private static bool Touch(DrawnWire a, DrawnWire b) =>
        On(a, b.X1, b.Y1) || On(a, b.X2, b.Y2) || On(b, a.X1, a.Y1) || On(b, a.X2, a.Y2);

    private static bool On(DrawnWire w, double x, double y) => x >= Math.Min(w.X1, w.X2) - 1e-9 && x <= Math.Max(w.X1, w.X2) + 1e-9
        && y >= Math.Min(w.Y1, w.Y2) - 1e-9 && y <= Math.Max(w.Y1, w.Y2) + 1e-9;
}
