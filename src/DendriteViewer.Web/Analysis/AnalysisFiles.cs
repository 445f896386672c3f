using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Analysis;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Web.Analysis;

/// <summary>An analysis as tables: comma separated, a header with units, numbers as programs read them.</summary>
public static class AnalysisFiles
{
    /// <summary>The tables there are.</summary>
    public static IReadOnlyList<string> Names { get; } = ["void-profile", "voids", "lithium", "pieces", "porosity", "porosity-by-depth", "sites", "registration", "misregistration"];

    /// <summary>A table, or null where there is none of that name.</summary>
    /// <exception cref="OutOfRangeException">The bins are too narrow, too wide or too many.</exception>
    public static string? Csv(AnalysisResult r, string name, double binUm, CancellationToken ct) => name switch
    {
        "void-profile" => Table("from_um,to_um,void_um3,low_um3,high_um3,count,percent_of_electrolyte,percent_of_bin", r.Voids.Profile(binUm).Select(b =>
            Row(b.FromUm, b.ToUm, b.VoidUm3, b.LowUm3, b.HighUm3, b.Count, b.PercentOfElectrolyte, b.PercentOfBin)), ct),
        "voids" => Table("id,volume_um3,diameter_um,surface_um2,sphericity,depth_um,z_um,y_um,x_um", r.Voids.Voids.Select(v =>
            Row(v.Id, v.VolumeUm3, v.DiameterUm, v.SurfaceUm2, v.Sphericity, v.DepthUm, v.CenterUm[0], v.CenterUm[1], v.CenterUm[2])), ct),
        "lithium" => Table("hours,measured_um3,low_um3,high_um3,partial_um3,faraday_um3,thickness_um,pieces,largest_um3,nearest_um,deepest_um,confirmed_um3,new_void_um3", r.Lithium.Select(l =>
            Row(l.Hours, l.MeasuredUm3, l.LowUm3, l.HighUm3, l.PartialUm3, l.FaradayUm3, l.ThicknessUm, l.Pieces.Count, l.LargestUm3, l.NearestUm, l.DeepestUm, l.ConfirmedUm3, l.NewVoidUm3)), ct),
        "pieces" => Table("hours,id,volume_um3,depth_um,nearest_um,deepest_um,needle,sheet,z_um,y_um,x_um,tip_z_um,tip_y_um,tip_x_um,confirmed,sites", r.Lithium.SelectMany(l => l.Pieces.Select(p =>
            Row(l.Hours, p.Id, p.VolumeUm3, p.DepthUm, p.NearestUm, p.DeepestUm, p.NeedleLikeness, p.SheetLikeness, p.CenterUm[0], p.CenterUm[1], p.CenterUm[2], p.Tips[0][0], p.Tips[0][1], p.Tips[0][2], p.Confirmed ? 1 : 0)
            + "," + string.Join(' ', p.Sites))), ct),
        "porosity" => Table("hours,percent,low_percent,high_percent", r.Porosity.Select(p => Row(p.Hours, p.Percent, p.Low, p.High)), ct),
        "porosity-by-depth" => Table("hours,from_um,to_um,dark_um3,percent_of_bin", PorosityRows(r, binUm), ct),
        "sites" => Table("id,born_hours,depth_um,z_um,y_um,x_um,radius_um,nearest_void_um,nearest_void_diameter_um," + string.Join(',', r.Lithium.Select(l => $"um3_at_{N(l.Hours)}_h")), r.Sites.Select(s =>
            s.Id + "," + Row(s.BornHours, s.DepthUm, s.CenterUm[0], s.CenterUm[1], s.CenterUm[2], s.RadiusUm, s.NearestVoidUm, s.NearestVoidDiameterUm)
            + string.Concat(r.Lithium.Select(l => "," + N(s.Volumes.Where(v => v.Hours == l.Hours).Select(v => (double?)v.Um3).FirstOrDefault() ?? 0)))), ct),
        "registration" => Table("hours,shift_z_um,shift_y_um,shift_x_um,angle_deg,residual_um,correlation", r.Registrations.Select(g =>
            Row(g.Key.Hours, g.ShiftUm[0], g.ShiftUm[1], g.ShiftUm[2], g.AngleDeg, g.ResidualUm, g.Correlation)), ct),
        "misregistration" => Table("hours,z_um,y_um,x_um,left_z_um,left_y_um,left_x_um", r.Registrations.SelectMany(g => g.Left.Select(l =>
            Row(g.Key.Hours, l.At.Z, l.At.Y, l.At.X, l.Left.Z, l.Left.Y, l.Left.X))), ct),
        _ => null,
    };

    private static IEnumerable<string> PorosityRows(AnalysisResult r, double binUm)
    {
        var bins = r.Voids.Profile(binUm).Select(b => (b.FromUm, b.ToUm, Own: r.Voids.Electrolyte.Between(b.FromUm, b.ToUm))).ToArray();
        foreach (var p in r.Porosity)
        {
            foreach (var (from, to, own) in bins)
            {
                var dark = p.Dark.Between(from, to);
                yield return Row(p.Hours, from, to, dark, own > 0 ? 100 * dark / own : 0);
            }
        }
    }

    private static string Table(string head, IEnumerable<string> rows, CancellationToken ct)
    {
        var text = new StringBuilder(head).Append('\n');
        foreach (var row in rows)
        {
            ct.ThrowIfCancellationRequested();
            text.Append(row).Append('\n');
        }

        return text.ToString();
    }

    private static string Row(params double?[] values) => string.Join(',', values.Select(v => v is { } x ? N(x) : ""));

    private static string N(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
