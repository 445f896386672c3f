using System.Buffers.Binary;
using System.Text;

namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>
/// Reads Bio-Logic's .mpr: after a signature, modules with a name, a length and a version each. The module of data has the number of
/// records, the numbers of its columns and the records; those of settings and of the log have the electrode's area and the time of the
/// start. What is known of the format is what free readers found out (<see cref="MprColumns"/>).
/// </summary>
internal static class MprFile
{
    private const int MostRows = 10_000_000;
    private const int ModuleName = 6;
    private const int AreaAt = 0x211;
    private const double DefaultCm2 = 0.001;
    private const byte RestMode = 3;
    private static readonly byte[] s_signature = [.. "BIO-LOGIC MODULAR FILE\x1a"u8];

    // Where logs of different versions of EC-Lab keep the start, in days since 1899-12-30.
    private static readonly int[] s_startAt = [465, 469, 473, 585];

    private sealed record Module(string Name, uint Version, byte[] Data);

    /// <summary>Where loops of a file begin.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Loops">First rows of the loops, the first 0.</param>
    internal sealed record Content(CyclerTable Table, IReadOnlyList<int> Loops);

    /// <summary>Whether bytes are such a file.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes) => bytes.StartsWith(s_signature);

    /// <summary>The table of a file.</summary>
    /// <exception cref="MeasurementException">It is damaged, or has columns that nobody has found out.</exception>
    public static CyclerTable Read(byte[] bytes, string file) => ReadContent(bytes, file).Table;

    /// <summary>The table of a file and where its loops begin.</summary>
    /// <exception cref="MeasurementException">It is damaged, or has columns that nobody has found out.</exception>
    public static Content ReadContent(byte[] bytes, string file)
    {
        var modules = Modules(bytes, file);
        var data = modules.FirstOrDefault(m => m.Name == "VMP data") ?? throw Damaged(file, "it has no data");
        var table = Records(data, file);
        var settings = modules.FirstOrDefault(m => m.Name == "VMP Set")?.Data;
        var area = settings is { Length: > AreaAt + 4 } ? BinaryPrimitives.ReadSingleLittleEndian(settings.AsSpan(AreaAt)) : 0;
        table = table with
        {
            Started = StartOf(modules.FirstOrDefault(m => m.Name == "VMP LOG")?.Data),
            AreaCm2 = area is > (float)(DefaultCm2 * 1.001) and < 1e4f ? area : null,
        };
        return new Content(WithCurrent(table), LoopsOf(modules.FirstOrDefault(m => m.Name == "VMP loop")?.Data, table.Rows));
    }

