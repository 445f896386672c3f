namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>
/// The columns of a Bio-Logic .mpr file by their numbers. The format is not published; numbers, types and names are those that several free
/// readers have found by comparing .mpr files with the text that EC-Lab exports of them. From EC-Lab 11.50 on, many columns have their
/// former number plus 256.
/// </summary>
internal static class MprColumns
{
    /// <summary>How a column lies in a record.</summary>
    public enum Cell
    {
        /// <summary>One byte.</summary>
        U1,

        /// <summary>Two bytes, without sign.</summary>
        U2,

        /// <summary>Four bytes, without sign.</summary>
        U4,

        /// <summary>A float.</summary>
        F4,

        /// <summary>A double.</summary>
        F8,
    }

    /// <summary>Columns that share one byte: number, name and mask.</summary>
    public static readonly IReadOnlyDictionary<int, (string Name, byte Mask)> Flags = new Dictionary<int, (string, byte)>
    {
        [1] = ("mode", 0x03), [2] = ("ox/red", 0x04), [3] = ("error", 0x08), [21] = ("control changes", 0x10), [31] = ("Ns changes", 0x20),
        [65] = ("counter inc.", 0x80),
    };

    private static readonly Dictionary<int, (Cell Cell, string Name)> s_columns = new()
    {
        [4] = (Cell.F8, "time/s"), [5] = (Cell.F4, "control/V/mA"), [6] = (Cell.F4, "Ewe/V"), [7] = (Cell.F8, "dq/mA.h"),
        [8] = (Cell.F4, "I/mA"), [9] = (Cell.F4, "Ece/V"), [11] = (Cell.F8, "<I>/mA"), [13] = (Cell.F8, "(Q-Qo)/mA.h"),
        [16] = (Cell.F4, "Analog IN 1/V"), [17] = (Cell.F4, "Analog IN 2/V"), [19] = (Cell.F4, "control/V"), [20] = (Cell.F4, "control/mA"),
        [23] = (Cell.F8, "dQ/mA.h"), [24] = (Cell.F8, "cycle number"), [26] = (Cell.F4, "Rapp/Ohm"), [27] = (Cell.F4, "Ewe-Ece/V"),
        [32] = (Cell.F4, "freq/Hz"), [33] = (Cell.F4, "|Ewe|/V"), [34] = (Cell.F4, "|I|/A"), [35] = (Cell.F4, "Phase(Z)/deg"),
        [36] = (Cell.F4, "|Z|/Ohm"), [37] = (Cell.F4, "Re(Z)/Ohm"), [38] = (Cell.F4, "-Im(Z)/Ohm"), [39] = (Cell.U2, "I Range"),
        [69] = (Cell.F4, "R/Ohm"), [70] = (Cell.F4, "P/W"), [74] = (Cell.F8, "|Energy|/W.h"), [75] = (Cell.F4, "Analog OUT/V"),
        [76] = (Cell.F4, "<I>/mA"), [77] = (Cell.F4, "<Ewe>/V"), [78] = (Cell.F4, "Cs-2/µF-2"), [96] = (Cell.F4, "|Ece|/V"),
        [98] = (Cell.F4, "Phase(Zce)/deg"), [99] = (Cell.F4, "|Zce|/Ohm"), [100] = (Cell.F4, "Re(Zce)/Ohm"),
            [101] = (Cell.F4, "-Im(Zce)/Ohm"),
        [123] = (Cell.F8, "Energy charge/W.h"), [124] = (Cell.F8, "Energy discharge/W.h"), [125] = (Cell.F8, "Capacitance charge/µF"),
        [126] = (Cell.F8, "Capacitance discharge/µF"), [131] = (Cell.U2, "Ns"), [163] = (Cell.F4, "|Estack|/V"),
            [168] = (Cell.F4, "Rcmp/Ohm"),
        [169] = (Cell.F4, "Cs/µF"), [172] = (Cell.F4, "Cp/µF"), [173] = (Cell.F4, "Cp-2/µF-2"), [174] = (Cell.F4, "<Ewe>/V"),
        [178] = (Cell.F4, "(Q-Qo)/C"), [179] = (Cell.F4, "dQ/C"), [182] = (Cell.F8, "step time/s"), [185] = (Cell.F4, "<Ece>/V"),
        [206] = (Cell.F4, "Temperature/°C"), [211] = (Cell.F8, "Q charge/discharge/mA.h"), [212] = (Cell.U4, "half cycle"),
        [213] = (Cell.U4, "z cycle"), [215] = (Cell.F4, "<Ece>/V"), [217] = (Cell.F4, "THD Ewe/%"), [218] = (Cell.F4, "THD I/%"),
        [219] = (Cell.F4, "THD Ece/%"), [220] = (Cell.F4, "NSD Ewe/%"), [221] = (Cell.F4, "NSD I/%"), [222] = (Cell.F4, "NSD Ece/%"),
        [223] = (Cell.F4, "NSR Ewe/%"), [224] = (Cell.F4, "NSR I/%"), [225] = (Cell.F4, "NSR Ece/%"), [248] = (Cell.F4, "Rac/Ohm"),
        [249] = (Cell.F4, "Rdc/Ohm"), [253] = (Cell.U1, "Acir/Dcir Control"), [326] = (Cell.F4, "P/W"), [434] = (Cell.F4, "(Q-Qo)/C"),
        [435] = (Cell.F4, "dQ/C"), [438] = (Cell.F8, "step time/s"), [441] = (Cell.F4, "<Ecv>/V"), [462] = (Cell.F4, "Temperature/°C"),
        [467] = (Cell.F8, "Q charge/discharge/mA.h"), [468] = (Cell.U4, "half cycle"), [469] = (Cell.U4, "z cycle"),
            [471] = (Cell.F4, "<Ece>/V"),
        [473] = (Cell.F4, "THD Ewe/%"), [474] = (Cell.F4, "THD I/%"), [476] = (Cell.F4, "NSD Ewe/%"), [477] = (Cell.F4, "NSD I/%"),
        [479] = (Cell.F4, "NSR Ewe/%"), [480] = (Cell.F4, "NSR I/%"), [498] = (Cell.F8, "Q charge/mA.h"),
            [499] = (Cell.F8, "Q discharge/mA.h"),
        [500] = (Cell.F8, "step time/s"), [501] = (Cell.F8, "Efficiency/%"), [502] = (Cell.F8, "Capacity/mA.h"),
            [505] = (Cell.F4, "Rdc/Ohm"),
        [509] = (Cell.U1, "Acir/Dcir Control"),
    };

    /// <summary>What a number stands for; null where nobody has found out.</summary>
    /// <param name="number">The column's number.</param>
    public static (Cell Cell, string Name)? Find(int number)
    {
        // Harmonics: voltage and current, each with the second to the seventh.
        var harmonic = number is >= 230 and <= 241 ? number - 230 : number is >= 486 and <= 497 ? number - 486 : -1;
        return harmonic >= 0
            ? (Cell.F4, harmonic < 6 ? $"|Ewe h{harmonic + 2}|/V" : $"|I h{harmonic - 4}|/A")
            : s_columns.TryGetValue(number, out var column) ? column : null;
    }

    /// <summary>Bytes of a cell.</summary>
    public static int Bytes(Cell cell) => cell switch { Cell.U1 => 1, Cell.U2 => 2, Cell.F8 => 8, _ => 4 };
}
