namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>Files of programs whose form is not read: refused by name, with what to export instead.</summary>
internal sealed class ForeignFormats : IImpedanceFormat
{
    /// <inheritdoc/>
    public bool Recognises(ImpedanceSource source) => Remedy(source) is not null;

    /// <inheritdoc/>
    public ImpedanceTable Read(ImpedanceSource source) => throw source.Refuse(Remedy(source)!);

    private static string? Remedy(ImpedanceSource source) => source.Extension switch
    {
        ".ism" or ".isc" or ".isw" => "Thales' own files are not supported; export the spectrum from Thales as ASCII.",
        ".nox" => "NOVA's own files are not supported; export the spectrum from NOVA as ASCII.",
        ".xls" or ".xlsx" or ".ods" or ".fods" => "Spreadsheets are not supported; save the sheet with frequency, Re and Im as CSV.",
        ".mps" => "It has the settings of an EC-Lab technique and no data; give the .mpr or .mpt beside it.",
        ".opj" or ".opju" => "Origin's projects are not supported; export the sheet with frequency, Re and Im as CSV.",
        _ => null,
    };
}
