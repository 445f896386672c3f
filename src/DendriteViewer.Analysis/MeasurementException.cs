namespace DendriteViewer.Analysis;

/// <summary>
/// A measurement's file (a spectrum, a sweep, a series) cannot be read, or what it holds cannot be evaluated as was asked. The message is
/// one sentence for the person who has the file: it names the file or the setting, and the remedy.
/// </summary>
public sealed class MeasurementException : Exception
{
    /// <summary>A sentence for people.</summary>
    public MeasurementException(string message) : base(OnOneLine(message))
    {
    }

    /// <summary>A sentence for people, and what was underneath.</summary>
    public MeasurementException(string message, Exception inner) : base(OnOneLine(message), inner)
    {
    }

    // Messages quote files; a line break in one would forge a line of a log.
    private static string OnOneLine(string text) =>
        text.Any(char.IsControl) ? new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]) : text;
}
