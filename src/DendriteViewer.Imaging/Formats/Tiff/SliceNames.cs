using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>
/// What the names of a folder's files say of their order. Names are alike where they differ in runs of digits alone; the last run that
/// differs is the number.
/// </summary>
internal static partial class SliceNames
{
    /// <summary>Looks through names.</summary>
    /// <param name="folder">The folder, for messages.</param>
    /// <param name="files">Its files, in their natural order.</param>
    /// <param name="mayHaveGaps">Whether a missing number is only remarked on, as times are numbered by hours.</param>
    /// <param name="remark">Told what was assumed.</param>
    /// <exception cref="VolumeFormatException">They are several series, one is named unlike the others, or a number is missing or stands
    /// twice.</exception>
    public static void Check(string folder, IReadOnlyList<string> files, bool mayHaveGaps, Action<string> remark)
    {
        var names = files.Select(f => Path.GetFileNameWithoutExtension(f)).ToArray();
        var kinds = names.Select((name, i) => (Pattern: Digits().Replace(name, "#"), Index: i)).GroupBy(n => n.Pattern)
            .Select(g => g.Select(n => n.Index).ToArray()).OrderByDescending(g => g.Length).ToArray();
        if (kinds.Length == files.Count && files.Count > 1)
        {
            remark($"Its files are not numbered alike; they were taken in the order of their names, from {File(0)} to "
                + $"{File(files.Count - 1)}.");
            return;
        }

        if (kinds.Length > 1)
        {
            throw new VolumeFormatException(
                kinds[1].Length == 1
                    ? $"{folder}: {File(kinds[1][0])} is named unlike the {kinds[0].Length} files such as {File(kinds[0][0])}; move it "
                        + "away, or rename it."
                    : $"{folder} holds several series of files: {kinds[0].Length} such as {File(kinds[0][0])}, {kinds[1].Length} such as "
                        + $"{File(kinds[1][0])}; "
                        + "give each a folder of its own.");
        }

        CheckNumbers(folder, files, names, mayHaveGaps, remark);
        string File(int i) => Path.GetFileName(files[i]);
    }

    private static void CheckNumbers(string folder, IReadOnlyList<string> files, string[] names, bool mayHaveGaps, Action<string> remark)
    {
        string File(int i) => Path.GetFileName(files[i]);
        var runs = names.Select(n => Digits().Matches(n).Select(m => m.Value.TrimStart('0')).ToArray()).ToArray();
        var varying = Enumerable.Range(0, runs[0].Length).Where(r => runs.Any(n => n[r] != runs[0][r])).ToArray();
        if (files.Count > 1 && varying.Length == 0)
        {
            throw new VolumeFormatException($"{folder}: {File(0)} and {File(1)} have the same number; remove one of them.");
        }

        if (files.Count < 2 || runs.Any(n => n[varying[^1]].Length > 15))
        {
            return;
        }

        var numbers = runs.Select(n => n[varying[^1]] is { Length: > 0 } digits ? long.Parse(digits) : 0).ToArray();
        if (varying.Length > 1 && numbers.Distinct().Count() < numbers.Length)
        {
            throw new VolumeFormatException(
                $"{folder} holds several series of files: {File(0)} to {File(files.Count - 1)} differ in {varying.Length} numbers; give "
                    + "each series a folder of its own.");
        }

        for (var i = 1; i < numbers.Length; i++)
        {
            if (numbers[i] == numbers[i - 1])
            {
                throw new VolumeFormatException($"{folder}: {File(i - 1)} and {File(i)} have the same number; remove one of them.");
            }

            if (numbers[i] < numbers[i - 1])
            {
                throw new VolumeFormatException(
                    $"{folder}: {File(i - 1)} comes before {File(i)} by its name, but its last number is larger; rename the files in the "
                        + "order of their slices.");
            }
        }

        CheckSteps(folder, files, numbers, mayHaveGaps, remark);
    }

    private static void CheckSteps(string folder, IReadOnlyList<string> files, long[] numbers, bool mayHaveGaps, Action<string> remark)
    {
        var steps = numbers.Zip(numbers.Skip(1), (a, b) => b - a).ToArray();
        var step = steps.Min();
        if (Array.FindIndex(steps, s => s != step) is >= 0 and var gap)
        {
            var (before, after) = (Path.GetFileName(files[gap]), Path.GetFileName(files[gap + 1]));
            if (!mayHaveGaps)
            {
                throw new VolumeFormatException($"{folder} lacks slice {numbers[gap] + step} between {before} and {after}; add the "
                    + "missing file.");
            }

            remark($"Between {before} and {after} numbers are missing; the files were taken as times one after another.");
        }
        else if (step > 1)
        {
            remark($"Its files are numbered in steps of {step} ({numbers[0]}, {numbers[1]}, …); they were taken one after another.");
        }
    }

    [GeneratedRegex(@"[0-9]+")]
    private static partial Regex Digits();
}
