using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace DendriteViewer.Cli.Commands;

/// <summary>
/// How every option that is a number is read: a point before decimals, nothing between thousands. Left to itself, the parser takes a comma
/// for one between thousands, so that 25,5 became 255.
/// </summary>
internal static class NumberOptions
{
    /// <summary>Sets it for every option and argument of a command and those below it.</summary>
    public static void Apply(Command command)
    {
        foreach (var option in command.Options)
        {
            switch (option)
            {
                case Option<double> o:
                    o.CustomParser = r => Number(r, option.Name) ?? 0;
                    break;
                case Option<double?> o:
                    o.CustomParser = r => Number(r, option.Name);
                    break;
                case Option<int> o:
                    o.CustomParser = r => (int)(Whole(r, option.Name, int.MinValue, int.MaxValue) ?? 0);
                    break;
                case Option<int?> o:
                    o.CustomParser = r => (int?)Whole(r, option.Name, int.MinValue, int.MaxValue);
                    break;
                case Option<long> o:
                    o.CustomParser = r => Whole(r, option.Name, long.MinValue, long.MaxValue) ?? 0;
                    break;
                case Option<long?> o:
                    o.CustomParser = r => Whole(r, option.Name, long.MinValue, long.MaxValue);
                    break;
            }
        }

        foreach (var below in command.Subcommands)
        {
            Apply(below);
        }
    }

    private static double? Number(ArgumentResult result, string name)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Shared.TryNumber(text, out var value))
        {
            return value;
        }

        result.AddError($"{name} is a number with a point before decimals, such as 25.5, not '{text}'.");
        return null;
    }

    private static long? Whole(ArgumentResult result, string name, long least, long most)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most)
        {
            return value;
        }

        result.AddError($"{name} is a whole number, not '{text}'.");
        return null;
    }
}
