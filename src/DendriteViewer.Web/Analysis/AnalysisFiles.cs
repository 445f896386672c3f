using System.Globalization;
using System.Text;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Uncertainties;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Sharing;

namespace DendriteViewer.Web.Analysis;

/// <summary>An analysis as tables: comma separated, a header with units, numbers as programs read them.</summary>
public static class AnalysisFiles
{
    /// <summary>The tables there are.</summary>
    public static IReadOnlyList<string> Names { get; } = ["void-profile", "voids", "lithium", "pieces", "porosity", "porosity-by-depth", "sites", "registration", "misregistration"];

    /// <summary>The address of a table of a result.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="state">The state, with a result and the width of bins.</param>
    /// <param name="table">One of <see cref="Names"/>.</param>
    public static string Address(Dataset dataset, AnalysisState state, string table) => FrozenLinks.AddressOf(dataset,
        $"/api/datasets/{dataset.Id}/analysis/{table}.csv?modality={state.Result!.Recipe.Modality}&bin={AnalysisText.N(state.BinUm)}");

    /// <summary>
    /// A table, or null where there is none of that name. What a reader must know stands in the last column, <c>warnings</c>, of the first
    /// row.
    /// Columns named low and high enclose 95 %.
    /// </summary>
    /// <exception cref="OutOfRangeException">Bins are finer than what was kept, too wide or too many.</exception>
    public static string? Csv(AnalysisResult r, string name, double binUm, CancellationToken ct) => RowsOf(r, name, binUm) is var (head, rows)
        ? Table(head, rows, string.Join(' ', r.Warnings), ct)
        : null;

