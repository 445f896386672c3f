namespace DendriteViewer.Analysis.Absorption;

/// <summary>
/// An absorption spectrum µ(E) as it was measured: energies rise strictly and every value is finite. What was mended on the way there
/// (rows left out, energies sorted or drawn apart) stands in <see cref="Remarks"/>.
/// </summary>
public sealed class Spectrum
{
    /// <summary>The fewest points that a pre-edge line, an edge and a post-edge curve can be found in.</summary>
    public const int LeastPoints = 20;

    /// <summary>The most points that a spectrum may have.</summary>
    public const int MostPoints = 50_000;

    // Larch's TINY_ENERGY: energies nearer than this count as the same and are drawn apart by it.
    private const double TinyEv = 0.0005;
    private const double LeastEv = 10, MostEv = 200_000;

    private Spectrum(string name, double[] energyEv, double[] mu, AbsorptionMode mode, IReadOnlyList<string> remarks) =>
        (Name, EnergyEv, Mu, Mode, Remarks) = (name, energyEv, mu, mode, remarks);

    /// <summary>The name that results are given under.</summary>
    public string Name { get; }

    /// <summary>Energies in eV, strictly rising.</summary>
    public IReadOnlyList<double> Energies => EnergyEv;

    /// <summary>µ at each energy, in any unit.</summary>
    public IReadOnlyList<double> Absorption => Mu;

    /// <summary>How it was measured, as far as the file or somebody says.</summary>
    public AbsorptionMode Mode { get; }

    /// <summary>What was guessed, left out or mended, for people; one sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <summary>Points.</summary>
    public int Count => EnergyEv.Length;

    internal double[] EnergyEv { get; }

    internal double[] Mu { get; }

    /// <summary>A spectrum from pairs in any order.</summary>
    /// <param name="name">The name that results and errors give.</param>
    /// <param name="energyEv">Energies in eV.</param>
    /// <param name="mu">µ at each.</param>
    /// <param name="mode">How it was measured.</param>
    /// <param name="remarks">What the reader of its file had to say.</param>
    /// <exception cref="MeasurementException">Too few or too many points, or energies that are none.</exception>
    public static Spectrum Of(
        string name, IReadOnlyList<double> energyEv, IReadOnlyList<double> mu, AbsorptionMode mode = AbsorptionMode.Unknown,
        IEnumerable<string>? remarks = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mu.Count, energyEv.Count);
        var said = remarks?.ToList() ?? [];
        if (energyEv.Count > MostPoints)
        {
            throw new MeasurementException($"{name} has {energyEv.Count} points; {MostPoints} are the most. Rebin it.");
        }

        var kept = Enumerable.Range(0, energyEv.Count).Where(i => double.IsFinite(energyEv[i]) && double.IsFinite(mu[i])).ToArray();
        if (kept.Length < energyEv.Count)
        {
            said.Add($"{energyEv.Count - kept.Length} of {energyEv.Count} points are no numbers and were left out.");
        }

        if (kept.Length < LeastPoints)
        {
            throw new MeasurementException($"{name} has {kept.Length} points; a spectrum needs {LeastPoints} or more.");
        }

        var (energies, values) = (kept.Select(i => energyEv[i]).ToArray(), kept.Select(i => mu[i]).ToArray());
        if (!IsSorted(energies))
        {
            // Monochromators are driven by angle, so falling energies are common; a stable sort keeps repeated points in their order.
            var order = Enumerable.Range(0, energies.Length).OrderBy(i => energies[i]).ToArray();
            if (!IsFalling(energies))
            {
                said.Add("Its energies jump back and forth; its points were sorted by energy.");
            }

            (energies, values) = ([.. order.Select(i => energies[i])], [.. order.Select(i => values[i])]);
        }

        if (energies[0] < LeastEv || energies[^1] > MostEv)
        {
            throw new MeasurementException(
                FormattableString.Invariant($"{name} has energies from {energies[0]:0.###} to {energies[^1]:0.###} eV; ")
                + FormattableString.Invariant($"{LeastEv} to {MostEv} eV can be. Are they another column, or in keV?"));
        }

        if (energies[0] == energies[^1])
        {
            throw new MeasurementException($"{name} has one energy only; is its first column the energy?");
        }

        var drawnApart = DrawApart(energies);
        if (drawnApart > 0)
        {
            said.Add($"{drawnApart} points repeat the energy before them; they were drawn apart by {TinyEv:0.####} eV each.");
        }

        return new(name, energies, values, mode, said);
    }

    /// <summary>The same under another name.</summary>
    public Spectrum Named(string name) => new(name, EnergyEv, Mu, Mode, Remarks);

    /// <summary>The same, said to be measured another way.</summary>
    public Spectrum MeasuredBy(AbsorptionMode mode) => new(Name, EnergyEv, Mu, mode, Remarks);

    private static bool IsSorted(double[] values) => !values.Zip(values.Skip(1)).Any(p => p.Second < p.First);

    private static bool IsFalling(double[] values) => !values.Zip(values.Skip(1)).Any(p => p.Second > p.First);

    // As Larch's remove_dups: the second of two equal energies moves up by a tiny step, the third by two.
    private static int DrawApart(double[] energies)
    {
        var (moved, before, added) = (0, energies[0], 0.0);
        for (var i = 1; i < energies.Length; i++)
        {
            var here = energies[i];
            added = here - before < TinyEv ? added + TinyEv : 0;
            before = here;
            energies[i] = Math.Max(here + added, Math.BitIncrement(energies[i - 1]));
            moved += energies[i] > here ? 1 : 0;
        }

        return moved;
    }
}
