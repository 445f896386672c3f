using System.Globalization;
using DendriteViewer.Analysis.Cell;

namespace DendriteViewer.Cli.Commands;

/// <summary>The files of a cell, for people and for programs.</summary>
internal static class CellFileList
{
    /// <summary>A line a file.</summary>
    public static void Print(CellState state)
    {
        foreach (var f in state.Files)
        {
            var begins = f.StartHours is { } h ? string.Create(CultureInfo.InvariantCulture, $"  begins at {h:0.####} h") : "";
            Console.Out.WriteLine($"{KindOf(f),-12} {f.Bytes,9} bytes {f.Name}{begins}");
        }
    }

    /// <summary>An object a file.</summary>
    public static IEnumerable<object> Json(CellState state) => state.Files.Select(f => new
    {
        id = f.Id, kind = KindOf(f), name = f.Name, sha256 = f.Sha256, bytes = f.Bytes, startHours = f.StartHours, licence = f.Licence,
        source = f.Source,
    });

    private static string KindOf(CellFile file) => file.Kind.ToString().ToLowerInvariant();
}
