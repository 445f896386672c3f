using System.CommandLine;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Cli.Commands;

/// <summary>Keeps the name of a command that is not there yet, so that a script gets a sentence rather than a riddle.</summary>
internal static class AnalyzeCommand
{
    public static Command Create()
    {
        var what = new Argument<string[]>("WHAT") { Description = "Not supported in this version." };
        var command = new Command("analyze", "Not supported in this version.") { what };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((_, _) => ExitCodes.RunAsync(() => throw new VolumeFormatException("analyze is not supported in this version; slice, render and export are.")));
        return command;
    }
}
