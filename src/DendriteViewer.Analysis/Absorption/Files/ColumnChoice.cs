using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>
/// Makes a spectrum of a table: which column is the energy and in what unit, and what µ is. What a name says goes before a guess; a guess
/// is told; and where a file holds raw counts that may be combined in more than one way, nothing is guessed.
/// </summary>
internal static partial class ColumnChoice
{
    // h c in eV Å (CODATA 2018).
    private const double PlanckLight = 12398.419843320026;

    /// <summary>The spectrum.</summary>
    /// <param name="source">The file.</param>
    /// <param name="table">Its table.</param>
    /// <param name="wanted">A column, or a calculation with columns; null to choose.</param>
    /// <exception cref="MeasurementException">It cannot be chosen, or what is wanted is not there.</exception>
    public static Spectrum Of(SpectrumSource source, SpectrumTable table, string? wanted)
    {
        List<string> remarks = [.. table.Remarks];
        var energyColumn = table.Energy ?? EnergyOf(table);
        var energies = Energies(source, table, energyColumn, remarks);
        var (mu, mode) = wanted is null ? Chosen(source, table, energyColumn, remarks) : Wanted(source, table, wanted);
        if (mu == table.Columns[energyColumn])
        {
            throw source.Refuse($"'{wanted}' is its energy; {Listed(table)}. Name the column of µ.");
        }

        var name = table.Scan is null ? source.Name : $"{source.Name}#{table.Scan}";
        return Spectrum.Of(name, energies, mu, mode == AbsorptionMode.Unknown ? table.Mode : mode, remarks);
    }

    /// <summary>Which columns a table has, for messages.</summary>
    public static string Listed(SpectrumTable table) => table.Labels.Count == 0
        ? $"its {table.Columns.Length} columns have no names"
        : "its columns are " + string.Join(", ", table.Labels.Take(30).Select(OneLine))
            + (table.Labels.Count > 30 ? $" and {table.Labels.Count - 30} more" : "");

    private static int EnergyOf(SpectrumTable table) =>
        Enumerable.Range(0, table.Labels.Count).Where(i => EnergyName().IsMatch(table.Labels[i])).Append(0).First();

    private static double[] Energies(SpectrumSource source, SpectrumTable table, int column, List<string> remarks)
    {
        var values = table.Columns[column];
        var label = column < table.Labels.Count ? table.Labels[column] : "";
        var unit = column < table.Units.Count ? table.Units[column] : "";
        if (table.IsAngle)
        {
            var spacing = table.SpacingAngstrom ?? throw source.Refuse(
                "It has angles of the monochromator and not the spacing of its planes; export energies in eV.");
            return Array.ConvertAll(values, v => PlanckLight / (2 * spacing * Math.Sin(v * Math.PI / 180)));
        }

        if (unit is "kev" || label.Contains("keV", StringComparison.OrdinalIgnoreCase))
        {
            return Array.ConvertAll(values, v => v * 1000);
        }

        // The hardest edge that anybody measures lies at 120 keV, and no edge of a spectrum in eV below 13.
        if (unit is "" && !label.Contains("eV", StringComparison.OrdinalIgnoreCase)
            && values.Where(double.IsFinite).DefaultIfEmpty().Max() < 120 && values.Where(double.IsFinite).DefaultIfEmpty().Min() > 0)
        {
            remarks.Add("Its energies were taken for keV, since all are below 120.");
            return Array.ConvertAll(values, v => v * 1000);
        }

        return values;
    }

