using System.Globalization;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>
/// A group of Zarr without metadata of an image, whose arrays 0, 1, … or s0, s1, … halve one another: the levels of one image. Arrays that
/// do not are no levels, and which of them is meant is not guessed.
/// </summary>
internal static class UnnamedPyramid
{
    /// <summary>The image; null where the arrays are no levels.</summary>
    /// <param name="store">The store.</param>
    /// <param name="keys">Keys of all arrays of a group.</param>
    public static ChunkedImage? TryOf(KeyStore store, IReadOnlyList<string> keys)
    {
        var ordered = keys.Select(k => (Key: k, Number: NumberOf(k[(k.LastIndexOf('/') + 1)..]))).OrderBy(k => k.Number).ToArray();
        if (ordered.Where((k, i) => k.Number != i).Any())
        {
            return null;
        }

        var headers = ordered.Select(k => ArrayHeader.TryRead(store, k.Key)!).ToArray();
        if (!headers.Zip(headers.Skip(1)).All(p => IsHalf(p.First.Array, p.Second.Array)))
        {
            return null;
        }

        var finest = SingleArray.Of(headers[0]);
        var names = string.Join(", ", ordered.Select(k => k.Key));
        return finest with
        {
            Levels = headers.Select(h => ChunkedLevel.OfUnitScale(h.Array)).ToArray(),
            Remarks = [.. finest.Remarks, $"Its arrays {names} halve one another, so they were taken as the levels of one image."],
        };
    }

    private static int? NumberOf(string name) =>
        int.TryParse(name.StartsWith('s') ? name[1..] : name, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : null;

    // Along every axis half as long, rounded up or down, or as long; along one at least, half.
    private static bool IsHalf(ChunkedArray fine, ChunkedArray coarse) =>
        fine.Samples == coarse.Samples && fine.Shape.Length == coarse.Shape.Length
        && fine.Shape.Zip(coarse.Shape).All(s => s.Second == s.First || s.Second == s.First / 2 || s.Second == (s.First + 1) / 2)
        && fine.Shape.Zip(coarse.Shape).Any(s => s.Second < s.First);
}