    private static List<Module> Modules(byte[] bytes, string file)
    {
        var found = new List<Module>();
        var at = 52;
        while (at + 57 <= bytes.Length)
        {
            if (!bytes.AsSpan(at, ModuleName).SequenceEqual("MODULE"u8))
            {
                throw Damaged(file, $"no module begins at byte {at}");
            }

            // From EC-Lab 11.50 on, a longest length stands before the length, and one more number behind the version.
            var name = Encoding.ASCII.GetString(bytes, at + ModuleName, 10).Trim();
            var isLong = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 41)) == uint.MaxValue;
            var numbers = at + (isLong ? 45 : 41);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(numbers));
            var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(numbers + 4));
            var start = numbers + (isLong ? 20 : 16);
            if (start > bytes.Length || length > bytes.Length - start)
            {
                throw Damaged(file, $"its module {name.Replace('\0', ' ')} ends beyond the file");
            }

            found.Add(new Module(name, version, bytes[start..(start + (int)length)]));
            at = start + (int)length;
        }

        return found;
    }

    private static CyclerTable Records(Module data, string file)
    {
        var d = data.Data;
        if (d.Length < 6)
        {
            throw Damaged(file, "its data are cut short");
        }

        var rows = BinaryPrimitives.ReadUInt32LittleEndian(d);
        int count = d[4];
        var (numbers, start) = Numbers(data, count, file);
        if (start > d.Length || rows is 0 or > MostRows || (d.Length - start) % rows != 0)
        {
            throw rows == 0
                ? new MeasurementException($"{file} has no records; the measurement was not started.")
                : Damaged(file, $"{Math.Max(0, d.Length - start)} bytes are no whole number of {rows} records");
        }

        var stride = (d.Length - start) / (int)rows;
        var columns = new List<(string Name, int Offset, MprColumns.Cell Cell, byte Mask)>();
        var remarks = new List<string>();
        int offset = 0, flags = -1;
        for (var i = 0; i < count; i++)
        {
            if (MprColumns.Flags.TryGetValue(numbers[i], out var flag))
            {
                if (flags < 0)
                {
                    flags = offset++;
                }

                columns.Add((flag.Name, flags, MprColumns.Cell.U1, flag.Mask));
            }
            else if (MprColumns.Find(numbers[i]) is { } column)
            {
                columns.Add((column.Name, offset, column.Cell, 0xFF));
                offset += MprColumns.Bytes(column.Cell);
            }
            else
            {
                remarks.Add(Unknown(numbers[i], columns.Count == 0 ? null : columns[^1].Name, count - i, columns, file));
                break;
            }
        }

        if (offset > stride || (remarks.Count == 0 && offset != stride))
        {
            throw Damaged(file, $"its records have {stride} bytes and their columns {offset}; export it as .mpt from EC-Lab");
        }

        return new CyclerTable("Bio-Logic .mpr", columns.Select(c => Column(c, d, start, stride, (int)rows)).ToArray(),
            (int)rows) { Remarks = remarks };
    }

    // What lies before a column that is not known can be read; what lies behind it cannot, as nobody knows where it begins.
    private static string Unknown(int number, string? before, int missing, List<(string Name, int, MprColumns.Cell, byte)> known,
        string file)
    {
        var where = before is null ? "the first" : $"after '{before}'";
        var names = known.Select(k => k.Name).ToArray();
        return names.Contains("time/s") && names.Any(n => n is "Ewe/V" or "<Ewe>/V" or "I/mA" or "<I>/mA" or "dq/mA.h" or "freq/Hz")
            ? $"Column number {number}, {where}, is not known, "
                + $"so {(missing == 1 ? "it is" : $"it and the {missing - 1} behind it are")} left out; "
                + "export the file as .mpt from EC-Lab to have all."
            : throw new MeasurementException(
                $"{file} has a column of number {number}, {where}, which is not known, and no time and voltage or current before it; "
                + "export it as .mpt from EC-Lab.");
    }

    private static (int[] Numbers, int Start) Numbers(Module data, int count, string file)
    {
        var d = data.Data;
        int[] Words(bool isBigEndian) => 5 + (2 * count) > d.Length ? throw Damaged(file, "its list of columns is cut short")
            : Enumerable.Range(0, count).Select(i => (int)(isBigEndian
                ? BinaryPrimitives.ReadUInt16BigEndian(d.AsSpan(5 + (2 * i)))
                    : BinaryPrimitives.ReadUInt16LittleEndian(d.AsSpan(5 + (2 * i))))).ToArray();
        return data.Version switch
        {
            0 when d[5] == 0 => (Words(true), 1007),
            0 when 5 + count <= d.Length => (d.AsSpan(5, count).ToArray().Select(b => (int)b).ToArray(), 100),
            2 => (Words(false), 405),
            3 => (Words(false), 406),
            _ => throw new MeasurementException(
                $"{file}: its data have version {data.Version}, which is not known; export it as .mpt from EC-Lab."),
        };
    }

    private static CyclerColumn Column((string Name, int Offset, MprColumns.Cell Cell, byte Mask) c, byte[] d, int start, int stride,
        int rows)
    {
        var values = new double[rows];
        var shift = System.Numerics.BitOperations.TrailingZeroCount(c.Mask);
        for (var i = 0; i < rows; i++)
        {
            var cell = d.AsSpan(start + (i * stride) + c.Offset);
            var value = c.Cell switch
            {
                MprColumns.Cell.U1 => (cell[0] & c.Mask) >> (c.Mask == 0xFF ? 0 : shift),
                MprColumns.Cell.U2 => BinaryPrimitives.ReadUInt16LittleEndian(cell),
                MprColumns.Cell.U4 => BinaryPrimitives.ReadUInt32LittleEndian(cell),
                MprColumns.Cell.F4 => BinaryPrimitives.ReadSingleLittleEndian(cell),
                _ => BinaryPrimitives.ReadDoubleLittleEndian(cell),
            };
            values[i] = double.IsFinite(value) && Math.Abs(value) < 1e15 ? value : double.NaN;
        }

        var name = ColumnName.Of(c.Name);
        return new CyclerColumn(c.Name, name.Quantity, name.Unit, ColumnKind.Numbers) { Values = values };
    }

    // Techniques with a controlled current may record no current but the charge since the last record.
    private static CyclerTable WithCurrent(CyclerTable table)
    {
        if (table.Find(Quantity.Current) is not null || table.Find(Quantity.TestTime) is not { } time
            || table.Columns.FirstOrDefault(c => c.Name is "dq/mA.h" or "dQ/mA.h") is not { } charge)
        {
            return table;
        }

        var mode = table.Columns.FirstOrDefault(c => c.Name == "mode");
        var values = new double[table.Rows];
        for (var i = 0; i < values.Length; i++)
        {
            var hours = i == 0 ? 0 : (time.Values[i] - time.Values[i - 1]) / 3600;
            values[i] = mode?.Values[i] == RestMode ? 0 : hours > 0 ? charge.Values[i] / hours : double.NaN;
        }

        var current = new CyclerColumn("<I>/mA", Quantity.Current, "mA", ColumnKind.Numbers) { Values = values, IsDerived = true };
        return (table with { Columns = [.. table.Columns, current] })
            .Remark($"The file has no current; it is made of '{charge.Name}' and the time between records, so it is the mean since the "
                + "last record.");
    }

    private static DateTime? StartOf(byte[]? log)
    {
        foreach (var at in s_startAt)
        {
            if (log is not null && at + 8 <= log.Length && BinaryPrimitives.ReadDoubleLittleEndian(log.AsSpan(at)) is var days
                && days is > 40_000 and < 60_000)
            {
                return new DateTime(1899, 12, 30, 0, 0, 0, DateTimeKind.Unspecified).AddMilliseconds(Math.Round(days * 86_400_000));
            }
        }

        return null;
    }

    private static int[] LoopsOf(byte[]? loop, int rows)
    {
        var found = new List<int> { 0 };
        if (loop is { Length: >= 4 })
        {
            var count = Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(loop), (uint)(loop.Length - 4) / 4);
            for (var i = 0; i < count; i++)
            {
                var first = BinaryPrimitives.ReadUInt32LittleEndian(loop.AsSpan(4 + (4 * i)));
                if (first > found[^1] && first < rows)
                {
                    found.Add((int)first);
                }
            }
        }

        return [.. found];
    }

    private static MeasurementException Damaged(string file, string what) => new($"{file} is damaged: {what}; copy it again.");
}
