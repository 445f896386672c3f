namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// A <see cref="TransferTable"/> for 256 levels. The opacity of a level is the table's mean over the values nearest to it; a step along
/// which the level goes from one to another has the mean opacity of all levels between, by differences of a running sum, and the colour
/// of the middle one of those that are seen (pre-integration: M. Kraus, T. Ertl et al.; here of opacity itself, since a step is one
/// voxel).
/// </summary>
internal sealed class ByteTransfer
{
    /// <summary>An opacity of 1 in <see cref="Sums"/>.</summary>
    public const int Unit = 1 << 15;

    // Products are cut off rather than rounded when a sum is divided; on average this makes up for it.
    private const double Cut = 0.75;

    // Lengths of steps are told apart by so much.
    private const int LengthsAVoxel = 256;

    private readonly TransferTable _table;
    private readonly ByteTransfer?[] _ofLength;

    /// <param name="table">Colours and opacities by value.</param>
    /// <param name="mapping">What levels stand for.</param>
    public ByteTransfer(TransferTable table, ByteMapping mapping)
        : this(table, mapping, 1, new ByteTransfer?[2 * LengthsAVoxel])
    {
    }

    private ByteTransfer(TransferTable table, ByteMapping mapping, double length, ByteTransfer?[] ofLength)
    {
        (_table, Mapping, _ofLength) = (table, mapping, ofLength);
        var (before, total) = (new double[TransferTable.Size + 1], 0.0);
        for (var i = 0; i < TransferTable.Size; i++)
        {
            before[i + 1] = before[i] + BitConverter.UInt32BitsToSingle((uint)table.Entries[i]);
        }

        var most = 0.0;
        (VisibleLow, VisibleHigh) = (255, 0);
        for (var i = 0; i < 256; i++)
        {
            double from = (mapping.ValueOf(i - 0.5f) - table.Low) * table.Scale, to = (mapping.ValueOf(i + 0.5f) - table.Low) * table.Scale;

            // The outermost levels stand for everything beyond, too, and not for what a steep edge beside that has become.
            var mean = mapping.IsCut && i is 0 or 255
                ? table.Alpha(mapping.ValueOf(i))
                : (Until(to) - Until(from)) / (to - from);
            var opacity = 1 - Math.Pow(1 - Math.Clamp(mean, 0, 1), length);
            if (opacity > 0)
            {
                (VisibleLow, VisibleHigh, most) = (Math.Min(VisibleLow, i), i, Math.Max(most, opacity));
            }

            total += opacity > 0 ? Math.Min(opacity * Unit + Cut, Unit - 1) : 0;
            Sums[i + 1] = (int)Math.Round(total);
            Colors[i] = table.Color(mapping.ValueOf(i));
        }

        MostShort = most == 0 ? 255 : (int)Math.Clamp(65535 / (most * Unit + 1) - 1, 0, 255);

        // The sum of the entries below a place in the table; outermost entries go on beyond its ends.
        double Until(double place)
        {
            if (place <= 0)
            {
                return place * before[1];
            }

            if (place >= TransferTable.Size)
            {
                return before[^1] + (place - TransferTable.Size) * (before[^1] - before[^2]);
            }

            var i = (int)place;
            return before[i] + (place - i) * (before[i + 1] - before[i]);
        }
    }

    /// <summary>
    /// The same for steps of another length than a voxel's, to within a 512th of it; from half a voxel's to twice that.
    /// </summary>
    public ByteTransfer ForSteps(float length)
    {
        var at = (int)Math.Clamp(MathF.Round(length * LengthsAVoxel), LengthsAVoxel / 2, 2 * LengthsAVoxel - 1);

        // Two threads that ask at once make the same.
        return at == LengthsAVoxel ? this : _ofLength[at] ??= new ByteTransfer(_table, Mapping, (double)at / LengthsAVoxel, _ofLength);
    }

    /// <summary>What levels stand for.</summary>
    public ByteMapping Mapping { get; }

    /// <summary>Sums of the opacities of the levels before each, and of all, in units of <see cref="Unit"/>: 24 bits.</summary>
    public int[] Sums { get; } = new int[257];

    /// <summary>Colour of each level, 0xBBGGRR.</summary>
    public int[] Colors { get; } = new int[256];

    /// <summary>The lowest level that can be seen; 255 where none can.</summary>
    public int VisibleLow { get; }

    /// <summary>The highest level that can be seen; 0 where none can.</summary>
    public int VisibleHigh { get; }

    /// <summary>Whether anything can be seen.</summary>
    public bool IsVisible => VisibleLow <= VisibleHigh;

    /// <summary>Ends of a step so many levels apart at most have a difference of sums below 2¹⁶.</summary>
    public int MostShort { get; }

    /// <summary>Opacity of a step between two levels, 0–1, and the level that gives its colour.</summary>
    public float Between(int from, int to, out int middle)
    {
        int least = Math.Min(from, to), most = Math.Max(from, to);
        middle = (Math.Max(least, VisibleLow) + Math.Min(most, VisibleHigh) + 1) >> 1;
        return Math.Max((float)(Sums[most + 1] - Sums[least]) / (most + 1 - least) - (float)Cut, 0) / Unit;
    }
}
