using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.Tests.TimeSeries;

/// <summary>A symmetric cell that is plated with rests, shorts softly and then for good; what happens when is known.</summary>
internal sealed record SyntheticCell
{
    private const double OhmicVolts = 0.035;

    public int Seed { get; init; } = 1;

    public double StepHours { get; init; } = 0.005;

    public double ClockSeconds { get; init; }

    public double DriftPpm { get; init; }

    public double NoiseVolts { get; init; } = 0.0002;

    public double SoftHours { get; init; } = 2.003;

    public double HardHours { get; init; } = 2.897;

    public double EndHours { get; init; } = 3.2;

    public bool IsShorted { get; init; } = true;

    public double MilliAmpere { get; init; } = 1.6;

    /// <summary>Rests, from and to.</summary>
    public (double From, double To)[] Rests { get; init; } = [(0.5, 0.6), (1.0, 1.1), (1.5, 1.6), (2.5, 2.6)];

    public bool Flows(double hours) => hours < EndHours && !Rests.Any(r => hours >= r.From && hours < r.To);

    /// <summary>Rows of the current as a cycler logs them: regular, and two of one time where it is switched.</summary>
    public Series Current()
    {
        var text = new System.Text.StringBuilder("hours,current_mA\n");
        var random = new Random(Seed + 1000);
        var switches = Rests.SelectMany(r => new[] { r.From, r.To }).Append(EndHours).ToHashSet();
        var times = Enumerable.Range(0, (int)(EndHours / StepHours) + 20).Select(i => i * StepHours)
            .Where(h => switches.All(s => Math.Abs(s - h) > 1e-9)).Concat(switches).Order();
        foreach (var h in times)
        {
            double At(bool flows) => flows ? MilliAmpere + (0.0005 * Math.Round(random.NextDouble() * 6)) : 0;
            if (switches.Contains(h))
            {
                text.Append(FormattableString.Invariant($"{h:R},{At(Flows(h - 1e-6)):R}\n"));
            }

            text.Append(FormattableString.Invariant($"{h:R},{At(Flows(h)):R}\n"));
        }

        return Series.Parse("current", System.Text.Encoding.UTF8.GetBytes(text.ToString()), "current.csv");
    }

    public Series Voltage()
    {
        var random = new Random(Seed);
        double Gauss() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var (hours, values) = (new List<double>(), new List<double>());
        var phase = random.NextDouble() * StepHours;
        for (var h = phase; h < EndHours + 0.05; h += StepHours)
        {
            var since = Rests.Where(r => r.To <= h).Select(r => r.To).DefaultIfEmpty(0).Max();
            var v = OhmicVolts + (0.03 * (1 - Math.Exp(-(h - since) / 0.03))) - (0.01 * h / EndHours)
                + (0.012 * Math.Exp(-(h - since) / 0.05));
            var noise = NoiseVolts;
            if (IsShorted && h >= HardHours)
            {
                v = 0.002;
            }
            else if (IsShorted && h >= SoftHours && h < SoftHours + 0.25)
            {
                // A filament that touches, and gives way by and by.
                (v, noise) = (v * (1 - (0.55 * Math.Exp(-(h - SoftHours) / 0.08))), 4 * noise);
            }

            values.Add((Flows(h) ? v : 0.0005) + (noise * Gauss()));
            hours.Add((h * (1 + (DriftPpm * 1e-6))) + (ClockSeconds / 3600));
        }

        return new Series("voltage", "voltage_V", hours, values);
    }
}
