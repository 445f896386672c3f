using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Absorption;

/// <summary>
/// What Larch 2026.3 makes of the sulfur and phosphorus K-edge spectra of the reference data: E0 in eV, edge step and the flattened value
/// at the point nearest to E0 + 10 eV with everything chosen, and the edge step with pre-edge −25 to −11, post-edge 12 to 36 and degree 1.
/// </summary>
public sealed class LarchReferenceTests
{
    public static TheoryData<string, double, double, double, double> Spectra => new()
    {
        { "P_CAMD/ATP_aq_solution_0_05M.dat", 2151.37, 15572.4350749, 0.8267739635, 17087.4800068 },
        { "P_CAMD/ATP_powder.dat", 2151.46, 36551.6837049, 0.805290777805, 38192.1150924 },
        { "P_CAMD/AlPO4.dat", 2148.27, 0.246698647429, 0.8425481313, 0.264559827686 },
        { "P_CAMD/Apatite.dat", 2152.28, 0.179446357731, 1.28549271854, 0.32421642684 },
        { "P_CAMD/CaHPO4.dat", 2151.68, 0.301552043263, 0.890881711426, 0.333877257198 },
        { "P_CAMD/DietCoke_phosphoric_acid_solution_4mM.dat", 2151.6, 1284.26911219, 0.854424059389, 1405.24806106 },
        { "P_CAMD/H3PO4_solution_1_M.dat", 2151.28, 21034.911894, 0.877599129208, 23032.7980653 },
        { "P_CAMD/PbCP_Chloropyromorphite_lead.dat", 2151.1, 0.160040589466, 0.841562225121, 0.159484319758 },
        { "P_CAMD/PbPA_Pb_apatite.dat", 2151.58, 0.202606487227, 0.868274061119, 0.223711032058 },
        { "P_CAMD/Plant_with_Pb_leaf.dat", 2151.26, 1144.76853007, 0.834425242378, 1281.17094535 },
        { "P_CAMD/ZnPO4.dat", 2151.27, 15830.0363076, 0.863675538954, 17283.6129299 },
        { "P_CAMD/iron_phosphate.dat", 2152.28, 0.0991276284299, 0.913045709423, 0.068238478236 },
        { "P_CAMD/random_plant_root.dat", 2151.36, 2119.19580734, 0.852050002473, 2350.03559378 },
        { "S_CAMD/Ag2S_ox._2-_and_1-_.dat", 2469.500044, 0.11304958046, 1.0461660118, 0.115026286497 },
        { "S_CAMD/CaSO4_Gypsum_pure_6+_.dat", 2480.800703, 0.167216420367, 1.07700019118, 0.274796249086 },
        { "S_CAMD/CaS_ox_2-_.dat", 2471.000815, 0.217874477155, 0.639170827788, 0.210781162886 },
        { "S_CAMD/Cysteine_1+_.dat", 2471.87, 0.27928173863, 1.02017004717, 0.28936115253 },
        { "S_CAMD/Diphenyl-sulfone_+4_.dat", 2478.07, 0.184848576652, 1.39503230295, 0.295829292605 },
        { "S_CAMD/Diphenyl-sulfoxide_+2_.dat", 2473.57, 0.325065655874, 1.16980890542, 0.393428102357 },
        { "S_CAMD/Dodekanthiol_S-_CH_12_1+_.dat", 2471.87, 1.33052225184, 1.00582243137, 1.43543500197 },
        { "S_CAMD/FeSO4_7H2O_6+_.dat", 2480.701679, 0.150509181067, 0.981051522843, 0.265368506459 },
        { "S_CAMD/Glutathione_reduced_1+_.dat", 2471.97, 0.445909594127, 1.07405547805, 0.472785832332 },
        { "S_CAMD/Methionine_ox_1+_.dat", 2471.797713, 0.183790279937, 1.01904540688, 0.213011419372 },
        { "S_CAMD/Methionine_sulfone_ox_4+_.dat", 2477.899899, 0.17062609824, 1.15058851519, 0.27378016768 },
        { "S_CAMD/Methionine_sulfoxide_ox_2+_.dat", 2474.498719, 0.0733260837364, 0.99045484077, 0.0822048037759 },
        { "S_CAMD/PSSA_+5_.dat", 2478.65, 0.119002951166, 0.966378519744, 0.206152223733 },
        { "S_CAMD/PbS_2-_.dat", 2468.86, 0.0089730751612, 4.66518030098, 0.0707340342544 },
        { "S_CAMD/Pb_SO4_6+_.dat", 2479.36, 0.500046217422, 0.550670749816, 0.142135090243 },
        { "S_CAMD/PdS_ox._2-_.dat", 2469.200171, 0.0322446680046, 1.22248870132, 0.0430370711704 },
        { "S_CAMD/Phenyl_mercaptan_+1_.dat", 2471.76, 1.97422290694, 1.05758776663, 2.08240208857 },
        { "S_CAMD/Sulfur_flower_+0_.dat", 2470.600458, 0.851040518663, 1.03060556463, 0.799038159307 },
        { "S_CAMD/ZnSO3_3+_.dat", 2476.10177, 0.0632520774482, 1.01074014702, 0.0895199186521 },
        { "S_CAMD/ZnS_ox._1-_.dat", 2471.501736, 0.272062585652, 0.848501208842, 0.332646569352 },
        { "S_CAMD/Zn_SO4_6+_.dat", 2480.57, 0.0650982680127, 1.07135209319, 0.102345893881 },
        { "S_CAMD/_4tBuBenz-mercaptan_+1_.dat", 2471.36, 0.705812324568, 1.02937256652, 0.753526214713 },
    };