    private static (double[] Mu, AbsorptionMode Mode) Wanted(SpectrumSource source, SpectrumTable table, string wanted)
    {
        if (ColumnExpression.ColumnOf(table, wanted) is { } column)
        {
            return (table.Columns[column], ModeOf(column < table.Labels.Count ? table.Labels[column] : ""));
        }

        // What XDI calls µ of each kind, where the file has what it is made of.
        var raw = new RawColumns(table);
        if (TransmissionName().IsMatch(wanted) && raw is { I0: { } i0, Transmitted: { } it })
        {
            return (Ratio(it, i0, v => -Math.Log(v)), AbsorptionMode.Transmission);
        }

        if (FluorescenceName().IsMatch(wanted) && raw is { I0: { } before, Fluorescence: { } emitted })
        {
            return (Ratio(emitted, before, v => v), AbsorptionMode.Fluorescence);
        }

        var mode = wanted.TrimStart().StartsWith("ln", StringComparison.OrdinalIgnoreCase) ? AbsorptionMode.Transmission
            : raw.IsOfFluorescence(wanted) ? AbsorptionMode.Fluorescence : AbsorptionMode.Unknown;
        return (ColumnExpression.Evaluate(source, table, wanted), mode);
    }

    private static (double[] Mu, AbsorptionMode Mode) Chosen(SpectrumSource source, SpectrumTable table, int energy, List<string> remarks)
    {
        var (labels, columns) = (table.Labels, table.Columns);
        var named = Enumerable.Range(0, labels.Count).Where(i => i != energy && MuName().IsMatch(labels[i])).ToArray();
        if (named.Length > 0)
        {
            if (named.Length > 1)
            {
                var others = string.Join(", ", named.Skip(1).Select(i => OneLine(labels[i])));
                remarks.Add($"µ is its column {OneLine(labels[named[0]])}; it also has {others}.");
            }

            return (columns[named[0]], ModeOf(labels[named[0]]));
        }

        var raw = new RawColumns(table);
        if (raw is { I0: { } i0, Transmitted: { } it, HasFluorescence: false })
        {
            remarks.Add($"µ is ln({raw.I0Name}/{raw.TransmittedName}), as its columns are named.");
            return (Ratio(it, i0, v => -Math.Log(v)), AbsorptionMode.Transmission);
        }

        if (raw is { I0: { } before, Fluorescence: { } emitted, Transmitted: null })
        {
            remarks.Add($"µ is {raw.FluorescenceName}/{raw.I0Name}, as its columns are named.");
            return (Ratio(emitted, before, v => v), AbsorptionMode.Fluorescence);
        }

        var second = energy == 0 ? 1 : 0;
        if (columns.Length == 2)
        {
            return (columns[second], table.Mode);
        }

        if (labels.Count == 0 || (energy == 0 && !RawName().IsMatch(labels[1]) && raw.I0 is null))
        {
            remarks.Add($"µ is its column {second + 1} of {columns.Length}"
                + (labels.Count == 0 ? "; they have no names." : $", {OneLine(labels[second])}; {Listed(table)}."));
            return (columns[second], table.Mode);
        }

        throw source.Refuse($"It does not say what µ is: {Listed(table)}. Name the column, or say what it is of them, "
            + $"such as {raw.Example}.");
    }

    private static double[] Ratio(double[] a, double[] b, Func<double, double> of) => [.. a.Zip(b, (x, y) => of(x / y))];

    private static AbsorptionMode ModeOf(string label) => TransmissionName().IsMatch(label) ? AbsorptionMode.Transmission
        : FluorescenceName().IsMatch(label) ? AbsorptionMode.Fluorescence : AbsorptionMode.Unknown;

    private static string OneLine(string text) => text.Length > 40 ? text[..40] + "…" : text;

    [GeneratedRegex(@"^(e|en|ev|kev)\b|^(?!.*edge).*energy", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EnergyName();

    [GeneratedRegex(@"^(x?mu|µ|μ|mu_?e|x?mu\(e\)|mu_?trans|mu_?fluor?|norm(alized)?(_?mu|_?trans|_?fluor)?|absorption|absorbance|abs|flat"
        + @"|xanes)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MuName();

    [GeneratedRegex(@"^(mu|norm)_?trans", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TransmissionName();

    [GeneratedRegex(@"^(mu|norm)_?fluo", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FluorescenceName();

    [GeneratedRegex(@"time|count|cps|clock|scaler|sec\b|readback|requested|angle|theta|current|gain|keithley|mca|roi|det|temp|epoch"
        + @"|event|mon|^i[0o]|^i[12trf]\b|^[hkl]$|^ion|offset|:|pip|gap", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RawName();
}
