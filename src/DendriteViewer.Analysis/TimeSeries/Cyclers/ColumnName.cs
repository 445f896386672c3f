using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>What the head of a column says: a quantity and a unit, in any of the ways in which cyclers write them.</summary>
/// <param name="Quantity">The quantity; unknown where the name is none that is known.</param>
/// <param name="Unit">The unit; empty where none is named.</param>
/// <param name="Name">The name without its unit, in lower case without blanks and underscores.</param>
public readonly partial record struct ColumnName(Quantity Quantity, string Unit, string Name)
{
    // By name without unit. Names are such as the instruments' exports and the Battery Data Format have.
    private static readonly Dictionary<string, Quantity> s_names = new(
        new (Quantity Quantity, string Names)[]
        {
            (Quantity.TestTime, "time testtime totaltime runtime run-time test elapsedtime t hours 总时间 测试时间 programduration"),
            (Quantity.StepTime, "steptime t-step stepduration statetime"),
            (Quantity.UnixTime, "unixtime uts"),
            (Quantity.WallClock, "datetime date dateandtime dpttime dpt-time timestamp datetimeisostring systemtime absolutetime"),
            (Quantity.Voltage, "voltage volts volt potential u v e ecell ewe <ewe> ewe-ece cellvoltage 电压 ucell vcell"),
            (Quantity.Current, "current amps amp i <i> cellcurrent 电流 icell"),
            (Quantity.CurrentDensity, "currentdensity j"),
            (Quantity.Charge, "(q-qo) (q-q0) netcapacity charge ahaccu netcharge"),
            (Quantity.Capacity, "capacity dq qcharge qdischarge qcharge/discharge qchargeordischarge chargecapacity dischargecapacity "
                + "ah ah-step "
                + "ah-cyc-charge ah-cyc-discharge ah-cyc-charge-0 ah-cyc-discharge-0 chg.cap. dchg.cap. chargingcapacity "
                    + "dischargingcapacity "
                + "amp-hr ahcha ahdch ahstep cumulativecapacity stepchargingcapacity stepdischargingcapacity stepnetcapacity "
                + "stepcumulativecapacity schedulechargingcapacity scheduledischargingcapacity cyclechargingcapacity "
                    + "cycledischargingcapacity"),
            (Quantity.Energy, "energy |energy| energycharge energydischarge chargeenergy dischargeenergy wh wh-step watt-hr chargingenergy "
                + "dischargingenergy netenergy cumulativeenergy chg.energy dchg.energy"),
            (Quantity.Power, "power p pwe watt"),
            (Quantity.Temperature, "temperature temp t1 t2 temp1 temp2 temperature1 temperature2 temperature3 auxtemperature1 "
                + "temperaturet1 "
                + "temperaturet2 temperaturet3 temperaturet4 temperaturet5 ambienttemperature surfacetemperature circuittemperature 温度 "
                    + "tenv"),
            (Quantity.Pressure, "pressure ambientpressure appliedpressure surfacepressure stackpressure"),
            (Quantity.Resistance, "r internalresistance acr dcinternalresistance acinternalresistance r-ac r-dc rapp"),
            (Quantity.Frequency, "freq frequency"),
            (Quantity.RealImpedance, "re(z) realimpedance"),
            (Quantity.ImaginaryImpedance, "im(z) imaginaryimpedance"),
            (Quantity.MinusImaginaryImpedance, "-im(z)"),
            (Quantity.AbsoluteImpedance, "|z| absoluteimpedance"),
            (Quantity.Phase, "phase(z) phase"),
            (Quantity.Cycle, "cyclenumber cycle cycleindex cyclecount cyclec cyc# zcycle cyc-count"),
            (Quantity.Step, "ns step stepindex stepid stepnumber stepcount line"),
            (Quantity.Record, "record recordindex rec rec# datapoint dataset recordid channelindex recordnumber 记录序号 数据序号"),
            (Quantity.State, "state status mode steptype stepname command md 工步类型 工步名称 工步状态 状态"),
        }.SelectMany(q => q.Names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => KeyValuePair.Create(n, q.Quantity))));

    /// <summary>Reads a head.</summary>
    /// <param name="head">The text above a column.</param>
    public static ColumnName Of(string head)
    {
        var text = head.Trim().TrimStart('~').Trim().Trim('"');
        ColumnName? withoutUnit = null;
        foreach (var (name, unit) in Splits(text))
        {
            var plain = Plain(name);
            if (!s_names.TryGetValue(plain, out var quantity))
            {
                continue;
            }

            quantity = quantity == Quantity.Current && Units.Find(Quantity.CurrentDensity, unit) is not null ? Quantity.CurrentDensity
                : quantity;

            // "Step(Sec)" is the time in a step, "Step" its number; "T1" may be a temperature, "t" is a time.
            quantity = quantity == Quantity.Step && Units.Find(Quantity.StepTime, unit) is not null ? Quantity.StepTime : quantity;
            quantity = plain == "t" && Units.Find(Quantity.Temperature, unit) is not null ? Quantity.Temperature : quantity;
            if (Units.Of(quantity).Length == 0 ? unit.Length == 0 : Units.Find(quantity, unit) is not null || IsClock(quantity, unit))
            {
                return new ColumnName(quantity, unit.Trim(), plain);
            }

            withoutUnit ??= unit.Length == 0 || quantity is Quantity.WallClock ? new ColumnName(quantity, "", plain) : null;
        }

        return withoutUnit is { Name: "hours" } ? new ColumnName(Quantity.TestTime, "h", "hours")
            : withoutUnit ?? new ColumnName(Quantity.Unknown, "", Plain(text));
    }

    // h:min:s and the like.
    private static bool IsClock(Quantity quantity, string unit) =>
        quantity is Quantity.TestTime or Quantity.StepTime && unit.Contains(':', StringComparison.Ordinal);

    // Every way in which a head can be a name and a unit, the likeliest first; the whole as a name last.
    private static IEnumerable<(string Name, string Unit)> Splits(string text)
    {
        if (Bracketed().Match(text) is { Success: true } bracket)
        {
            yield return (bracket.Groups["name"].Value, bracket.Groups["unit"].Value);
        }

        for (var at = text.IndexOf('/', StringComparison.Ordinal); at > 0; at = text.IndexOf('/', at + 1))
        {
            yield return (text[..at], text[(at + 1)..]);
        }

        foreach (var separator in "#_")
        {
            var at = text.LastIndexOf(separator);
            if (at > 0 && at + 1 < text.Length)
            {
                yield return (text[..at], text[(at + 1)..]);
            }
        }

        yield return (text, "");
    }

    private static string Plain(string name) => name.Replace(" ", "", StringComparison.Ordinal)
        .Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    // Voltage (V), U[V]; the brackets of Re(Z) and (Q-Qo) belong to the name.
    [GeneratedRegex(@"^(?<name>.+?)\s*[\(\[](?<unit>[^\(\)\[\]]*)[\)\]]$", RegexOptions.CultureInvariant)]
    private static partial Regex Bracketed();
}
