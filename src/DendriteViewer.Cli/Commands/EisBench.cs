using System.Diagnostics;
using System.Text.Json;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.Relaxation;

namespace DendriteViewer.Cli.Commands;

/// <summary>
/// Times what the page asks for: a series of sweeps of 60 points with three arcs and 0.2 % noise, fitted with all starts, the
/// Kramers–Kronig test and relaxation times; and the refit of one of them whose bound is dragged. Processor time is told beside the
/// clock's, since other work may run.
/// </summary>
internal static class EisBench
{
    private const int Points = 60, Refits = 40;
    private const double Noise = 0.002, MostHz = 1e6, LeastHz = 1e-2;

    /// <summary>Fits, and adds the times to the result.</summary>
    /// <param name="sweeps">How many sweeps.</param>
    /// <param name="folder">Where sweeps and their χ² are written, so that another program can fit them; null for nowhere.</param>
    /// <param name="result">Receives them.</param>
    /// <param name="ct">Stops it.</param>
    public static void Run(int sweeps, string? folder, Dictionary<string, object> result, CancellationToken ct)
    {
        var circuit = Circuit.OfArcs(3);
        var series = Enumerable.Range(0, sweeps).Select(i => SweepOf(circuit, i)).ToArray();
        using var process = Process.GetCurrentProcess();
        var (began, used) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        var fitted = SeriesFit.Run(series, circuit, new FitSettings(), ct: ct);
        result["series.s"] = Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 2);
        process.Refresh();
        result["series.processor_s"] = Math.Round((process.TotalProcessorTime - used).TotalSeconds, 2);
        result["series.sweeps"] = fitted.Count;
        result["series.points"] = Points;
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "sweeps.json"), JsonSerializer.Serialize(fitted.Select(f => new
            {
                frequencyHz = f.Sweep.FrequencyHz, re = f.Sweep.Re, im = f.Sweep.Im, pseudoChiSquare = f.Fit.PseudoChiSquare,
            })));
        }

        var points = SweepPoints.Of(series[0]);
        var peaks = Drt.Of(points).Peaks;
        var free = CircuitFit.Run(circuit, points, new(), peaks, ct: ct);
        var times = Enumerable.Range(0, Refits).Select(i =>
        {
            var settings = new FitSettings
            {
                Bounds = new Dictionary<string, ParameterRange> { ["R1"] = new(10, 55 - (0.5 * i)) },
            };
            var started = Stopwatch.GetTimestamp();
            ConstrainedFit.Run(circuit, points, settings, peaks, free, isTried: true, ct);
            return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }).Order().ToArray();
        result["refit.ms"] = Math.Round(times[Refits / 2], 1);
        result["refit.least_ms"] = Math.Round(times[0], 1);
        result["refit.most_ms"] = Math.Round(times[^1], 1);
    }

    // The first arc grows, the second shrinks, as in a cell that is plated.
    private static ImpedanceSweep SweepOf(Circuit circuit, int index)
    {
        var random = new Random(100 + index);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var r1 = 50 + (5 * Math.Sqrt(index));
        double[] values = [15, r1, 1e-6, 0.92, 80 - (0.2 * Math.Min(index, 200)), 1.2e-5, 0.9, 60, 2e-4, 0.93];
        var f = Enumerable.Range(0, Points).Select(i => MostHz * Math.Pow(LeastHz / MostHz, i / (Points - 1d))).ToArray();
        var z = f.Select(v => circuit.Impedance(v, values)).ToArray();
        return new ImpedanceSweep
        {
            Index = index, Hours = index * 0.5, FrequencyHz = f,
            Re = [.. z.Select(v => v.Real + (Noise * v.Magnitude * Normal()))],
            Im = [.. z.Select(v => v.Imaginary + (Noise * v.Magnitude * Normal()))],
        };
    }
}
