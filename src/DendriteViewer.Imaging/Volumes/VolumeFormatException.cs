namespace DendriteViewer.Imaging.Volumes;

/// <summary>Data that cannot be used. The message is one sentence, on one line, that names the file or blob and what to do.</summary>
public sealed class VolumeFormatException : Exception
{
    /// <summary>A sentence for the person who has the file.</summary>
    public VolumeFormatException(string message) : base(OneLine.Of(message))
    {
    }

    /// <summary>A sentence for the person who has the file, and what was underneath.</summary>
    public VolumeFormatException(string message, Exception inner) : base(OneLine.Of(message), inner)
    {
    }
}
