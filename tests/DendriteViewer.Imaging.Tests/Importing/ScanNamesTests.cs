using DendriteViewer.Imaging.Importing;

namespace DendriteViewer.Imaging.Tests.Importing;

/// <summary>What names of scans tell, and what is not made of them.</summary>
public sealed class ScanNamesTests
{
    [Theory]
    [InlineData("cell_0h,cell_0.5h,cell_1.5h", new[] { 0, 0.5, 1.5 })]
    [InlineData("2h30_recon,10h05_recon", new[] { 2.5, 10.0833 })]
    [InlineData("a 0 min,a 90 min", new[] { 0, 1.5 })]
    [InlineData("t0.0.ome.zarr,t3.2.ome.zarr", new[] { 0, 3.2 })]
    [InlineData("s_0p5h.tif,s_1p5h.tif", new[] { 0.5, 1.5 })]
    [InlineData("Scan_20251101_1400,Scan_20251101_1530,Scan_20251102_1400", new[] { 0, 1.5, 24 })]
    [InlineData("x_2025-11-01T14-00-00,x_2025-11-01T14-00-36", new[] { 0, 0.01 })]
    public void Names_WithTimes_GiveHours(string names, double[] hours) =>
        Assert.Equal(hours, ScanNames.HoursOf(names.Split(',')).Select(h => h!.Value.Hours));

    // A counter is an order and no time.
    [Theory]
    [InlineData("scan_001,scan_002")]
    [InlineData("t001,t002")]
    [InlineData("0.8mA_a,0.8mA_b")]
    [InlineData("nmc_0.5um_a,nmc_0.5um_b")]
    [InlineData("1h_left,1h_right")]
    [InlineData("")]
    public void Names_WithoutTimes_GiveNone(string names) =>
        Assert.All(ScanNames.HoursOf(names.Split(',')), Assert.Null);

    [Fact]
    public void Guess_SaysWhatItWasReadFrom()
    {
        var guess = ScanNames.HoursOf(["cell_90min", "cell_120min"])[0]!.Value;
        Assert.Equal("'90min' in its name, read as minutes", guess.From);
    }

    [Theory]
    [InlineData("nano/Zernike_phase.tif", "nano-phase")]
    [InlineData("nano_abs_1h", "nano-absorption")]
    [InlineData("phase_1h", "projection")]
    [InlineData("proj", "projection")]
    public void Modality_IsTakenFromTheName(string name, string modality) => Assert.Equal(modality, ScanNames.ModalityOf(name).Modality);

    [Theory]
    [InlineData("cell_30x20x10_uint16.raw", 12_000, 10, 20, 30, "uint16")]
    [InlineData("cell_30x20x10.raw", 24_000, 10, 20, 30, "float32")]
    [InlineData("blobs.raw", 1_000_000, 100, 100, 100, "uint8")]
    [InlineData("blobs_16bit.raw", 2_000_000, 100, 100, 100, "uint16")]
    public void Raw_NameOrSize_TellsShapeAndType(string name, long bytes, int z, int y, int x, string dtype)
    {
        var guess = RawGuess.Of(name, bytes)!;
        Assert.Equal(((z, y, x), dtype), ((guess.Shape.Z, guess.Shape.Y, guess.Shape.X), guess.Dtype));
    }

    [Theory]
    [InlineData("blobs.raw", 1_000_001)]
    [InlineData("0x0x0.raw", 0)]
    [InlineData("99999x99999x99999.raw", 5)]
    [InlineData("", 0)]
    public void Raw_ThatNothingTellsOf_IsNotGuessed(string name, long bytes) => Assert.Null(RawGuess.Of(name, bytes));
}
