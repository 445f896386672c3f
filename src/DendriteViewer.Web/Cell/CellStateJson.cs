namespace DendriteViewer.Web.Cell;

/// <summary>What belongs to a cell as programs get it. Names of people are for who may see who works here.</summary>
internal static class CellStateJson
{
    public static object Of(CellState state, bool seesNames) => new
    {
        version = state.Version,
        files = state.Files.Select(f => Of(f, seesNames)),
        events = state.Events.Edits.Select(e => seesNames ? e : e with { By = "" }),
        settings = state.Settings,
    };

    public static object Of(CellFile file, bool seesNames) => new
    {
        id = file.Id, kind = file.Kind, name = file.Name, sha256 = file.Sha256, bytes = file.Bytes, by = seesNames ? file.By : null,
        at = file.At, licence = file.Licence, source = file.Source, clock = file.Clock, startHours = file.StartHours,
        options = file.Options,
    };
}
