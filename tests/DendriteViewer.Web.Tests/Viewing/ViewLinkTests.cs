using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Slicing;
using DendriteViewer.Web.Viewing;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Viewing;

public sealed class ViewLinkTests
{
    private static readonly ViewState Start = new() { WindowHigh = 65535, Transfer = TransferFunction.Of([new(0, 0xFF0000, 0), new(65535, 0xFFFFFF, 0.1)]) };

    private static readonly Gen<double> Number = Gen.Choose(-2_000_000_000, 2_000_000_000).Select(i => i / 7919.0);

    private static readonly Gen<WorldPoint> Point = Number.Three().Select(t => new WorldPoint(t.Item1, t.Item2, t.Item3));

    private static readonly Gen<ViewState> Views =
        from focus in Point
        from center in Point
        from target in Point
        from n in Number.ArrayOf(8)
        from pick in Gen.Choose(0, 5)
        from points in Gen.Choose(1, 6)
        from values in Number.ArrayOf(6)
        select new ViewState
        {
            Hours = Math.Abs(n[0]), Modality = pick == 0 ? "nano-phase" : "projection", Focus = focus, Center = center, UmPerPixel = Math.Abs(n[1]),
            Rotation = pick == 1 ? new SliceRotation(n[2] % 180, n[3] % 180, 0) : default, SlabUm = pick == 2 ? Math.Abs(n[4]) : 0, SlabMode = (SlabMode)(pick % 3), Interpolation = (SliceInterpolation)(pick % 3),
            WindowLow = n[5], WindowHigh = n[6], ColorMap = ColorMap.All[pick % 5].Name, Camera = new OrbitCamera(n[7] % 180, n[2] % 89, Math.Abs(n[3]), target),
            Mode = (VolumeMode)(pick % 3), IsoValue = n[4], Shaded = pick % 2 == 0, Shadows = pick % 3 == 0, Transfer = TransferFunction.Of(values.Take(points).Select((v, i) => new TransferPoint(v, i * 7919, i / 7.0))),
            Clip = pick == 3 ? new ClipBox(focus, center) : null, DepthClip = pick == 4 ? new Band(n[0], n[1]) : null, Band = new Band(Math.Min(n[2], n[3]), Math.Max(n[2], n[3])),
            Roll = pick == 3 ? new SliceRoll(n[0] % 180, 0, n[1] % 180) : default, FollowsInterface = pick == 4,
            Cut = pick == 1 ? new SliceCut(Pane.Y, n[0] > 0) : null,
            Compare = pick % 2 == 1 ? new Comparison((CompareMode)(pick / 2), n[4])
                : pick == 4 ? new Comparison(CompareMode.Loupe, n[4], new NestedLook("nano-phase", n[0], n[5], n[1] > 0)) : null,
            Nested = pick > 2 ? new NestedLook("nano-absorption", n[6], n[7], n[2] > 0) : null,
            Overlay = pick == 3 ? new Overlay("nano-phase", n[1] > 0 ? Math.Abs(n[1]) : null, TransferFunction.Of([new(n[2], 77, 0.25)]), n[3] > 0) : pick == 4 ? new Overlay("lithium", null, Labels(n), false) : null,
            BandVisible = pick != 5, Maximized = pick == 5 ? Pane.Volume : null, Selected = pick == 2 ? "0123abc" : "",
        };

    private static TransferFunction Labels(double[] n) => TransferFunction.OfLabels(Enumerable.Range(0, 128).Where(i => n[i % 8] > -1e5).Select(i => new LabelRange(3 * i + 1, 3 * i + 1 + i % 3, i * 7919, Math.Round(i / 128.0, 2))));

    // Browsers and proxies cut addresses that are much longer.
    [Fact]
    public void Format_OfManyLabels_IsNoLongAddress()
    {
        var view = Start with { Overlay = new Overlay("lithium", null, TransferFunction.OfLabels(Enumerable.Range(1, TransferFunction.MostRanges).Select(i => new LabelRange(i, i, 0x35C9E8, 0.85))), false) };
        Assert.InRange(ViewLink.Format(view, Start).Length, 1000, 4000);
        Assert.Equal(view, ViewLink.Parse(ViewLink.Format(view, Start), Start));
    }

