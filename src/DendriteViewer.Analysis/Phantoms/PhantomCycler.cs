using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace DendriteViewer.Analysis.Phantoms;

/// <summary>
/// The phantom's current and voltage. The voltage is logged by the scanner's own voltmeter, so that its times are the scans'; the current
/// by the cycler, whose clock is 40 s ahead. Both see current being switched: from that the offset can be recovered.
/// </summary>
internal sealed class PhantomCycler
{
    /// <summary>Seconds that the cycler's clock is ahead of the scans'.</summary>
    public const double OffsetSeconds = 40;

    /// <summary>Share of the voltage that is lost when the soft short begins, and of that loss what comes back.</summary>
    public const double SoftDrop = 0.4, SoftRecovery = 0.6;

    /// <summary>How many times as much the voltage scatters after the soft short.</summary>
    public const double SoftNoise = 4;

    // Rows of the voltage are not whole parts of half an hour apart, so that switches fall between its rows at ever other places.
    private const double VoltageEverySeconds = 61, CurrentEverySeconds = 10;
    private const double VoltageNoise = 0.00012, CurrentNoise = 2e-4;
    private const double RecoveryHours = 0.04, RelaxationHours = 0.01, ShortedVolts = 0.002;
    private const int MostRows = 20_000;
    private readonly PhantomOptions _options;
    private readonly PhantomSchedule _schedule;
    private readonly double _currentMa;

    /// <param name="options">The phantom.</param>
    /// <param name="schedule">What is done to the cell.</param>
    /// <param name="areaCm2">Area of the electrode.</param>
    public PhantomCycler(PhantomOptions options, PhantomSchedule schedule, double areaCm2) =>
        (_options, _schedule, _currentMa) = (options, schedule, options.CurrentDensityMaCm2 * areaCm2);

    /// <summary>Writes <c>voltage.csv</c> and <c>current.csv</c>.</summary>
    public void Write(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "voltage.csv"), Voltage());
        File.WriteAllText(Path.Combine(folder, "current.csv"), Current());
    }

    /// <summary>What a reader of the two should find.</summary>
    public JsonObject Truth() => new()
    {
        ["synthetic"] = true,
        ["about"] = "Hours are on the clock of the scans, which voltage.csv has too; current.csv is on the cycler's.",
        ["currentMa"] = PhantomTruth.Nine(_currentMa),
        ["currentDensityMaCm2"] = _options.CurrentDensityMaCm2,
        ["clocks"] = new JsonArray(new JsonObject
        {
            ["kind"] = "current", ["offsetSeconds"] = OffsetSeconds, ["sharedEvents"] = "current switched on and off",
        }),
        ["chargeMahCm2"] = new JsonArray(_options.Hours.Select(h => (JsonNode)new JsonObject
        {
            ["hours"] = h, ["value"] = PhantomTruth.Nine(_options.CurrentDensityMaCm2 * _schedule.FlowedHours(h)),
        }).ToArray()),
        ["events"] = new JsonArray(_schedule.Events().Select(e => (JsonNode)(e.ToHours is { } to
            ? new JsonObject { ["kind"] = e.Kind, ["hours"] = PhantomTruth.Nine(e.Hours), ["toHours"] = PhantomTruth.Nine(to) }
            : new JsonObject { ["kind"] = e.Kind, ["hours"] = PhantomTruth.Nine(e.Hours) })).ToArray()),
        ["softShort"] = _schedule.SoftShortHours is null ? null : new JsonObject
        {
            ["dropShare"] = SoftDrop, ["recoveredShare"] = SoftRecovery, ["noiseTimes"] = SoftNoise,
        },
    };

    private string Voltage()
    {
        var random = new Random(_options.Seed);
        var every = Every(VoltageEverySeconds);
        var text = new StringBuilder("hours,voltage_V\n");
        for (var i = 0; i <= (int)Math.Ceiling(_schedule.EndHours / every); i++)
        {
            var h = Math.Min(_schedule.EndHours, i * every);
            var volts = Volts(h, out var noise) + noise * PhantomRandom.Normal(random);
            text.Append(CultureInfo.InvariantCulture, $"{h:0.######},{volts:0.00000}\n");
        }

        return text.ToString();
    }

    // Falls as lithium shortens the way; at rest it goes to zero.
    private double Volts(double h, out double noise)
    {
        noise = VoltageNoise;
        if (_schedule.HardShortHours is { } hard && h > hard)
        {
            noise /= 4;
            return ShortedVolts;
        }

        var since = _schedule.SoftShortHours is { } soft && h >= soft ? h - soft : -1;
        noise *= since >= 0 ? SoftNoise : 1;
        if (_schedule.FlowAt(h) is not { } flow)
        {
            var off = _schedule.Flows.Where(f => f.To <= h).Select(f => (double?)f.To).LastOrDefault();
            return off is { } ended ? 0.003 * Math.Exp(-(h - ended) / RelaxationHours) : 0;
        }

        var left = since < 0 ? 1 : 1 - SoftDrop * (1 - SoftRecovery * (1 - Math.Exp(-since / RecoveryHours)));
        return left * Cell(h, flow.From);
    }

    private static double Cell(double h, double on) =>
        0.062 - 0.006 * h - 0.004 * Math.Max(0, h - 1.5) + 0.002 * Math.Exp(-(h - on) / RelaxationHours);

    // Two rows at each switch, as cyclers write them: the last of one step and the first of the next.
    private string Current()
    {
        var random = new Random(PhantomRandom.SeedOf(_options.Seed, 0, 402));
        var (every, offset) = (Every(CurrentEverySeconds), OffsetSeconds / 3600);
        var text = new StringBuilder("hours,current_mA\n");
        var switches = _schedule.Flows.SelectMany(f => new (double Hours, bool IsOn)[] { (f.From, true), (f.To, false) })
            .Where(s => s.Hours < _schedule.EndHours).ToArray();
        var (next, isOn) = (0, false);
        void Row(double cyclerHours) => text.Append(
            CultureInfo.InvariantCulture,
            $"{cyclerHours:0.######},{(isOn ? _currentMa * (1 + CurrentNoise * PhantomRandom.Normal(random)) : 0):G7}\n");
        for (var i = 0; i * every < _schedule.EndHours + offset - 1e-6; i++)
        {
            var hours = i * every;
            var isAtSwitch = false;
            for (; next < switches.Length && switches[next].Hours + offset <= hours + 1e-6; next++)
            {
                isAtSwitch = Math.Abs(switches[next].Hours + offset - hours) <= 1e-6;
                Row(switches[next].Hours + offset);
                isOn = switches[next].IsOn;
                Row(switches[next].Hours + offset);
            }

            if (!isAtSwitch)
            {
                Row(hours);
            }
        }

        Row(_schedule.EndHours + offset);
        return text.ToString();
    }

    private double Every(double seconds) => Math.Max(seconds / 3600, _schedule.EndHours / MostRows);
}
