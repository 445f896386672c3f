using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>Files of sites: what is written is read again, what cannot be read is named by its line.</summary>
public sealed class SiteFilesTests
{
    // Text of what CSV and spreadsheets treat specially, of what guards it, and of anything.
    [Fact]
    public void Csv_OutAndIn_KeepsEveryField()
    {
        var special = Gen.Elements("=+-@'\t\r\n,; \"ab1".ToCharArray()).ArrayOf().Select(c => new string(c));
        var any = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(t => new string(t.Get.Where(c => !char.IsSurrogate(c)).ToArray()));
        var texts = Gen.OneOf(special, any).ArrayOf(5);
        Prop.ForAll(texts.ToArbitrary(), ArbMap.Default.ArbFor<NormalFloat>(), (text, number) =>
        {
            var site = new Site
            {
                Id = text[0], Label = text[1], Note = text[2], Modality = text[3], Author = text[4], ZUm = number.Get, YUm = 1.25, XUm = -3,
                Hours = 1.5, RadiusUm = 7, Status = SiteStatus.Confirmed,
                JudgedIn = JudgedVolumes.Of([new("projection", 1.5, null), new("nano-phase", number.Get, 2), new("h 2 h v3", 0, 12)]),
            };
            return SiteFiles.Read(SiteFiles.ToCsv([site, site]), "f").Select(l => l.ToSite()).SequenceEqual([site, site]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    // A spreadsheet must not run text as a formula, and gets no cell that begins as one.
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("-5 °C side", "'-5 °C side")]
    [InlineData("'=already", "''=already")]
    [InlineData("'quoted'", "'quoted'")]
    [InlineData("plain", "plain")]
    public void Csv_TextThatBeginsAsAFormula_IsGuardedAndComesBack(string note, string cell)
    {
        var site = new Site { Id = "a", Label = "l", Note = note, Modality = "m", Author = "Ada" };
        var csv = SiteFiles.ToCsv([site]);
        Assert.EndsWith("," + cell + ",,\n", csv, StringComparison.Ordinal);
        Assert.Equal(note, SiteFiles.Read(csv, "f").Single().Note);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,b\n1,2\n", "no column z_um")]
    [InlineData("id,note\na,\"never closed\n", "line 2: a quotation mark that opens here is never closed")]
    [InlineData("[{},", "line 1: this is not a list of sites")]
    [InlineData("[{}\n,\n\n{\"id\":nothing}]", "line 4: this is not a list of sites")]
    [InlineData("[] []", "this is not a list of sites")]
    public void Read_OfAnotherFile_SaysWhatIsWrong(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<VolumeFormatException>(() => SiteFiles.Read(text, "f.csv")).Message);

    [Theory]
    [InlineData("z_um,y_um,x_um,hours\n1,2,three,4\n", 2, "Its x_um is 'three'")]
    [InlineData("id,note,status\na,\"two\nlines\",\nb,,perhaps\n", 4, "Its status is 'perhaps'")]
    [InlineData("id,changed_utc\r\na,yesterday\r\n", 2, "Its changed_utc is 'yesterday'")]
    [InlineData("[{\"id\":\"a\"},\n\n{\"zUm\":\"far\"}]", 3, "Its zUm cannot be read")]
    [InlineData("[\nnull]", 2, "null")]
    [InlineData("[[1]]", 1, "not a site")]
    public void Read_OfAWrongLine_GivesTheLineAndTheReason(string text, int line, string reason)
    {
        var wrong = Assert.Single(SiteFiles.Read(text, "f"), l => l.Wrong is not null);
        Assert.Equal(line, wrong.Line);
        Assert.Contains(reason, wrong.Wrong);
    }

    [Fact]
    public void Read_OfASpreadsheetWithSemicolons_TakesDecimalCommas()
    {
        var line = SiteFiles.Read("\uFEFFid;z_um;note\r\na;1,5;\"x; y\"\r\nb;2.5;\r\n", "f")[0];
        Assert.Equal(("a", 1.5, "x; y"), (line.Id, line.ZUm, line.Note));
    }

    [Fact]
    public void Read_OfMoreSitesThanADatasetHolds_IsRefused()
    {
        var csv = "id\n" + string.Concat(Enumerable.Repeat("a\n", SiteLog.MostSites + 1));
        Assert.Contains("more than 20000", Assert.Throws<VolumeFormatException>(() => SiteFiles.Read(csv, "f")).Message);
        var json = "[" + string.Join(',', Enumerable.Repeat("{}", SiteLog.MostSites + 1)) + "]";
        Assert.Contains("more than 20000", Assert.Throws<VolumeFormatException>(() => SiteFiles.Read(json, "f")).Message);
        Assert.Throws<VolumeFormatException>(() => SiteFiles.Read("id\n" + new string(',', 1 << 20), "f"));
    }

    // Good files with bytes changed, cut and doubled, and anything at all: a list or one sentence, never another exception.
    [Fact]
    public void Read_OfAnyText_GivesLinesOrRefusesTheFile()
    {
        Site[] sites = [.. Enumerable.Range(0, 3).Select(
            i => new Site { Id = $"a{i}", Label = $"N{i}", Note = "a, \"b\"\nc", ZUm = i + 0.5 })];
        string[] good = [SiteFiles.ToCsv(sites), System.Text.Json.JsonSerializer.Serialize(sites, SiteLog.Json)];
        var changed = from text in Gen.Elements(good)
                      from at in Gen.Choose(0, text.Length - 1)
                      from length in Gen.Choose(0, 12)
                      from put in Gen.Elements("\"[]{},;:\n\r\t\\u00e9'1e999-".ToCharArray()).ArrayOf().Select(c => new string(c))
                      select text[..at] + put + text[Math.Min(at + length, text.Length)..];
        var any = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(t => t.Get);
        Prop.ForAll(Gen.OneOf(changed, changed, any, any.Select(t => "[" + t)).ToArbitrary(), text =>
        {
            try
            {
                return SiteFiles.Read(text, "f").All(l => l.Line >= 1 && (l.Wrong is null || l.Wrong.EndsWith('.')));
            }
            catch (VolumeFormatException e)
            {
                return e.Message.StartsWith('f');
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }
}
