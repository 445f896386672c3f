using System.CommandLine;

namespace DendriteViewer.Cli.Commands;

/// <summary>The command with all that is below it.</summary>
internal static class Root
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Scripts, notebooks and batch work with operando X-ray CT of lithium cells.");
        root.Add(PhantomCommand.Create());
        root.Add(InspectCommand.Create());
        root.Add(IngestCommand.Create());
        root.Add(CatalogCommands.List());
        root.Add(CatalogCommands.Info());
        root.Add(CatalogCommands.Verify());
        root.Add(CatalogCommands.Delete());
        root.Add(CatalogCommands.Clean());
        root.Add(PictureCommands.Slice());
        root.Add(PictureCommands.Render());
        root.Add(SeriesCommand.Create());
        root.Add(ExportCommand.Create());
        root.Add(BenchCommand.Create());
        root.Add(DevicesCommand.Create());
        root.Add(AnalyzeCommand.Create());
        root.Add(RegisterCommand.Create());
        root.Add(EisCommand.Create());
        root.Add(XasCommand.Create());
        root.Add(SitesCommand.Create());
        NumberOptions.Apply(root);
        return root;
    }
}