    private static (string Head, IEnumerable<string> Rows)? RowsOf(AnalysisResult r, string name, double binUm) => name switch
    {
        "void-profile" => (
            "from_um,to_um,void_um3,low_um3,high_um3,count,percent_of_electrolyte,percent_of_bin,count_low,count_high,"
            + "percent_of_electrolyte_low,percent_of_electrolyte_high,threshold_low_um3,threshold_high_um3,"
            + "partial_um3,resolution_um3,detection_um3",
            r.Voids.Profile(binUm).Select(b => Row(
                b.FromUm, b.ToUm, b.VoidUm3, b.LowUm3, b.HighUm3, b.Count, b.PercentOfElectrolyte, b.PercentOfBin, b.CountInterval.Low,
                b.CountInterval.High, b.PercentOfElectrolyteInterval.Low, b.PercentOfElectrolyteInterval.High) + ","
                    + Parts(b.Uncertainty))),
        "voids" => ("id,volume_um3,diameter_um,surface_um2,sphericity,depth_um,z_um,y_um,x_um", r.Voids.Voids.Select(v =>
            Row(v.Id, v.VolumeUm3, v.DiameterUm, v.SurfaceUm2, v.Sphericity, v.DepthUm, v.CenterUm[0], v.CenterUm[1], v.CenterUm[2]))),
        "lithium" => (
            "hours,measured_um3,low_um3,high_um3,partial_um3,faraday_um3,thickness_um,pieces,largest_um3,nearest_um,deepest_um,"
            + "confirmed_um3,new_void_um3,lithium_at_most_um3,crack_or_void_um3,faraday_low_um3,faraday_high_um3,pieces_low,pieces_high,"
            + "threshold_low_um3,threshold_high_um3,partial_voxels_um3,resolution_um3,detection_um3,measured_is,mask",
            r.Lithium.Select(l => Row(
                l.Hours, l.MeasuredUm3, l.LowUm3, l.HighUm3, l.PartialUm3, l.FaradayUm3, l.ThicknessUm, l.Pieces.Count, l.LargestUm3,
                    l.NearestUm,
                l.DeepestUm, l.ConfirmedUm3, l.NewVoidUm3, l.LithiumAtMostUm3, l.CrackOrVoidUm3, l.FaradayLowUm3, l.FaradayHighUm3,
                l.PiecesInterval.Low, l.PiecesInterval.High) + "," + Parts(l.Uncertainty)
                + (l is { ConfirmedUm3: > 0, IsUpperBound: false } ? ",lithium," : ",new dark volume,") + Mask(r, l.Hours))),
        "pieces" => (
            "hours,id,volume_um3,depth_um,nearest_um,deepest_um,needle,sheet,z_um,y_um,x_um,tip_z_um,tip_y_um,tip_x_um,confirmed,"
            + "sites,mask",
            r.Lithium.SelectMany(l => l.Pieces.Select(p => Row(
                l.Hours, p.Id, p.VolumeUm3, p.DepthUm, p.NearestUm, p.DeepestUm, p.NeedleLikeness, p.SheetLikeness, p.CenterUm[0],
                    p.CenterUm[1],
                p.CenterUm[2], p.Tips[0][0], p.Tips[0][1], p.Tips[0][2], p.Confirmed ? 1 : 0)
                    + $",{string.Join(' ', p.Sites)},{Mask(r, l.Hours)}"))),
        "porosity" => ("hours,percent,low_percent,high_percent", r.Porosity.Select(p => Row(p.Hours, p.Percent, p.Low, p.High))),
        "porosity-by-depth" => ("hours,from_um,to_um,dark_um3,percent_of_bin", r.Porosity.SelectMany(p => r.Voids.Profile(binUm).Select(b =>
            (b, Dark: p.Dark.Between(b.FromUm, b.ToUm), Own: r.Voids.Electrolyte.Between(b.FromUm, b.ToUm))).Select(b =>
            Row(p.Hours, b.b.FromUm, b.b.ToUm, b.Dark, b.Own > 0 ? 100 * b.Dark / b.Own : 0)))),
        "sites" => (
            "id,born_hours,depth_um,z_um,y_um,x_um,radius_um,nearest_void_um,nearest_void_diameter_um,"
            + string.Join(',', r.Lithium.Select(l => $"um3_at_{N(l.Hours)}_h")),
            r.Sites.Select(s => s.Id + "," + Row(
                s.BornHours, s.DepthUm, s.CenterUm[0], s.CenterUm[1], s.CenterUm[2], s.RadiusUm, s.NearestVoidUm, s.NearestVoidDiameterUm)
                + string.Concat(r.Lithium.Select(l =>
                    "," + N(s.Volumes.Where(v => v.Hours == l.Hours).Select(v => (double?)v.Um3).FirstOrDefault() ?? 0))))),
        "registration" => ("hours,shift_z_um,shift_y_um,shift_x_um,angle_deg,residual_um,correlation", r.Registrations.Select(g =>
            Row(g.Key.Hours, g.ShiftUm[0], g.ShiftUm[1], g.ShiftUm[2], g.AngleDeg, g.ResidualUm, g.Correlation))),
        "misregistration" => ("hours,z_um,y_um,x_um,left_z_um,left_y_um,left_x_um", r.Registrations.SelectMany(g => g.Left.Select(l =>
            Row(g.Key.Hours, l.At.Z, l.At.Y, l.At.X, l.Left.Z, l.Left.Y, l.Left.X)))),
        _ => null,
    };

    private static string Table(string head, IEnumerable<string> rows, string warnings, CancellationToken ct)
    {
        var columns = head.Count(c => c == ',') + 1;
        var text = new StringBuilder(head).Append(",warnings\n");

        // Without commas and quotes, so that whoever splits rows at commas finds as many cells as the head has.
        var cell = warnings.Replace(',', ';').Replace('"', '\'');
        foreach (var row in rows.DefaultIfEmpty(cell.Length > 0 ? new string(',', columns - 1) : ""))
        {
            ct.ThrowIfCancellationRequested();

            // A table without rows and without a warning is its head alone.
            text.Append(row.Length > 0 ? row + "," + cell + "\n" : "");
            cell = "";
        }

        return text.ToString();
    }

    // Which mask a row rests on, without a comma; names of those who corrected are not for all who may read tables.
    private static string Mask(AnalysisResult r, double hours) => MaskUse.Describe(r.MaskAt(hours), withNames: false).Replace(',', ';');

    private static string Parts(VolumeUncertainty? u) =>
        Row(u?.ThresholdLowUm3, u?.ThresholdHighUm3, u?.PartialUm3, u?.ResolutionUm3, u?.DetectionUm3);

    private static string Row(params double?[] values) => string.Join(',', values.Select(v => v is { } x ? N(x) : ""));

    // Six decimals, or six digits of what has none before: voxels of 20 nm have volumes of 0.000008 µm³.
    private static string N(double value) =>
        value.ToString(value != 0 && Math.Abs(value) < 0.01 ? "G6" : "0.######", CultureInfo.InvariantCulture);
}
