using DendriteViewer.Analysis.TimeSeries;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.Tests.TimeSeries.Events;

public sealed class EventFinderTests
{
    private static readonly EventKind[] s_ofVoltage = [EventKind.SoftShort, EventKind.HardShort, EventKind.ContactLoss, EventKind.Limit];

    private static IReadOnlyList<ElectroEvent> Find(SyntheticCell cell) =>
        EventFinder.Find(cell.Current(), cell.Voltage(), ChargeCurve.Of(cell.Current(), 2));

    public static TheoryData<int, double> Cells()
    {
        var data = new TheoryData<int, double>();
        foreach (var step in new[] { 0.002, 0.005, 0.02 })
        {
            for (var seed = 1; seed <= 10; seed++)
            {
                data.Add(seed, step);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Shorts_SoftThenHard_AreFoundWithinOneSampleAndNothingElse(int seed, double step)
    {
        var cell = new SyntheticCell { Seed = seed, StepHours = step };
        var found = Find(cell);
        var shorts = found.Where(e => s_ofVoltage.Contains(e.Kind)).ToArray();
        Assert.Equal([EventKind.SoftShort, EventKind.HardShort], shorts.Select(e => e.Kind));
        Assert.InRange(shorts[0].Hours, cell.SoftHours, cell.SoftHours + step);
        Assert.InRange(shorts[1].Hours, cell.HardHours, cell.HardHours + step);
        Assert.All(shorts, s => Assert.InRange(s.Confidence, 0.6, 1));

        Assert.Equal([0.5, 1.0, 1.5, 2.5], found.Where(e => e.Kind == EventKind.Rest).Select(e => e.Hours));
        Assert.Equal([0, 0.6, 1.1, 1.6, 2.6], found.Where(e => e.Kind == EventKind.CurrentOn).Select(e => e.Hours));
        Assert.Equal([3.2], found.Where(e => e.Kind == EventKind.CurrentOff).Select(e => e.Hours));
        Assert.Equal(12, found.Count);
    }

    [Fact]
    public void Shorts_HealthyCells_HaveNone()
    {
        for (var seed = 1; seed <= 30; seed++)
        {
            Assert.DoesNotContain(
                Find(new SyntheticCell { Seed = seed, IsShorted = false, NoiseVolts = 0.0002 * (1 + (seed % 5)) }),
                e => s_ofVoltage.Contains(e.Kind));
        }
    }

    [Fact]
    public void Shorts_NegativeCurrent_AreFoundAlike()
    {
        var cell = new SyntheticCell();
        var (current, voltage) = (cell.Current(), cell.Voltage());
        var found = EventFinder.Find(
            current with { Values = current.Values.Select(v => -v).ToArray() },
                voltage with { Values = voltage.Values.Select(v => -v).ToArray() });
        Assert.Equal([EventKind.SoftShort, EventKind.HardShort], found.Where(e => s_ofVoltage.Contains(e.Kind)).Select(e => e.Kind));
    }

    [Fact]
    public void Shorts_WithoutACurrent_AreLessSure()
    {
        var cell = new SyntheticCell { Rests = [] };
        var found = EventFinder.Find(null, cell.Voltage());
        Assert.Equal(EventKind.HardShort, found[^1].Kind);
        Assert.InRange(found[^1].Confidence, 0.5, 0.65);
    }

    [Fact]
    public void Step_ThatNeitherRecoversNorScatters_IsNoShort()
    {
        var cell = new SyntheticCell { Rests = [], IsShorted = false };
        var voltage = cell.Voltage();
        var lower = voltage with { Values = voltage.Values.Select((v, i) => voltage.Hours[i] > 1 ? v - 0.012 : v).ToArray() };
        Assert.DoesNotContain(EventFinder.Find(cell.Current(), lower), e => s_ofVoltage.Contains(e.Kind));
    }

    [Fact]
    public void ContactLoss_VoltageThatClimbsEverFaster_IsFoundAndAPolarisationIsNot()
    {
        var cell = new SyntheticCell { IsShorted = false, Rests = [(1.5, 1.6)] };
        var voltage = cell.Voltage();
        var climbing = voltage with
        {
            Values = voltage.Values
                .Select((v, i) => voltage.Hours[i] is > 2.8 and < 3.2 and var h ? v + (0.002 * (Math.Exp((h - 2.8) / 0.05) - 1))
                : v).ToArray(),
        };
        var loss = Assert.Single(EventFinder.Find(cell.Current(), climbing), e => s_ofVoltage.Contains(e.Kind));
        Assert.Equal(EventKind.ContactLoss, loss.Kind);
        Assert.InRange(loss.Hours, 2.8, 2.9);
    }

    [Fact]
    public void Rest_ThatHoldsASweep_IsAnEisPause()
    {
        var cell = new SyntheticCell { IsShorted = false };
        var found = EventFinder.Find(cell.Current(), null, null, null, [0.52, 1.55]);
        Assert.Equal([0.5, 1.5], found.Where(e => e.Kind == EventKind.EisPause).Select(e => e.Hours));
        Assert.Equal([1.0, 2.5], found.Where(e => e.Kind == EventKind.Rest).Select(e => e.Hours));
    }

    [Fact]
    public void Limit_VoltageThatIsHeldWhileCurrentDecays_IsFound()
    {
        double[] hours = [.. Enumerable.Range(0, 400).Select(i => i * 0.01)];
        var current = new Series("current", "current_mA", hours, hours.Select(h => h < 2 ? 1 : h < 3.5 ? Math.Exp(-(h - 2)) : 0).ToArray());
        var voltage = new Series("voltage", "voltage_V", hours, hours.Select(h => h < 2 ? 3.6 + (0.3 * h) : h < 3.5 ? 4.2 : 4.1).ToArray());
        var limit = Assert.Single(EventFinder.Find(current, voltage), e => e.Kind == EventKind.Limit);
        Assert.InRange(limit.Hours, 1.96, 2.03);
    }

    [Fact]
    public void Limit_VoltageAtWhichChargingEndsEachTime_IsFoundAndAPlateauIsNot()
    {
        var random = new Random(5);
        double[] hours = [.. Enumerable.Range(0, 3000).Select(i => i * 0.005)];
        double Phase(double h) => h - (3 * Math.Floor(h / 3));
        var current = new Series("current", "current_mA", hours, hours.Select(h => Phase(h) < 2 ? 1.0 : 0).ToArray());
        Series Voltage(Func<double, double> at) =>
            new("voltage", "voltage_V", hours,
                hours.Select(h => (Phase(h) < 2 ? at(Phase(h)) : 3.5) + (0.0004 * random.NextDouble())).ToArray());
        var limits = EventFinder.Find(current, Voltage(h => 3.6 + (0.15 * h * h))).Where(e => e.Kind == EventKind.Limit).ToArray();
        Assert.Equal(5, limits.Length);
        Assert.All(limits, l => Assert.InRange(Phase(l.Hours), 1.98, 2));
        Assert.DoesNotContain(EventFinder.Find(current, Voltage(h => 3.6 + (0.1 * (1 - Math.Exp(-h / 0.2))))), e =>
            e.Kind == EventKind.Limit);
    }

    [Fact]
    public void Switch_InAHole_IsListedWithHalfTheConfidence()
    {
        double[] hours = [.. Enumerable.Range(0, 21).Select(k => k / 10.0), 12.0, 12.1];
        var found = EventFinder.Find(new("current", "current_mA", hours, hours.Select(h => h < 12 ? 1.0 : 0).ToArray()), null);
        Assert.Equal(0.5, found.Single(e => e.Kind == EventKind.CurrentOff).Confidence);
    }
}
