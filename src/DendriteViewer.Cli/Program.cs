using System.CommandLine;
using DendriteViewer.Cli.Commands;
using DendriteViewer.Cli.Output;

var parsed = Root.Create().Parse(args);
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine(string.Join(' ', parsed.Errors.Select(e => e.Message)) + " See dendrite --help.");
    return ExitCodes.WrongUse;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
