using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>An area of the joint histogram that somebody drew for a class.</summary>
/// <param name="Class">Electrolyte, void or lithium.</param>
/// <param name="Corners">Corners of the polygon in order: absorption and phase as stored; a rectangle has four.</param>
public sealed record DrawnClass(DarkClass Class, double[][] Corners)
{
    /// <summary>Whether a voxel's two values lie in the area; of its edge, one side does (even-odd rule).</summary>
    /// <param name="absorption">Absorption value.</param>
    /// <param name="phase">Phase value.</param>
    public bool Holds(double absorption, double phase)
    {
        var isIn = false;
        for (int i = 0, j = Corners.Length - 1; i < Corners.Length; j = i++)
        {
            var ((a, p), (b, q)) = ((Corners[i][0], Corners[i][1]), (Corners[j][0], Corners[j][1]));
            if (p > phase != q > phase && absorption < (b - a) * (phase - p) / (q - p) + a)
            {
                isIn = !isIn;
            }
        }

        return isIn;
    }
}

/// <summary>Classes of the joint histogram as somebody drew them, in place of those that are fitted.</summary>
public sealed record DrawnClasses
{
    /// <summary>Areas at most.</summary>
    public const int MostAreas = 12;

    /// <summary>Corners of an area at most.</summary>
    public const int MostCorners = 64;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Its number among those of its scans, from 1; 0 of what was not kept.</summary>
    public int Version { get; init; }

    /// <summary>Who drew it; empty of a file.</summary>
    public string By { get; init; } = "";

    /// <summary>When it was kept, Unix milliseconds.</summary>
    public long At { get; init; }

    /// <summary>The areas; those of one class count together.</summary>
    public IReadOnlyList<DrawnClass> Classes { get; init; } = [];

    /// <summary>What every reader of a decision by them is told.</summary>
    [JsonIgnore]
    public string Words => Version == 0 ? "Its classes were drawn by hand in the joint histogram."
        : string.Create(CultureInfo.InvariantCulture, $"Its classes were drawn by hand in the joint histogram (version {Version}, ")
            + $"{DateTimeOffset.FromUnixTimeMilliseconds(At).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}).";

    /// <summary>Reads a file of classes: <c>{"classes":[{"class":"lithium","corners":[[absorption, phase], …]}, …]}</c>.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="VolumeFormatException">It is none, or the classes cannot be.</exception>
    public static DrawnClasses Parse(string json, string file)
    {
        try
        {
            var read = JsonSerializer.Deserialize<DrawnClasses>(json, s_json) ?? throw new JsonException();
            (read with { Version = 0, By = "", At = 0 }).Check();
            return read with { Version = 0, By = "", At = 0 };
        }
        catch (JsonException e)
        {
            throw new VolumeFormatException(
                $"{file} is no file of classes: it has {{\"classes\":[{{\"class\":\"lithium\",\"corners\":[[absorption,phase],…]}}]}}.", e);
        }
        catch (OutOfRangeException e)
        {
            throw new VolumeFormatException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>Whether others are the same areas.</summary>
    public bool HasSameAreas(DrawnClasses other) => Classes.Count == other.Classes.Count && Classes.Zip(other.Classes).All(c =>
        c.First.Class == c.Second.Class && c.First.Corners.Length == c.Second.Corners.Length
        && c.First.Corners.Zip(c.Second.Corners).All(p => p.First.AsSpan().SequenceEqual(p.Second)));

    /// <summary>Refuses what decides nothing or is out of bounds.</summary>
    /// <exception cref="OutOfRangeException">An area is of no class, has too few or too many corners, or lithium or void has
    /// none.</exception>
    public void Check()
    {
        new NumberRange("The number of areas", 2, MostAreas).Check(Classes?.Count ?? 0);
        foreach (var area in Classes!)
        {
            if (area is not { Class: DarkClass.Electrolyte or DarkClass.Void or DarkClass.Lithium, Corners: not null })
            {
                throw new OutOfRangeException("An area is of lithium, void or electrolyte, and has corners.");
            }

            var name = area.Class.ToString().ToLowerInvariant();
            new NumberRange($"The number of corners of {name}", 3, MostCorners).Check(area.Corners.Length);
            Array.ForEach(area.Corners, c => Ranges.Value.Of("A corner").Check(c, 2));
        }

        if (new[] { DarkClass.Lithium, DarkClass.Void }.FirstOrDefault(c => Classes.All(a => a.Class != c)) is not DarkClass.Electrolyte
            and var missing)
        {
            throw new OutOfRangeException(
                $"No area is of {missing.ToString().ToLowerInvariant()}; draw one for lithium and one for void.");
        }
    }
}

/// <summary>Classes by areas: a voxel is of the class whose area holds its values, of several where they overlap, else of none.</summary>
internal sealed class DrawnModel(DrawnClasses drawn) : IClassModel
{
    /// <inheritdoc/>
    public void Posterior(JointValue v, Span<double> target)
    {
        target[..4].Clear();
        foreach (var area in drawn.Classes)
        {
            target[(int)area.Class] = area.Holds(v.Absorption, v.Phase) ? 1 : target[(int)area.Class];
        }

        var held = target[0] + target[1] + target[2];
        for (var k = 0; k < 3 && held > 1; k++)
        {
            target[k] /= held;
        }

        target[3] = held > 0 ? 0 : 1;
    }
}
