using DendriteViewer.Imaging.Measuring;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Tests.Measurements;

public sealed class MeasurementTextTests
{
    [Theory]
    [InlineData(42.3456, 0.5, "42.3 ± 0.5 µm")]
    [InlineData(42.3456, 0.0325, "42.35 ± 0.03 µm")]
    [InlineData(42.3456, 0.1, "42.35 ± 0.10 µm")]
    [InlineData(842.3456, 12, "842 ± 12 µm")]
    [InlineData(842.3456, 40, "840 ± 40 µm")]
    [InlineData(1842.3456, 0.5, "1.8423 ± 0.0005 mm")]
    public void Length_HasTheDigitsThatItsErrorJustifies(double um, double error, string expected) =>
        Assert.Equal(expected, MeasurementText.Length(new Measured(um, error)));

    [Theory]
    [InlineData(45.1234, 0.6, "45.1° ± 0.6°")]
    [InlineData(45.1234, 12.3, "45° ± 12°")]
    public void Angle_HasTheDigitsThatItsErrorJustifies(double degrees, double error, string expected) =>
        Assert.Equal(expected, MeasurementText.Degrees(new Measured(degrees, error)));

    [Theory]
    [InlineData(1234.5, 63, true, "1\u202f230 ± 60 µm²")]
    [InlineData(1234567, 6300, true, "1.235 ± 0.006 mm²")]
    [InlineData(12345, 500, false, "12\u202f300 ± 500 µm³")]
    [InlineData(2.5e9, 3e7, false, "2.50 ± 0.03 mm³")]
    public void Size_IsInTheUnitThatFits(double size, double error, bool isFlat, string expected) =>
        Assert.Equal(expected, MeasurementText.Size(size, error, isFlat));

    [Theory]
    [InlineData(1_100_000, 880_000, true, "880\u202f000 µm²")]
    [InlineData(880_000, 1_100_000, true, "1.100 mm²")]
    [InlineData(1.1e9, 8.8e8, false, "880\u202f000\u202f000 µm³")]
    [InlineData(8.8e8, 1.1e9, false, "1.100 mm³")]
    public void SizeOfVoxels_BesideAnotherSizeAsDrawn_HasItsOwnUnit(double drawn, double sampled, bool isFlat, string expected)
    {
        var region = new RegionStatistics(isFlat, drawn, sampled, drawn / 100, isFlat ? 4 : null, 1000, 0, 0, null);
        var m = new Measurement
        {
            Kind = isFlat ? MeasurementKind.Circle : MeasurementKind.Sphere, PointsUm = [[0, 0, 0], [0, 0, 1]], Modality = "projection",
            Result = new MeasuredResult { Data = "", DepthsUm = [], Region = region },
        };
        var numbers = MeasurementNumbers.Of(m).ToArray();
        Assert.Equal(expected, numbers.Single(n => n.Name.EndsWith("of voxels", StringComparison.Ordinal)).Value);
        Assert.DoesNotContain(numbers, n => n.Name.StartsWith("Depth", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(12604, "12\u202f604")]
    [InlineData(12604.25, "12\u202f604")]
    [InlineData(12.60425, "12.604")]
    [InlineData(0.00012345, "1.2345E-4")]
    [InlineData(-3.14159265, "-3.1416")]
    [InlineData(0, "0")]
    public void Value_HasFiveDigits(double value, string expected) => Assert.Equal(expected, MeasurementText.Value(value));
}
