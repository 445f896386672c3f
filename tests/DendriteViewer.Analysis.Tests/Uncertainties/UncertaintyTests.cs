using DendriteViewer.Analysis.Uncertainties;

namespace DendriteViewer.Analysis.Tests.Uncertainties;

public sealed class UncertaintyTests
{
    // Garwood's table.
    [Theory]
    [InlineData(0, 0, 3.689)]
    [InlineData(1, 0.0253, 5.572)]
    [InlineData(12, 6.201, 20.962)]
    [InlineData(100, 81.36, 121.63)]
    public void Count_HasGarwoodsInterval(int count, double low, double high)
    {
        Assert.Equal(low, Counting.OfCount(count).Low, 2);
        Assert.Equal(high, Counting.OfCount(count).High, 2);
    }

    [Fact]
    public void Count_ThatMovesWithTheThreshold_HasTheWiderInterval()
    {
        var (low, high) = Counting.OfCount(12, [8, 15]);
        Assert.Equal(12 - Math.Sqrt(5.799 * 5.799 + 16), low, 0.01);
        Assert.Equal(12 + Math.Sqrt(8.962 * 8.962 + 9), high, 0.01);
    }

    // Against Clopper's and Pearson's own numbers; none of none says nothing.
    [Theory]
    [InlineData(8, 10, 0.4439, 0.9748)]
    [InlineData(0, 10, 0, 0.3085)]
    [InlineData(10, 10, 0.6915, 1)]
    [InlineData(0, 0, 0, 1)]
    public void Share_HasClopperPearsonsInterval(int k, int n, double low, double high)
    {
        Assert.Equal(low, Counting.OfShare(k, n).Low, 4);
        Assert.Equal(high, Counting.OfShare(k, n).High, 4);
    }

    // A volume that no threshold moves is not known exactly: voxels are cut, and a scan is blurred.
    [Fact]
    public void Volume_ThatTheThresholdDoesNotMove_StillHasAnInterval()
    {
        var u = VolumeUncertainty.Of(1000, 1000, 1000, 480, 1, 8);
        Assert.Equal((0, 0), (u.ThresholdLowUm3, u.ThresholdHighUm3));
        Assert.Equal(Math.Sqrt(40), u.PartialUm3, 9);
        Assert.Equal(0.25 * 480 * 480 / 3000, u.ResolutionUm3, 9);
        Assert.Equal(1000 - 2 * Math.Sqrt(40 + 19.2 * 19.2), u.LowOf(1000), 6);
        Assert.True(u.HighOf(1000) > 1000 + 2 * 19.2);
        Assert.True(u.LowOf(1000, 0.1) < 1000 - 200);
    }

    // The volume of a ball of digital voxels lies in its interval at every radius and offset, with the blur that is assumed.
    [Theory]
    [InlineData(2.2)]
    [InlineData(3.5)]
    [InlineData(6)]
    public void Ball_BlurredAndThresholded_HasItsTrueVolumeInTheInterval(double radius)
    {
        var random = new Random(5);
        var inside = 0;
        for (var n = 0; n < 40; n++)
        {
            var (cz, cy, cx) = (10 + random.NextDouble(), 10 + random.NextDouble(), 10 + random.NextDouble());
            var dark = new HashSet<(int, int, int)>();
            for (var i = 0; i < 22 * 22 * 22; i++)
            {
                int z = i / 484, y = i / 22 % 22, x = i % 22;

                // A blurred ball crosses its half value σ²/r further in.
                var d = Math.Sqrt(Math.Pow(z + 0.5 - cz, 2) + Math.Pow(y + 0.5 - cy, 2) + Math.Pow(x + 0.5 - cx, 2));
                if (d < radius - 0.25 / radius)
                {
                    dark.Add((z, y, x));
                }
            }

            var border = dark.Count(v => !dark.Contains((v.Item1 + 1, v.Item2, v.Item3)) || !dark.Contains((v.Item1 - 1, v.Item2, v.Item3))
                || !dark.Contains((v.Item1, v.Item2 + 1, v.Item3)) || !dark.Contains((v.Item1, v.Item2 - 1, v.Item3))
                || !dark.Contains((v.Item1, v.Item2, v.Item3 + 1)) || !dark.Contains((v.Item1, v.Item2, v.Item3 - 1)));
            var u = VolumeUncertainty.Of(dark.Count, dark.Count, dark.Count, border, 1, 8);
            var truth = 4 / 3.0 * Math.PI * radius * radius * radius;
            inside += truth >= u.LowOf(dark.Count) && truth <= u.HighOf(dark.Count) ? 1 : 0;
        }

        Assert.InRange(inside, 38, 40);
    }

    [Theory]
    [InlineData(0.90214, 0.86, 0.95, "0.90 (0.86–0.95)")]
    [InlineData(21671, 20981, 22402, "21700 (21000–22400)")]
    [InlineData(0, 0, 177.1, "0 (0–180)")]
    [InlineData(11.56, 8.4, 12.4, "11.6 (8.4–12.4)")]
    [InlineData(0.0230, 0.0218, 0.0243, "0.0230 (0.0218–0.0243)")]
    [InlineData(325, 290.6, 362.3, "330 (290–360)")]
    public void Numbers_AreGivenAtTheDigitsThatTheyAreKnownTo(double value, double low, double high, string text) =>
        Assert.Equal(text, Rounded.Both(value, low, high));
}
