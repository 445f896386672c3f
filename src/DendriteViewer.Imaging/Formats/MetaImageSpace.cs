using System.Globalization;

namespace DendriteViewer.Imaging.Formats;

/// <summary>
/// Where a MetaImage header says that its voxels lie. DistanceUnits is MetaIO's field, which few programs write; without it ITK's programs
/// mean mm, but the format does not say so, and nothing is taken.
/// </summary>
internal static class MetaImageSpace
{
    /// <summary>The geometry; null, and a remark, where it has no unit or is no size.</summary>
    /// <param name="field">Gives a field of the header, or null.</param>
    /// <param name="dimensions">Axes of the array.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="remarks">Takes what was not taken.</param>
    public static FileGeometry? Of(Func<string, string?> field, int dimensions, string path, List<string> remarks)
    {
        if ((field("ElementSpacing") ?? field("ElementSize")) is not { } text)
        {
            return null;
        }

        if (field("AnatomicalOrientation") is { } way && way.Any(c => c is not ('?' or ' ')))
        {
            remarks.Add($"Its AnatomicalOrientation ({way}) is not applied; voxels keep the order of the file.");
        }

        if (field("ElementSpacing") is { } spacing && field("ElementSize") is { } size && spacing != size)
        {
            remarks.Add($"Its ElementSpacing ({spacing}) and ElementSize ({size}) differ; the spacing counts.");
        }

        if (field("DistanceUnits") is not { } unit || unit == "?")
        {
            remarks.Add($"It gives a spacing of {text} without a unit, so it was not taken; ITK's programs mean mm.");
            return null;
        }

        if (LengthUnits.InUm(unit) is not { } um)
        {
            remarks.Add($"Its spacing is in {unit} (DistanceUnits), which is no unit of length that is known, so it was not taken.");
            return null;
        }

        if (Numbers(text) is not { } steps || steps.Length != dimensions || steps.Length < 3)
        {
            remarks.Add($"Its spacing ({text}) is not three numbers, or one for each of its {dimensions} axes, so it was not taken.");
            return null;
        }

        // Row i of the matrix is the direction in the world of the array's axis i; x first.
        var n = dimensions;
        var matrix = Numbers(field("TransformMatrix") ?? field("Orientation") ?? field("Rotation")) is { } m && m.Length == n * n ? m
            : null;
        var columns = Enumerable.Range(0, 3)
            .Select(i => Enumerable.Range(0, 3).Select(k => um * steps[i] * (matrix?[i * n + k] ?? (i == k ? 1 : 0))).ToArray()).ToArray();
        var middle = Numbers(field("Offset") ?? field("Position") ?? field("Origin")) is { } o && o.Length == n ? o.Take(3)
            .Select(v => um * v).ToArray() : [0.0, 0, 0];
        return LengthUnits.TryGeometry(columns, middle, path, "ElementSpacing", remarks);
    }

    private static double[]? Numbers(string? text)
    {
        var numbers = text?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(t => double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) ? v : double.NaN).ToArray();
        return numbers;
    }
}
