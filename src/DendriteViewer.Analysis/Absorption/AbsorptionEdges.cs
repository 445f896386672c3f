namespace DendriteViewer.Analysis.Absorption;

/// <summary>
/// Energies of K-edges of the elements (A. Thompson et al., X-ray Data Booklet, LBNL, 2009, table 1-1), to say which edge a spectrum most
/// likely is of. Chemistry moves an edge by some eV, ten in the case of sulfate.
/// </summary>
public static class AbsorptionEdges
{
    private const double LeastReachEv = 20, Reach = 0.004;

    private static readonly (string Element, double Ev)[] s_edges =
    [
        ("C", 284.2), ("N", 409.9), ("O", 543.1), ("F", 696.7), ("Na", 1070.8), ("Mg", 1303.0), ("Al", 1559.6), ("Si", 1839),
        ("P", 2145.5), ("S", 2472), ("Cl", 2822.4), ("K", 3608.4), ("Ca", 4038.5), ("Sc", 4492), ("Ti", 4966), ("V", 5465), ("Cr", 5989),
        ("Mn", 6539), ("Fe", 7112), ("Co", 7709), ("Ni", 8333), ("Cu", 8979), ("Zn", 9659), ("Ga", 10367), ("Ge", 11103), ("As", 11867),
        ("Se", 12658), ("Br", 13474), ("Sr", 16105), ("Y", 17038), ("Zr", 17998), ("Nb", 18986), ("Mo", 20000), ("Ag", 25514),
        ("In", 27940), ("Sn", 29200), ("Sb", 30491), ("I", 33169),
    ];

    /// <summary>The element whose K-edge lies near an energy; null where none does.</summary>
    /// <param name="e0">E0 in eV.</param>
    public static string? ElementAt(double e0)
    {
        var (element, ev) = s_edges.MinBy(e => Math.Abs(e.Ev - e0));
        return Math.Abs(ev - e0) <= Math.Max(LeastReachEv, Reach * ev) ? element : null;
    }
}
