using DendriteViewer.Analysis.Impedance.Circuits;

namespace DendriteViewer.Analysis.Tests.Impedance.Circuits;

/// <summary>Circuits as text, in both grammars.</summary>
public sealed class CircuitTextTests
{
    [Theory]
    [InlineData("R0-p(R1,CPE1)", "R0 R1 CPE1_0 CPE1_1")]
    [InlineData("R0-p(R1,C1)-p(R2-Wo1,C2)", "R0 R1 C1 R2 Wo1_0 Wo1_1 C2")]
    [InlineData(" R0 - p( R1 , C1 ) ", "R0 R1 C1")]
    [InlineData("L1-R0-p(p(R1,C1)-R2,CPE3,Ws4)", "L1 R0 R1 C1 R2 CPE3_0 CPE3_1 Ws4_0 Ws4_1")]
    [InlineData("p(R1,C1)", "R1 C1")]
    [InlineData("CPE1", "CPE1_0 CPE1_1")]
    [InlineData("R-p(R,CPE)-p(R,CPE)", "R0 R1 CPE1_0 CPE1_1 R2 CPE2_0 CPE2_1")]
    public void ImpedancePyText_IsRead_WithNamesInItsOrder(string text, string names) =>
        Assert.Equal(names, string.Join(' ', Circuit.Parse(text).Parameters.Select(p => p.Name)));

    [Theory]
    [InlineData("R(RQ)(RQ)", "R0-p(R1,CPE1)-p(R2,CPE2)")]
    [InlineData("R(Q[RW])", "R0-p(CPE1,R1-W1)")]
    [InlineData("R(Q(RW))", "R0-p(CPE1,R1-W1)")]
    [InlineData("LR(Q[R(RQ)])", "L0-R0-p(CPE1,R1-p(R2,CPE2))")]
    [InlineData("R(C[RO])(C[RT])", "R0-p(C1,R1-Ws1)-p(C2,R2-Wo2)")]
    [InlineData("RC", "R0-C0")]
    [InlineData("R5(R7Q2)", "R5-p(R7,CPE2)")]
    public void BoukampText_IsRead_AsTheSameCircuit(string text, string same)
    {
        Assert.Equal(same, Circuit.Parse(text).Text);
        Assert.Equal(same, Circuit.Parse(same).Text);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("   ", "empty")]
    [InlineData("R0-", "position 4")]
    [InlineData("R0--R1", "position 4")]
    [InlineData("R0-p(R1,C1", "position 4")]
    [InlineData("R0-p(R1,C1))", "position 12")]
    [InlineData("R0-p(R1)", "position 4")]
    [InlineData("R0-p(R1,)", "position 9")]
    [InlineData("R0-X1", "'X1' at position 4")]
    [InlineData("R0-G1", "'G1' at position 4")]
    [InlineData("R0-p(R1,C1)-R1", "position 13")]
    [InlineData("R0-r1", "position 4")]
    [InlineData("R0,C1", "position 3")]
    [InlineData("R(RQ", "position 2")]
    [InlineData("R(RQ]", "position 5")]
    [InlineData("R()", "position 3")]
    [InlineData("R(R)", "position 2")]
    [InlineData("R(RX)", "position 4")]
    [InlineData("R0 p(R1,C1)", "position 4")]
    [InlineData("R0-((R1,C1))", "position 4")]
    public void Text_ThatIsNoCircuit_IsRefusedWithItsPosition(string text, string says)
    {
        var error = Assert.Throws<CircuitTextException>(() => Circuit.Parse(text));
        Assert.Contains(says, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"position {error.Position + 1} ", $"{(says == "empty" ? "position 1" : says)} ", StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Text_OfAnyCharacters_IsReadOrRefusedInOneSentence()
    {
        var random = new Random(3);
        const string Characters = "RCLQWOTPEos0123456789-,()[]p xé\t";
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => Characters[random.Next(Characters.Length)])]);
            try
            {
                var circuit = Circuit.Parse(text);
                Assert.Equal(circuit.Text, Circuit.Parse(circuit.Text).Text);
            }
            catch (CircuitTextException e)
            {
                Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
            }
        }

        Assert.Throws<CircuitTextException>(() => Circuit.Parse(new string('(', 300)));
        Assert.Throws<CircuitTextException>(() => Circuit.Parse(string.Join('-', Enumerable.Range(0, 50).Select(k => $"R{k}"))));
    }
}
