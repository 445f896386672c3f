namespace DendriteViewer.Hdf5;

/// <summary>An HDF5 file cannot be used; the message is one sentence for people, without the file's name where that is the one asked for.</summary>
public sealed class Hdf5Exception(string message) : Exception(message);