    [DataTheory]
    [MemberData(nameof(Spectra))]
    public void Normalization_OfReferenceSpectra_GivesLarchsNumbers(string file, double e0, double step, double flat, double stepOfGiven)
    {
        var spectrum = SpectrumReader.Read(TestData.File(Path.Combine("xas", file)));
        var normalized = Normalizer.Normalize(spectrum);

        Assert.Equal(e0, normalized.E0);
        Assert.Equal(1, normalized.EdgeStep / step, 1e-9);
        var at = Enumerable.Range(0, spectrum.Count).MinBy(i => Math.Abs(spectrum.Energies[i] - e0 - 10));
        Assert.Equal(flat, normalized.Flattened[at], 1e-8);

        var given = Normalizer.Normalize(spectrum, new() { Pre = new(-25, -11), Post = new(12, 36), Degree = 1 });
        Assert.Equal(1, given.EdgeStep / stepOfGiven, 1e-8);
    }

    [DataFact]
    public void E0_OfSulfurSpecies_RisesWithOxidation()
    {
        string[] species =
        [
            "PbS_2-_.dat", "Sulfur_flower_+0_.dat", "Diphenyl-sulfoxide_+2_.dat", "ZnSO3_3+_.dat", "Diphenyl-sulfone_+4_.dat",
            "Zn_SO4_6+_.dat",
        ];
        var edges = species.Select(s => Normalizer.FindE0(SpectrumReader.Read(TestData.File("xas/S_CAMD/" + s)))).ToArray();

        Assert.Equal(edges.Order(), edges);
    }

    // Those of the chloropyromorphite and of the cola were set by hand in Athena: the first is no maximum of the derivative, which lies
    // 1.5 eV below it, and the second lies in the noise before the edge.
    [DataFact]
    public void E0_OfPhosphorusSpectra_LiesWithinHalfAVoltOfAthenas()
    {
        using var athena = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(TestData.File("xas/P_CAMD/athena.json")));
        var found = athena.RootElement.EnumerateObject().ToDictionary(
            p => p.Name,
            p => Normalizer.FindE0(SpectrumReader.Read(TestData.File($"xas/P_CAMD/{p.Name}.dat"))) - p.Value.GetProperty("e0").GetDouble());
        var far = found.Where(p => Math.Abs(p.Value) > 0.5).Select(p => p.Key).Order();

        Assert.Equal(["DietCoke_phosphoric_acid_solution_4mM", "PbCP_Chloropyromorphite_lead"], far);
    }
}
