using System.Globalization;

namespace DendriteViewer.Analysis.Tests.Absorption.Files;

/// <summary>Projects as Athena writes them, older as Perl and newer as JSON, with two spectra and a χ(k).</summary>
internal static class Projects
{
    /// <summary>Energy in eV and µ.</summary>
    public static readonly double[][] Numbers =
        [.. Enumerable.Range(0, 40).Select(i => (double[])[2460 + i, 0.5 + 0.3 * Math.Atan(i - 12)])];

    private static string X => string.Join(',', Numbers.Select(r => $"'{Text(r[0])}'"));

    private static string Y => string.Join(',', Numbers.Select(r => $"'{Text(r[1])}'"));

    public static string Perl => "# Athena project file -- Demeter version 0.9.25\n# made\n\n$old_group = 'abcde';\n"
        + $"@args = ('label','Li2S (it\\'s old)','bkg_eshift','0.25','titles',['one','two'],'bkg_e0',2472.5);\n@x = ({X});\n@y = ({Y});\n"
        + "[record]   # create\n\n$old_group = 'fghij';\n@args = ('label','S8','bkg_eshift',0,'frozen',undef);\n"
        + $"@x = ({X});\n@y = ({Y});\n[record]\n"
        + "\n$old_group = 'klmno';\n@args = ('label','chi','is_chi','1');\n@x = ('1','2');\n@y = ('1','2');\n[record]\n"
        + "@journal = ('a');\n1;\n";

    public static string Json => $$"""
        {"_____header1": "# Athena project file -- Demeter version 0.9.26",
        "abcde": {"args": {"label":"Li2S (it's old)","bkg_eshift":"0.25"},
            "x": [{{X.Replace('\'', '"')}}], "y": [{{Y.Replace('\'', '"')}}]},
        "fghij": {"args": {"label":"S8","bkg_eshift":0}, "x": [{{X.Replace("'", "")}}], "y": [{{Y.Replace('\'', '"')}}]},
        "klmno": {"args": {"label":"chi","is_chi":1}, "x": [1,2], "y": [1,2]},
        "_____order": ["abcde","fghij","klmno"]}
        """;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