    // Servers and proxies refuse requests of more than 8 KiB, and a page that was loaded again was refused then.
    [Fact]
    public void ForAddress_OfATransferFunctionOfHundredsOfPoints_LeavesItOutAndSaysSo()
    {
        var transfer = TransferFunction.Of(Enumerable.Range(0, 512).Select(i => new TransferPoint(i * 127.7719, i * 7919, i / 511.0)));
        var view = Start with { Transfer = transfer, Hours = 1.5, Selected = "0123abc" };
        var link = ViewLink.Whole(view);
        Assert.True(link.Length > 8192, $"{link.Length} characters");

        var (query, lacks) = ViewLink.ForAddress(link);

        Assert.InRange(query.Length, 100, ViewLink.MostInAddress);
        Assert.Equal("transfer function", lacks);
        var opened = ViewLink.Read(query, Start);
        Assert.Equal(view with { Transfer = Start.Transfer }, opened.View);
        Assert.Equal("The transfer function (tf) was too long for an address and is not in it; a bookmark or a shared link keeps it.",
            Assert.Single(opened.Remarks).Text);
        Assert.Throws<OutOfRangeException>(() => ViewLink.ParseStrictly(query, Start));
        Assert.Equal(view.Hours, ViewLink.ParseStrictly(query + "&tf=0:ff0000:0", Start).Hours);
    }

    [Fact]
    public void ForAddress_OfAnyViewThatFits_IsTheWholeLink() => Prop.ForAll(Views.ToArbitrary(), view =>
    {
        var link = ViewLink.Whole(view);
        var (query, lacks) = ViewLink.ForAddress(link);
        return link.Length <= ViewLink.MostInAddress ? query == link && lacks.Length == 0 : query.Length <= ViewLink.MostInAddress;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("lithium,-,0,1~2:35c9e8:NaN")]
    [InlineData("lithium,-,0,2~1:35c9e8:0.5")]
    [InlineData("lithium,-,0,99999999999~1:35c9e8:0.5")]
    [InlineData("lithium,-,0,-1~1:35c9e8:0.5")]
    [InlineData("lithium,-,0,1~2~3:x:0.5")]
    public void Parse_OfRangesThatAreNone_DoesNotThrow(string over) => Assert.NotNull(ViewLink.Parse("v=1&over=" + over, Start));

    [Fact]
    public void Format_ThenParse_IsTheSameViewToTheLastBit() =>
        Prop.ForAll(Views.ToArbitrary(), view => ViewLink.Parse(ViewLink.Format(view, Start), Start).Equals(view)).QuickCheckThrowOnFailure();

    [Fact]
    public void Dto_ThereAndBack_IsTheSameView() =>
        Prop.ForAll(Views.ToArbitrary(), view => ViewDto.Of(view).ToState().Equals(view) && ViewDto.Patch(view, "{}").Equals(view)).QuickCheckThrowOnFailure();

    [Fact]
    public void Parse_Anything_NeverThrows() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => ViewLink.Parse(text, Start) is not null && ViewLink.Parse($"v=1&tf={text}&cam={text}&at={text}", Start) is not null).QuickCheckThrowOnFailure();

    [Fact]
    public void Format_OfTheStart_SaysOnlyWhereAndWhen() => Assert.Equal("v=1&t=0&m=projection", ViewLink.Format(Start, Start));

    [Theory]
    [InlineData("""{"focus":[1,2]}""")]
    [InlineData("""{"focus":[1,2,1e400]}""")]
    [InlineData("""{"camera":null}""")]
    [InlineData("""{"nothing":1}""")]
    [InlineData("""{"umPerPixel":-1}""")]
    [InlineData("""{"transfer":[[1,2]]}""")]
    [InlineData("""{"transfer":[]}""")]
    [InlineData("""{"cut":"w"}""")]
    [InlineData("""{"overlay":{"modality":"nano","transfer":[[1,2]]}}""")]
    [InlineData("""{"overlay":{"modality":null,"transfer":[[1,2,0.5]]}}""")]
    [InlineData("[1]")]
    [InlineData("no json")]
    [InlineData("{\"camera\":[1e12,0,100,0,0,0]}")]
    [InlineData("{\"camera\":[0,0,1e300,0,0,0]}")]
    [InlineData("{\"slabUm\":1e9}")]
    [InlineData("{\"window\":[0,1e39]}")]
    [InlineData("{\"clip\":[0,0,0,1,1,1e12]}")]
    [InlineData("{\"transfer\":[[0,16777216,0.5]]}")]
    [InlineData("{\"transfer\":[[0,0,1.5]]}")]
    [InlineData("{\"mode\":17}")]
    [InlineData("{\"hours\":1,\"hours\":2}")]
    public void Patch_ThatIsNoChangeOfAView_IsRefusedInASentence(string patch) =>
        Assert.Null(Assert.ThrowsAny<ArgumentException>(() => ViewDto.Patch(Start, patch)).ParamName);

