namespace DendriteViewer.Hdf5;

/// <summary>Numbers as memory takes them, of whatever precision and byte order the file holds.</summary>
/// <param name="Name">uint8, …, float64.</param>
/// <param name="Size">Bytes.</param>
internal sealed record SampleKind(string Name, int Size)
{
    /// <summary>The library's handle of the type in memory.</summary>
    public long Memory => H5.Variable($"H5T_NATIVE_{Name switch { "float32" => "FLOAT", "float64" => "DOUBLE", var n => n.ToUpperInvariant() }}_g");

    /// <summary>What a dataset's numbers become; null where it holds none (text, structures, references).</summary>
    public static SampleKind? Of(long dataset)
    {
        var type = H5.DatasetType(dataset);
        try
        {
            return type < 0 ? null : OfType(type);
        }
        finally
        {
            H5.CloseType(type);
        }
    }

    private static SampleKind? OfType(long type)
    {
        var size = (int)H5.SizeOf(type);
        switch (H5.ClassOf(type))
        {
            case H5.ClassInteger when size is > 0 and <= 8:
                var wide = size <= 1 ? 1 : size <= 2 ? 2 : size <= 4 ? 4 : 8;
                return new SampleKind($"{(H5.SignOf(type) == 0 ? "u" : "")}int{8 * wide}", wide);
            case H5.ClassFloat when size is > 0 and <= 16:
                return size <= 4 ? new("float32", 4) : new("float64", 8);
            case H5.ClassEnum:
                // h5py's truth values are an enumeration of 8 bits.
                var under = H5.BaseOf(type);
                var kind = under < 0 ? null : OfType(under);
                H5.CloseType(under);
                return kind;
            default:
                return null;
        }
    }
}
