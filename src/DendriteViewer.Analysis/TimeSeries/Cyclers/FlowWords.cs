using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>Which way current flows, as a word for the state of an instrument says it.</summary>
internal enum FlowWord
{
    /// <summary>The word is none that is known, or says both.</summary>
    Unknown,

    /// <summary>Current charges.</summary>
    Charge,

    /// <summary>Current discharges.</summary>
    Discharge,

    /// <summary>No current flows by intent.</summary>
    Rest,
}

/// <summary>Reads words for the state of an instrument, in English, German and Chinese, whole or cut short.</summary>
internal static partial class FlowWords
{
    /// <summary>What a word says.</summary>
    public static FlowWord Of(string state)
    {
        // "Discharge" has "charge" in it; what is left without it tells a word for both.
        var left = Discharge().Replace(state, " ");
        var (discharges, charges) = (left.Length != state.Length || Dis().IsMatch(state), Charge().IsMatch(left));
        return discharges && charges ? FlowWord.Unknown
            : discharges ? FlowWord.Discharge
            : charges ? FlowWord.Charge
            : string.IsNullOrWhiteSpace(state) || Rest().IsMatch(state) ? FlowWord.Rest
            : FlowWord.Unknown;
    }

    [GeneratedRegex(@"(?:disch|dchg|dchr|entlad)[a-z]*|\bdch[a-z]*|放[电電]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Discharge();

    // D, Dis, CC_D, CV-DIS, D_CC.
    [GeneratedRegex(@"^(?:(?:cc|cv|cp|cr|cccv)[\W_]*)?(?:d|dis)(?:[\W_]+(?:cc|cv|cp|cr|cccv))?[\W_\d]*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Dis();

    [GeneratedRegex(@"charg|chg|chrg|(?<![a-z])(?:cha?|(?:(?:cc|cv|cp|cr|cccv)[\W_]+)?c)(?![a-z])|(?<![a-z])(?:auf)?lad(?:en|ung)|充",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Charge();

    [GeneratedRegex(@"rest|ocv|pause|idle|wait|relax|stop|finish|静置|搁置|^[rpso]$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Rest();
}
