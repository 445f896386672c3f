using System.Globalization;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>
/// ImageJ's calibration: unit is x', and y's and z's where yunit and zunit do not say otherwise; resolution is pixels a unit, spacing the
/// distance of slices, xorigin, yorigin and zorigin the pixel at zero; cf, c0, c1, … make measured values of stored ones.
/// </summary>
internal static class ImageJCalibration
{
    private const double InchUm = 25400;

    // ImageJ's functions by number (ij.measure.Calibration, CurveFitter), a to e being c0 to c4.
    private static readonly Dictionary<string, string> s_functions = new()
    {
        ["0"] = "c0 + c1·v", ["1"] = "c0 + c1·v + c2·v²", ["2"] = "c0 + c1·v + c2·v² + c3·v³", ["3"] = "c0 + c1·v + c2·v² + c3·v³ + c4·v⁴",
        ["4"] = "c0·exp(c1·v)", ["5"] = "c0·v^c1", ["6"] = "c0·ln(c1·v)", ["9"] = "c0 + c1·ln(v − c2)", ["11"] = "c0·exp(−c1·v) + c2",
        ["21"] = "log10(255 / v)",
    };

    /// <summary>Takes sizes and origin; says what was guessed, and what was not taken.</summary>
    public static void Take(Dictionary<string, string> fields, TiffDirectories main, TiffLayout layout)
    {
        RemarkOnValues(fields, layout);
        if (!fields.TryGetValue("unit", out var unit))
        {
            if (TiffResolution.UnitUm(main.First) is not null)
            {
                layout.TakeResolution(main);
            }
            else if (fields.ContainsKey("spacing") || fields.ContainsKey("yunit") || fields.ContainsKey("zunit"))
            {
                layout.Remark("ImageJ's header gives no unit of length along x, so no voxel size was taken.");
            }

            return;
        }

        (string Axis, string Field, string Unit)[] units =
        [
            ("x", "unit", unit),
            ("y", "yunit", fields.GetValueOrDefault("yunit", unit)),
            ("z", "zunit", fields.GetValueOrDefault("zunit", unit)),
        ];
        var um = units.Select(u => LengthUnits.InUm(u.Unit)).ToArray();
        foreach (var (axis, field, name) in units.Where((u, i) => um[i] is null && (i == 0 || u.Unit != unit)))
        {
            layout.Remark($"ImageJ's {field} is '{name}', which is no unit of length that is known, so the size along {axis} was not "
                + "taken; give the voxel size.");
        }

        if (um is not [{ } ux, { } uy, { } uz])
        {
            return;
        }

        if (main.First is not { X: { IsPositive: true } rx, Y: { IsPositive: true } ry })
        {
            layout.Remark($"ImageJ's header gives the unit {unit}, but the file no resolution, so no voxel size was taken.");
            return;
        }

        var (x, y) = (rx.Share(ux), ry.Share(uy));
        if (ux == InchUm && TiffResolution.PrinterDpi(x) is { } dpi)
        {
            layout.Remark($"ImageJ's unit of an inch and {dpi:0} dots an inch are what programs write that know no size, so it was not "
                + "taken.");
            return;
        }

        var z = SpacingUm(fields, uz, layout) ?? Guessed(y, layout);
        layout.Geometry = TiffLayout.Spacing((x, y, z), Origin(fields, (x, y, z)), main.Path, "ImageJ's unit and spacing");
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && double.IsFinite(v) ? v : null;

    private static double Guessed(double y, TiffLayout layout)
    {
        layout.Guess($"ImageJ's header does not say how far apart its slices are; they are taken to be as far apart as its pixels along "
            + $"y, {y:0.######} µm.");
        return y;
    }

    private static double? SpacingUm(Dictionary<string, string> fields, double um, TiffLayout layout)
    {
        if (!fields.TryGetValue("spacing", out var text))
        {
            return null;
        }

        if (Number(text) is not { } spacing || spacing == 0)
        {
            layout.Remark($"ImageJ's spacing is '{text}', which is no distance of slices.");
            return null;
        }

        if (spacing < 0)
        {
            layout.Remark($"ImageJ's spacing is {text}; its slices are taken to be {-spacing} apart, in the order of the pages.");
        }

        return um * Math.Abs(spacing);
    }

    // Pixels are counted from the corner of the first, as ImageJ does.
    private static (double X, double Y, double Z)? Origin(Dictionary<string, string> fields, (double X, double Y, double Z) size)
    {
        double Of(string name) => Number(fields.GetValueOrDefault(name)) ?? 0;
        var (x, y, z) = (Of("xorigin"), Of("yorigin"), Of("zorigin"));
        return (x, y, z) == default ? null : ((0.5 - x) * size.X, (0.5 - y) * size.Y, (0.5 - z) * size.Z);
    }

    private static void RemarkOnValues(Dictionary<string, string> fields, TiffLayout layout)
    {
        var function = fields.GetValueOrDefault("cf", fields.ContainsKey("c0") || fields.ContainsKey("c1") ? "0" : "");
        var isIdentity = function == "0" && Number(fields.GetValueOrDefault("c0")) is 0 && Number(fields.GetValueOrDefault("c1")) is 1;
        if (function.Length == 0 || isIdentity)
        {
            return;
        }

        var formula = s_functions.TryGetValue(function, out var known) ? $"value = {known}" : $"its function number {function}";
        var given = Enumerable.Range(0, 5).Select(i => $"c{i}").Where(fields.ContainsKey);
        var numbers = string.Join(", ", given.Select(c => $"{c} = {fields[c]}"));
        var unit = fields.TryGetValue("vunit", out var v) ? $", in {v.Trim('"')}" : "";
        layout.Remark($"ImageJ's header calibrates values: {formula}, v being what is "
            + $"stored{(numbers.Length > 0 ? $", {numbers}" : "")}{unit}. "
            + "That is not applied; values are those that are stored.");
    }
}
