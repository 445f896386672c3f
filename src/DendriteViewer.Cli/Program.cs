using System.CommandLine;
using DendriteViewer.Cli.Commands;
using DendriteViewer.Cli.Output;

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
root.Add(ExportCommand.Create());
root.Add(BenchCommand.Create());
root.Add(DevicesCommand.Create());
root.Add(AnalyzeCommand.Create());

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine(string.Join(' ', parsed.Errors.Select(e => e.Message)) + " See dendrite --help.");
    return ExitCodes.WrongUse;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
