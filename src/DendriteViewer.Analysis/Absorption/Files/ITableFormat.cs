namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>A form that beamlines write tables of text in.</summary>
internal interface ITableFormat
{
    /// <summary>Whether a file has this form.</summary>
    bool Recognises(SpectrumSource source);

    /// <summary>Its tables: one a scan.</summary>
    /// <exception cref="MeasurementException">It is damaged, or holds nothing of use.</exception>
    IReadOnlyList<SpectrumTable> Read(SpectrumSource source);
}
