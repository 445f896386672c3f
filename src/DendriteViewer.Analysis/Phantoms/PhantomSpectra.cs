using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace DendriteViewer.Analysis.Phantoms;

/// <summary>
/// Absorption at the K-edges of sulfur and phosphorus before and after cycling, and the references that they are mixtures of. A reference
/// is an arctangent edge with Gaussian peaks; shapes and energies are like those of the compounds they are named after, and are not theirs.
/// </summary>
internal sealed class PhantomSpectra
{
    private const string Folder = "xas";

    // Standard deviation of absorption, as a share of the edge step.
    private const double Noise = 0.0015;
    private const double LeastProduct = 0.2, MostProduct = 0.45;

    private sealed record Peak(double Ev, double WidthEv, double Height);

    private sealed record Reference(string Name, double EdgeEv, double WidthEv, Peak[] Peaks)
    {
        public double At(double ev) => 0.5 + Math.Atan((ev - EdgeEv) / WidthEv) / Math.PI
            + Peaks.Sum(p => p.Height * Math.Exp(-(ev - p.Ev) * (ev - p.Ev) / (2 * p.WidthEv * p.WidthEv)));
    }

    private sealed record Edge(string Element, double FromEv, double ToEv, Reference Electrolyte, Reference Product, double Share);

    private readonly int _seed;
    private readonly Edge[] _edges;

    /// <param name="seed">The phantom's seed, which draws how much of the electrolyte was decomposed.</param>
    public PhantomSpectra(int seed)
    {
        _seed = seed;
        var random = new Random(PhantomRandom.SeedOf(seed, 0, 405));
        double Share() => Math.Round(PhantomRandom.Between(random, LeastProduct, MostProduct), 3);
        _edges =
        [
            new("S", 2440, 2530,
                new("Li3PS4-like", 2470.4, 0.45, [new(2471.3, 0.8, 1.5), new(2475.6, 1.6, 0.4), new(2480.5, 2.4, 0.25)]),
                new("Li2S-like", 2472.2, 0.5, [new(2473.4, 0.7, 0.9), new(2476.3, 1.1, 0.95), new(2484.0, 2.6, 0.3)]), Share()),
            new("P", 2115, 2205,
                new("Li3PS4-like", 2146.6, 0.45, [new(2147.6, 0.9, 1.9), new(2154.0, 2.0, 0.45), new(2162.0, 2.8, 0.2)]),
                new("Li3P-like", 2142.8, 0.5, [new(2144.0, 0.9, 0.8), new(2149.5, 1.6, 0.7), new(2158.5, 2.8, 0.3)]), Share()),
        ];
    }

    /// <summary>Files of the spectra and references, below the phantom's folder.</summary>
    public IEnumerable<string> Files => _edges.SelectMany(e => new[]
    {
        PathOf(e, "before"), PathOf(e, "after"), PathOf(e, "reference_" + e.Electrolyte.Name), PathOf(e, "reference_" + e.Product.Name),
    });

    /// <summary>Writes the spectra and their references.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, Folder));
        foreach (var e in _edges)
        {
            void Put(string what, double product, int draw) =>
                File.WriteAllText(Path.Combine(folder, PathOf(e, what)), Spectrum(e, what, product, draw));
            Put("before", 0, 0);
            Put("after", e.Share, 1);
            Put("reference_" + e.Electrolyte.Name, 0, 2);
            Put("reference_" + e.Product.Name, 1, 3);
        }
    }

    /// <summary>What a fit should find.</summary>
    public JsonObject Truth() => new()
    {
        ["synthetic"] = true,
        ["noiseShare"] = Noise,
        ["spectra"] = new JsonArray(_edges.SelectMany(e => new[] { Of(e, "before", 0), Of(e, "after", e.Share) }).ToArray<JsonNode>()),
    };

    private static JsonObject Of(Edge e, string when, double share) => new()
    {
        ["path"] = PathOf(e, when), ["element"] = e.Element, ["edge"] = "K", ["when"] = when,
        ["weights"] = new JsonArray(Weight(e, e.Electrolyte, 1 - share), Weight(e, e.Product, share)),
    };

    private static JsonObject Weight(Edge e, Reference r, double weight) => new()
    {
        ["name"] = r.Name, ["path"] = PathOf(e, "reference_" + r.Name), ["weight"] = Math.Round(weight, 3),
    };

    private static string PathOf(Edge e, string what) => $"{Folder}/{e.Element}_{what}.xdi";

    private string Spectrum(Edge e, string what, double product, int draw)
    {
        var random = new Random(PhantomRandom.SeedOf(_seed, e.Element[0], 406 + draw));
        var (step, offset, slope) = (PhantomRandom.Between(random, 0.7, 1.4), PhantomRandom.Between(random, 0.05, 0.2),
            PhantomRandom.Between(random, -0.0012, -0.0006));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"# XDI/1.0 DendriteViewer\n# Element.symbol: {e.Element}\n# Element.edge: K\n# Sample.name: phantom, {what}\n");
        text.Append("# Column.1: energy eV\n# Column.2: mutrans\n# ///\n");
        text.Append("# synthetic: absorption of a DendriteViewer phantom, computed, not measured\n# ---\n# energy mutrans\n");
        foreach (var ev in Energies(e))
        {
            var mu = (1 - product) * e.Electrolyte.At(ev) + product * e.Product.At(ev) + Noise * PhantomRandom.Normal(random);
            text.Append(CultureInfo.InvariantCulture, $"{ev:0.00} {offset + slope * (ev - e.FromEv) + step * mu:0.000000}\n");
        }

        return text.ToString();
    }

    // A fifth of an electronvolt around the edge, a half elsewhere.
    private static IEnumerable<double> Energies(Edge e)
    {
        double near = Math.Floor(e.Electrolyte.EdgeEv) - 8, far = near + 32;
        for (var tenths = (int)(e.FromEv * 10); tenths <= e.ToEv * 10;)
        {
            yield return tenths / 10.0;
            tenths += tenths / 10.0 >= near && tenths / 10.0 < far ? 2 : 5;
        }
    }
}
