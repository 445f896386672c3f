using System.Buffers.Binary;

namespace DendriteViewer.Imaging.Formats;

/// <summary>The fields of a NIfTI header; where they lie differs between the two versions.</summary>
internal sealed class NiftiHeader(byte[] bytes, int version, bool big)
{
    private bool Is1 => version == 1;

    public long[] Dim => Enumerable.Range(0, 8).Select(i => Is1 ? Short(40 + 2 * i) : Long(16 + 8 * i)).ToArray();

    public int DataType => Is1 ? Short(70) : Short(12);

    public int BitsPerSample => Is1 ? Short(72) : Short(14);

    public int Intent => Is1 ? Short(68) : Int(504);

    public double TimeOffset => Is1 ? Float(136) : Double(224);

    public double Offset => Is1 ? Float(108) : Long(168);

    public double Slope => Is1 ? Float(112) : Double(176);

    public double Intercept => Is1 ? Float(116) : Double(184);

    public int Units => Is1 ? bytes[123] : Int(500);

    public int QformCode => Is1 ? Short(252) : Int(344);

    public int SformCode => Is1 ? Short(254) : Int(348);

    public double Pixdim(int i) => Is1 ? Float(76 + 4 * i) : Double(104 + 8 * i);

    public double Quatern(int i) => Is1 ? Float(256 + 4 * i) : Double(352 + 8 * i);

    public double Qoffset(int i) => Is1 ? Float(268 + 4 * i) : Double(376 + 8 * i);

    public double Srow(int row, int column) => Is1 ? Float(280 + 16 * row + 4 * column) : Double(400 + 32 * row + 8 * column);

    private short Short(int at) => big ? BinaryPrimitives.ReadInt16BigEndian(bytes.AsSpan(at))
        : BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(at));

    private int Int(int at) => big ? BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at))
        : BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));

    private long Long(int at) => big ? BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at))
        : BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));

    private float Float(int at) => big ? BinaryPrimitives.ReadSingleBigEndian(bytes.AsSpan(at))
        : BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(at));

    private double Double(int at) => big ? BinaryPrimitives.ReadDoubleBigEndian(bytes.AsSpan(at))
        : BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(at));
}
