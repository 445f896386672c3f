using System.CommandLine;
using DendriteViewer.Cli.Commands;

namespace DendriteViewer.Imaging.Tests.Commands;

/// <summary>Numbers on the whole command line: a decimal comma is never taken for one between thousands.</summary>
public sealed class NumberOptionTests
{
    private static readonly Type[] s_numbers =
    [
        typeof(double), typeof(double?), typeof(float), typeof(float?), typeof(decimal), typeof(int), typeof(int?),
        typeof(long), typeof(long?),
    ];

    public static TheoryData<string, string> NumericOptions()
    {
        var data = new TheoryData<string, string>();
        void Add(Command command, string path)
        {
            foreach (var option in command.Options.Where(o => s_numbers.Contains(o.ValueType)))
            {
                data.Add(path, option.Name);
            }

            foreach (var below in command.Subcommands)
            {
                Add(below, (path + " " + below.Name).Trim());
            }
        }

        Add(Root.Create(), "");
        return data;
    }

    [Theory]
    [MemberData(nameof(NumericOptions))]
    public void NumericOption_WithACommaOrNoNumber_IsRefusedByName(string command, string option)
    {
        foreach (var text in new[] { "25,5", "1,000", "1.000,5", "NaN", "Infinity", "0x10", "five", "1e999" })
        {
            var parsed = Root.Create().Parse([.. command.Split(' '), option, text]);
            var error = Assert.Single(parsed.Errors, e => e.Message.StartsWith(option, StringComparison.Ordinal)).Message;
            Assert.Contains($"not '{text}'", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(NumericOptions))]
    public void NumericOption_WithAWholeNumber_IsTaken(string command, string option)
    {
        var parsed = Root.Create().Parse([.. command.Split(' '), option, "25"]);
        Assert.DoesNotContain(parsed.Errors, e => e.Message.Contains(option + " is", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("25.5", 25.5)]
    [InlineData("-3e-2", -0.03)]
    [InlineData("+7", 7)]
    public void AtUm_WithAPoint_IsThatNumber(string text, double value)
    {
        var parsed = Root.Create().Parse(["slice", "d", "--hours", "0", "--out", "a.png", "--at-um", text]);
        Assert.Equal(value, parsed.GetValue<double?>("--at-um"));
    }

    [Theory]
    [InlineData("0,5:1")]
    [InlineData("1.000,5:2")]
    [InlineData("1:2:3")]
    public void Range_WithAComma_IsRefused(string text) =>
        Assert.Contains(text, Assert.ThrowsAny<Exception>(() => Shared.ParseRange(text, "--window")).Message, StringComparison.Ordinal);
}
