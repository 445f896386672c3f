using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>The detectors among a table's columns, by the names that beamlines give them.</summary>
internal sealed partial class RawColumns
{
    private readonly SpectrumTable _table;

    public RawColumns(SpectrumTable table)
    {
        _table = table;
        (I0Name, TransmittedName, FluorescenceName) = (Find(I0Names()), Find(TransmittedNames()), Find(FluorescenceNames()));
    }

    /// <summary>Name of the column of the beam before the sample, if there is one.</summary>
    public string? I0Name { get; }

    /// <summary>Name of the column of the beam behind the sample.</summary>
    public string? TransmittedName { get; }

    /// <summary>Name of the column of fluorescence, where there is one for all channels.</summary>
    public string? FluorescenceName { get; }

    /// <summary>The beam before the sample.</summary>
    public double[]? I0 => Column(I0Name);

    /// <summary>The beam behind the sample.</summary>
    public double[]? Transmitted => Column(TransmittedName);

    /// <summary>Fluorescence.</summary>
    public double[]? Fluorescence => Column(FluorescenceName);

    /// <summary>Whether any column looks like fluorescence, of one channel or of all.</summary>
    public bool HasFluorescence => FluorescenceName is not null || _table.Labels.Any(l => ChannelNames().IsMatch(l));

    /// <summary>A calculation of µ with columns that the table has.</summary>
    public string Example
    {
        get
        {
            var channel = FluorescenceName ?? _table.Labels.FirstOrDefault(l => ChannelNames().IsMatch(l));
            return (I0Name, TransmittedName, channel) switch
            {
                ({ } i0, _, { } c) => $"{Quoted(c)}/{Quoted(i0)}",
                ({ } i0, { } it, null) => $"ln({Quoted(i0)}/{Quoted(it)})",
                _ when _table.Columns.Length > 2 => $"ln(${_table.Columns.Length - 1}/${_table.Columns.Length})",
                _ => "$2",
            };
        }
    }

    /// <summary>Whether a calculation takes columns of fluorescence.</summary>
    public bool IsOfFluorescence(string calculation) => _table.Labels.Any(l =>
        (FluorescenceNames().IsMatch(l) || ChannelNames().IsMatch(l)) && calculation.Contains(l, StringComparison.OrdinalIgnoreCase));

    private string? Find(Regex names) => _table.Labels.FirstOrDefault(l => names.IsMatch(l));

    private double[]? Column(string? name) => name is null ? null : _table.Columns[ColumnExpression.ColumnOf(_table, name)!.Value];

    private static string Quoted(string name) => PlainName().IsMatch(name) ? name : $"\"{name}\"";

    [GeneratedRegex(@"^(i0|io|i_?zero|mon_?i0|i0_\w+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex I0Names();

    [GeneratedRegex(@"^(i1|it|itrans|i_?trans(mitted|mission)?|i1_\w*eh1)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TransmittedNames();

    [GeneratedRegex(@"^(if|iff|ifluor?|i_?fluor(escence)?|fluor(escence)?|flatot|pips|lytle)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FluorescenceNames();

    [GeneratedRegex(@"^if|fluo|mca|roi|vortex|k[ab]_|sca\d|icr|xmap|^fla|cps|lytle|pips|k[ab]\d?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ChannelNames();

    [GeneratedRegex(@"^[A-Za-z_][\w.:]*$")]
    private static partial Regex PlainName();
}