    [Fact]
    public void Patch_ChangesItsFieldsAlone()
    {
        var view = ViewDto.Patch(Start, """{"hours":1.5,"slabMode":"maximum","maximized":"volume"}""");
        Assert.Equal(Start with { Hours = 1.5, SlabMode = SlabMode.Maximum, Maximized = Pane.Volume }, view);
    }

    // A program that asks for a picture is told what it asked for in vain; a person's link opens what can be read of it.
    [Theory]
    [InlineData("v=1&cam=1e12,0,100,0,0,0", "camera's azimuth")]
    [InlineData("v=1&cam=1,2", "cam is")]
    [InlineData("v=1&t=soon", "t is 'soon'")]
    [InlineData("v=1&mode=sideways", "mode is 'sideways'")]
    [InlineData("v=1&tf=0:zz:1", "tf is")]
    [InlineData("v=9", "v is '9'")]
    public void ParseStrictly_WhatIsNoView_IsRefusedByName(string query, string named)
    {
        var start = new ViewState();
        Assert.StartsWith(named, Assert.Throws<OutOfRangeException>(() => ViewLink.ParseStrictly(query, start)).Message);
        Assert.Equal(start, ViewLink.Parse(query, start));
    }

    private static readonly Gen<string> Damage = Gen.Elements("@", "1,2,3,4,5,6,7", "NaN", "1e999", "~", new string('x', 60));

    // Who opens a link that a mail program broke sees the rest of it, and reads what is missing.
    [Fact]
    public void Read_LinkWithOneDamagedField_KeepsAllOthersAndNamesIt() =>
        Prop.ForAll(
            (from view in Views from damage in Damage from pick in Gen.Choose(0, 1000) select (view, damage, pick)).ToArbitrary(),
            c =>
            {
                var pairs = ViewLink.Format(c.view, Start).Split('&');
                var at = 1 + (c.pick % (pairs.Length - 1));
                var name = pairs[at].Split('=')[0];

                // Any short text may be the name of a modality or a site.
                var damage = name is "m" or "site" ? new string('x', 60) : c.damage;
                var read = ViewLink.Read(string.Join('&', pairs.Select((p, i) => i == at ? $"{name}={damage}" : p)), Start);
                var kept = ViewLink.Format(read.View, Start).Split('&');
                var others = pairs.Where((p, i) => i != at).ToArray();
                return read.Remarks.Select(r => r.Name).SequenceEqual([name])
                    && others.All(kept.Contains)
                    && kept.Where(k => !others.Contains(k)).All(k => k.StartsWith(name + '=', StringComparison.Ordinal));
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("v=1&zoom=-3&cm=viridis", "zoom", "zoom of the slices (zoom) cannot be that")]
    [InlineData("v=1&cm=magma", "cm", "colours (cm) is “magma”")]
    [InlineData("v=1&shade=maybe", "shade", "shading (shade) is “maybe”")]
    [InlineData("v=1&t=1&t=2", "t", "timestep (t) is “1,2”")]
    [InlineData("v=1&zo0m=2", "zo0m", "“zo0m” is no field")]
    [InlineData("v=2&cm=viridis", "v", "version “2”")]
    public void Read_FieldThatCannotBe_IsRemarkedByName(string query, string name, string text)
    {
        var remark = Assert.Single(ViewLink.Read(query, Start).Remarks);
        Assert.Equal(name, remark.Name);
        Assert.Contains(text, remark.Text);
        if (query.Contains("viridis", StringComparison.Ordinal))
        {
            Assert.Equal("viridis", ViewLink.Read(query, Start).View.ColorMap);
        }
    }

    [Fact]
    public void Read_WholeLink_HasNoRemarks() =>
        Prop.ForAll(Views.ToArbitrary(), view => ViewLink.Read(ViewLink.Format(view, Start), Start).Remarks.Count == 0)
            .QuickCheckThrowOnFailure();

    // A map that was turned around was once dropped from links as unknown.
    [Fact]
    public void Read_EveryColorMapAndItsInverse_IsKept()
    {
        foreach (var map in ColorMap.All.SelectMany(m => new[] { m, m.Inverted }))
        {
            var view = Start with { ColorMap = map.Name };
            var read = ViewLink.Read(ViewLink.Format(view, Start), Start);
            Assert.Equal(view, read.View);
            Assert.Empty(read.Remarks);
        }
    }
}
