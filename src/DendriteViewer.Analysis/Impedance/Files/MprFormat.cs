using DendriteViewer.Analysis.TimeSeries.Cyclers;

namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>
/// Bio-Logic .mpr files of an impedance technique (PEIS, GEIS, or impedance between other steps): the records that have a frequency, a
/// block a loop. How the file is built is known to <see cref="MprFile"/>.
/// </summary>
internal sealed class MprFormat : IImpedanceFormat
{
    private const double MostSeconds = 3.6e9;

    /// <inheritdoc/>
    public bool Recognises(ImpedanceSource source) => MprFile.Is(source.Bytes);

    /// <inheritdoc/>
    public ImpedanceTable Read(ImpedanceSource source)
    {
        var (table, loops) = MprFile.ReadContent(source.Bytes, source.Name);
        if (table.Find(Quantity.Frequency)?.Canonical() is not { } frequency
            || table.Find(Quantity.RealImpedance)?.Canonical() is not { } real
            || table.Find(Quantity.MinusImaginaryImpedance)?.Canonical() is not { } minusImaginary)
        {
            throw source.Refuse("It has no impedance; as a series it is read by dendrite series.");
        }

        var time = table.Find(Quantity.TestTime)?.Canonical();
        var blocks = new List<ImpedanceBlock>();
        for (var i = 0; i < loops.Count; i++)
        {
            var rows = new List<ImpedanceRow>();
            for (var j = loops[i]; j < (i + 1 < loops.Count ? loops[i + 1] : table.Rows); j++)
            {
                // Between sweeps of a technique that does more than impedance, the frequency is 0.
                if (frequency[j] > 0)
                {
                    rows.Add(new ImpedanceRow(frequency[j], real[j], -minusImaginary[j], Seconds(time?[j])));
                }
            }

            if (rows.Count > 0)
            {
                blocks.Add(new ImpedanceBlock(rows) { Started = rows[0].Seconds is { } seconds ? table.Started?.AddSeconds(seconds)
                    : null });
            }
        }

        return new ImpedanceTable(table.Format, blocks, table.Remarks) { SignIsNamed = true };
    }

    // A damaged file may hold any number.
    private static double? Seconds(double? value) => Math.Abs(value ?? double.NaN) < MostSeconds ? value : null;
}
