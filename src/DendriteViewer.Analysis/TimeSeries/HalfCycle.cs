using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.TimeSeries;

/// <summary>What passed while current flowed one way, rests between included.</summary>
/// <param name="Index">From 0.</param>
/// <param name="IsPlating">True where lithium is plated, as the first half cycle is; false where it is stripped.</param>
/// <param name="FromHours">When current began to flow that way.</param>
/// <param name="ToHours">When it last did.</param>
/// <param name="Charge">Its charge, signed as the current is.</param>
public sealed record HalfCycle(int Index, bool IsPlating, double FromHours, double ToHours, ArealCharge Charge)
{
    /// <summary>
    /// The half cycles of a current series. Instruments differ in which way they count as positive, so the first way in which current flows
    /// is taken as plating.
    /// </summary>
    /// <param name="flows">The stretches of the series.</param>
    /// <param name="charge">The charge of the same series.</param>
    public static IReadOnlyList<HalfCycle> Of(IReadOnlyList<Flow> flows, ChargeCurve charge)
    {
        var found = new List<HalfCycle>();
        var moving = flows.Where(f => f.Sign != 0).ToArray();
        for (int i = 0, first = 0; i < moving.Length; i++)
        {
            if (i + 1 < moving.Length && moving[i + 1].Sign == moving[i].Sign)
            {
                continue;
            }

            var from = Border(moving[first].First - 1, moving[first].FromHours);
            var to = Border(moving[i].Last, moving[i].ToHours);
            found.Add(new HalfCycle(
                found.Count, moving[first].Sign == moving[0].Sign, moving[first].FromHours, charge.Hours[moving[i].Last],
                charge.Since(from, to)));
            first = i + 1;
        }

        return found;

        // A current that is switched between two rows flows in part of the interval between them; one that is reversed changes sides where
        // the trapezoid crosses zero.
        double Border(int row, double edge)
        {
            if (row < 0 || row + 1 >= charge.Hours.Count)
            {
                return edge;
            }

            double a = charge.MaCm2[row], b = charge.MaCm2[row + 1], t = charge.Hours[row], dt = charge.Hours[row + 1] - t;
            var atRest = Math.Abs(a) < Math.Abs(b) ? t : t + dt;
            return a * b < 0 ? t + (dt * a / (a - b)) : atRest;
        }
    }
}
