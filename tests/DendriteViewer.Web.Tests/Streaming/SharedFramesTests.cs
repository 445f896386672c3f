using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Streaming;

namespace DendriteViewer.Web.Tests.Streaming;

public sealed class SharedFramesTests
{
    private static readonly DatasetIdentity s_dataset = DatasetIdentity.New();
    private readonly SharedFrames _shared = new(3000);

    [Fact]
    public async Task FindOrMake_TwoAskForOneView_OneMakesItAndBothHaveIt()
    {
        var (none, making) = await _shared.FindOrMakeAsync(Key(1), default);
        var other = _shared.FindOrMakeAsync(Key(1), default).AsTask();
        Assert.Null(none);
        Assert.False(other.IsCompleted);

        var made = Frame(7);
        making!.Give(made);
        making.Dispose();
        made.Dispose();

        var (found, again) = await other;
        Assert.Null(again);
        Assert.Equal(7, found!.Encoded.Span[0]);
        Assert.True(_shared.Has(Key(1)));
    }

    [Fact]
    public async Task FindOrMake_TheMakerGivesUp_WhoWaitedDrawSideBySideAndOneFrameIsKept()
    {
        var (_, making) = await _shared.FindOrMakeAsync(Key(1), default);
        var others = Enumerable.Range(0, 2).Select(_ => _shared.FindOrMakeAsync(Key(1), default).AsTask()).ToArray();
        making!.Dispose();

        foreach (var (i, other) in (await Task.WhenAll(others)).Index())
        {
            using (other.Making)
            {
                using var frame = Frame(i);
                other.Making!.Give(frame);
            }
        }

        var kept = (await _shared.FindOrMakeAsync(Key(1), default)).Frame!;
        Assert.InRange(kept.Encoded.Span[0], 0, 1);
        kept.Dispose();
        await MakeAsync(2);
        await MakeAsync(3);
        await MakeAsync(4);
        Assert.InRange(_shared.Bytes, 1, 3000);
    }

    [Fact]
    public async Task FindOrMake_WhoWaitsIsCancelled_TheFrameIsMadeAllTheSame()
    {
        var (_, making) = await _shared.FindOrMakeAsync(Key(1), default);
        using var impatient = new CancellationTokenSource();
        var other = _shared.FindOrMakeAsync(Key(1), impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        making!.Give(Frame(1));
        Assert.True(_shared.Has(Key(1)));
    }

    [Fact]
    public async Task Give_MoreThanMayBeKept_TheLeastLatelyUsedGoes()
    {
        foreach (var i in new[] { 1, 2 })
        {
            await MakeAsync(i);
        }

        (await _shared.FindOrMakeAsync(Key(1), default)).Frame!.Dispose();
        await MakeAsync(3);
        Assert.True(_shared.Has(Key(1)));
        Assert.False(_shared.Has(Key(2)));
        Assert.True(_shared.Has(Key(3)));
        Assert.InRange(_shared.Bytes, 1, 3000);
    }

    [Fact]
    public async Task Give_AFrameThatSomebodyStillSends_StaysWholeAfterItWasDropped()
    {
        await MakeAsync(1);
        var sent = (await _shared.FindOrMakeAsync(Key(1), default)).Frame!;
        for (var i = 2; i < 9; i++)
        {
            await MakeAsync(i);
        }

        Assert.False(_shared.Has(Key(1)));
        Assert.All(sent.Encoded.ToArray(), b => Assert.Equal(1, b));
        sent.Dispose();
    }

    [Fact]
    public void Key_TheSameViewOfTwoSessions_IsOne()
    {
        Assert.Equal(Key(1), Key(1));
        Assert.Equal(Key(1).GetHashCode(), Key(1).GetHashCode());
        Assert.NotEqual(Key(1), Key(2));
        Assert.NotEqual(Key(1), Key(1, "another"));
    }

    private async Task MakeAsync(int i)
    {
        var (_, making) = await _shared.FindOrMakeAsync(Key(i), default);
        using (making)
        {
            using var frame = Frame(i);
            making!.Give(frame);
        }
    }

    private static SharedFrame Frame(int value)
    {
        var encoded = new byte[1000];
        Array.Fill(encoded, (byte)value);
        return new SharedFrame(encoded, 48, 32);
    }

    // Tuples of more than eight leave members out of their hash codes: thousands of frames that differed in the camera alone were once
    // compared one after another, under the lock that every viewer's frame takes.
    [Theory]
    [InlineData("camera")]
    [InlineData("hours")]
    [InlineData("transfer")]
    [InlineData("sheet")]
    [InlineData("window")]
    [InlineData("scale")]
    public void FrameKey_FramesThatDifferInOneMember_HaveHashCodesOfTheirOwn(string member)
    {
        var keys = Enumerable.Range(0, 1000).Select(i => member switch
        {
            "camera" => Of(Volume with { Camera = Volume.Camera with { AzimuthDeg = i * 0.1 } }),
            "hours" => Of(Volume with { Hours = i }),
            "transfer" => Of(Volume with { Transfer = TransferFunction.Of([new(0, 0, 0), new(i / 1000.0, 0, 0.5), new(1, 0, 1)]) }),
            "sheet" => Of(Slice with
            {
                Sheet = new SliceSheet(new SlicePlane(new WorldPoint(i, 0, 0), default, default, default), null),
            }),
            "window" => Of(Slice with { WindowHigh = i }),
            _ => Of(Volume) with { Scale = i },
        }).ToArray();
        Assert.InRange(keys.Select(k => k.GetHashCode()).Distinct().Count(), 990, 1000);
        Assert.Equal(1000, keys.Distinct().Count());
    }

    private static VolumePaneView Volume => VolumeOf(new ViewState());

    private static SlicePaneView Slice => new(
        0, "projection", default, 1, 0, default, default, 0, 1, "grey", null, null, null, null);

    private static VolumePaneView VolumeOf(ViewState v) => new(
        v.Hours, v.Modality, v.Camera, v.Mode, v.IsoValue, v.Shaded, v.Shadows, v.Transfer, v.Clip, v.DepthClip, v.Overlay, v.Cut, default);

    private static FrameKey Of(PaneView view, string revision = "revision") => new(
        s_dataset, Pane.Volume, new PaneContent(view, new PaneData(revision, null, null, null), new PaneSize(48, 32, 1)), 1, 72, false);

    // Each with a transfer function of its own, as two sessions have them.
    private static FrameKey Key(int azimuth, string revision = "revision") => Of(
        VolumeOf(new ViewState
        {
            Transfer = TransferFunction.Of([new(0, 0xFFFFFF, 0), new(1, 0xFFFFFF, 0.1)]),
            Camera = new OrbitCamera(azimuth, 20, 0, default),
        }),
        revision);
}
