using DendriteViewer.Analysis.Uncertainties;
using MathNet.Numerics.Distributions;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Carries what the nano field says of pieces to those that it does not cover. Whether a piece is lithium is a logistic function of its
/// volume and flatness, with weakly informative priors (A. Gelman et al., Ann. Appl. Stat. 2, 1360, 2008: few pieces separate easily); its
/// posterior is drawn by Metropolis' algorithm, and the lithium volume with each draw, so that the interval holds what few pieces leave
/// open.
/// </summary>
internal sealed class Ledger
{
    private const int Draws = 4000, Thin = 10, BurnIn = 4000;
    private const double PriorLevel = 2.5, PriorSlope = 1.5;
    private readonly double[][] _draws;
    private readonly double[] _mean, _spread;

    private Ledger(double[][] draws, double[] mean, double[] spread) => (_draws, _mean, _spread) = (draws, mean, spread);

    /// <summary>Learns from pieces that were told.</summary>
    public static Ledger Of(IReadOnlyList<DecidedPiece> told, IReadOnlyList<DecidedPiece> all)
    {
        var features = all.Select(Features).ToArray();
        double[] mean = [.. Enumerable.Range(0, 2).Select(k => features.Length == 0 ? 0 : features.Average(f => f[k]))];
        double[] spread = [.. Enumerable.Range(0, 2).Select(k => features.Length == 0 ? 1
            : Math.Max(1e-3, Math.Sqrt(features.Average(f => Math.Pow(f[k] - mean[k], 2)))))];
        var x = told.Select(p => Scaled(Features(p), mean, spread)).ToArray();
        var y = told.Select(p => p.Verdict == PieceVerdict.Lithium).ToArray();
        var random = new Random(4711);
        var now = new double[3];
        var (value, draws) = (LogPosterior(now, x, y), new List<double[]>());
        for (var i = 0; draws.Count < Draws; i++)
        {
            var next = now.Select(v => v + 0.7 * Normal.Sample(random, 0, 1)).ToArray();
            var there = LogPosterior(next, x, y);
            if (Math.Log(1 - random.NextDouble()) < there - value)
            {
                (now, value) = (next, there);
            }

            if (i >= BurnIn && i % Thin == 0)
            {
                draws.Add(now);
            }
        }

        return new Ledger([.. draws], mean, spread);
    }

    /// <summary>What there is where nothing was told: nothing is confirmed, and all that is dark may be lithium, or none.</summary>
    /// <param name="measuredUm3">Volume of all pieces.</param>
    /// <param name="uncertainty">What makes that uncertain.</param>
    public static LithiumLedger Unknown(double measuredUm3, VolumeUncertainty uncertainty) =>
        new(0, double.NaN, 0, uncertainty.HighOf(measuredUm3), measuredUm3);

    /// <summary>Probability that a piece which was not told is lithium.</summary>
    public double ProbabilityOf(DecidedPiece piece)
    {
        var f = Scaled(Features(piece), _mean, _spread);
        return _draws.Average(d => Logistic(d, f));
    }

    /// <summary>Lithium of all pieces.</summary>
    /// <param name="pieces">All pieces.</param>
    /// <param name="measuredUm3">Their volume.</param>
    /// <param name="uncertainty">What makes that uncertain.</param>
    public LithiumLedger Sum(IReadOnlyList<DecidedPiece> pieces, double measuredUm3, VolumeUncertainty uncertainty)
    {
        var confirmed = pieces.Where(p => p.Verdict == PieceVerdict.Lithium).Sum(p => p.Um3);
        var open = pieces.Where(p => p.Verdict == PieceVerdict.Unsure).Select(p => (p.Um3, Of: Scaled(Features(p), _mean,
            _spread))).ToArray();
        var random = new Random(815);
        var (less, more) = measuredUm3 > 0
            ? ((measuredUm3 - uncertainty.LowOf(measuredUm3)) / measuredUm3 / 2,
                (uncertainty.HighOf(measuredUm3) - measuredUm3) / measuredUm3 / 2)
            : (0, 0);
        var sums = _draws.Select(d =>
        {
            var sum = confirmed + open.Sum(o => random.NextDouble() < Logistic(d, o.Of) ? o.Um3 : 0);
            var off = Normal.Sample(random, 0, 1);
            return Math.Max(0, sum * (1 + off * (off < 0 ? less : more)));
        }).Order().ToArray();
        return new LithiumLedger(confirmed, sums.Average(), sums[(int)(0.025 * sums.Length)], sums[(int)(0.975 * sums.Length)],
            measuredUm3);
    }

    private static double[] Features(DecidedPiece p) => [Math.Log(Math.Max(1e-9, p.Um3)), Math.Log(Math.Max(0.02, p.Flatness))];

    private static double[] Scaled(double[] f, double[] mean, double[] spread) => [(f[0] - mean[0]) / spread[0],
        (f[1] - mean[1]) / spread[1]];

    private static double Logistic(double[] b, double[] f) => 1 / (1 + Math.Exp(-(b[0] + b[1] * f[0] + b[2] * f[1])));

    private static double LogPosterior(double[] b, double[][] x, bool[] y)
    {
        var sum = -0.5 * (b[0] * b[0] / (PriorLevel * PriorLevel) + (b[1] * b[1] + b[2] * b[2]) / (PriorSlope * PriorSlope));
        for (var i = 0; i < x.Length; i++)
        {
            var p = Math.Clamp(Logistic(b, x[i]), 1e-12, 1 - 1e-12);
            sum += Math.Log(y[i] ? p : 1 - p);
        }

        return sum;
    }
}
