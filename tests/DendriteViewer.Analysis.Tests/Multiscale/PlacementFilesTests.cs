using System.Globalization;
using System.Text;
using System.Text.Json;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.Multiscale;

/// <summary>Exchange files, read back by other code than wrote them: values, order of axes, direction, units.</summary>
public sealed class PlacementFilesTests
{
    private static readonly AffineTransform s_matrix = new([1.01, 0.02, -0.05, 12, -0.03, 0.99, 0.07, -8, 0.04, -0.06, 1.02, 30]);

    [Fact]
    public void ItkTransform_Written_MapsDatasetXyzToMovingXyz()
    {
        var lines = ItkTransformFile.Write(s_matrix).Split('\n');
        Assert.Equal("#Insight Transform File V1.0", lines[0]);
        Assert.Equal("Transform: AffineTransform_double_3_3", lines[2]);
        double[] Numbers(string line) => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ',
            StringSplitOptions.RemoveEmptyEntries)
            .Select(t => double.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        var (p, c) = (Numbers(lines[3]), Numbers(lines[4]));

        // As SimpleITK's TransformPoint: a point of the fixed image, x y z, to the moving one.
        double[] Itk(double[] q) => [.. Enumerable.Range(0, 3).Select(r =>
            Enumerable.Range(0, 3).Sum(k => p[3 * r + k] * (q[k] - c[k])) + c[r] + p[9 + r])];
        var moving = new VoxelPoint(3, 5, 7);
        var dataset = s_matrix.ToWorld(moving);
        Assert.Equal([7, 5, 3], Itk([dataset.X, dataset.Y, dataset.Z]).Select(v => Math.Round(v, 9)));
        Same(s_matrix, ItkTransformFile.Read(ItkTransformFile.Write(s_matrix), "a.tfm"), 1e-12);
    }

    // 90° about ITK's z takes fixed x to moving y, about a centre that stays.
    [Theory]
    [InlineData("Euler3DTransform_double_3_3", "0 0 1.5707963267948966 10 0 0")]
    [InlineData("VersorRigid3DTransform_double_3_3", "0 0 0.7071067811865475 10 0 0")]
    [InlineData("Similarity3DTransform_double_3_3", "0 0 0.7071067811865475 10 0 0 1")]
    [InlineData("AffineTransform_float_3_3", "0 -1 0 1 0 0 0 0 1 10 0 0")]
    public void ItkTransform_OfEachRigidKind_IsReadAboutItsCentre(string kind, string parameters)
    {
        var read = ItkTransformFile.Read(
            $"#Insight Transform File V1.0\n#Transform 0\nTransform: {kind}\nParameters: {parameters}\nFixedParameters: 1 2 3\n", "a.tfm");
        var moving = read.Inverse().ToWorld(new VoxelPoint(3, 2, 5));
        Assert.Equal((3.0, 6.0, 11.0), (Math.Round(moving.Z, 6), Math.Round(moving.Y, 6), Math.Round(moving.X, 6)));
    }

    [Theory]
    [InlineData(new double[] { 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, 0 }, "mirrors")]
    [InlineData(new double[] { 1, 0, 0, 1e300, 0, 1, 0, 0, 0, 0, 1, 0 }, "moves the volume")]
    public void Import_OfWhatIsNoPlacement_IsRefused(double[] rows, string said) => Assert.Contains(
        said, Assert.Throws<VolumeFormatException>(() => PlacementFiles.Check(new AffineTransform(rows), "a.txt")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void NgffTransformation_Written_IsAffineInMicrometresZyx()
    {
        using var json = JsonDocument.Parse(NgffTransformFile.Write(s_matrix, "nano-phase", "dataset"));
        var ome = json.RootElement.GetProperty("ome");
        Assert.Equal("0.5", ome.GetProperty("version").GetString());
        Assert.All(ome.GetProperty("coordinateSystems").EnumerateArray(), s => Assert.Equal(
            ["z micrometer", "y micrometer", "x micrometer"],
            s.GetProperty("axes").EnumerateArray().Select(a => $"{a.GetProperty("name")} {a.GetProperty("unit")}")));
        var rows = ome.GetProperty("coordinateTransformations")[0].GetProperty("affine").EnumerateArray()
            .SelectMany(r => r.EnumerateArray().Select(v => v.GetDouble())).ToArray();
        Assert.Equal(s_matrix.Rows.ToArray(), rows);
        Same(s_matrix, NgffTransformFile.Read(Encoding.UTF8.GetBytes(NgffTransformFile.Write(s_matrix, "a", "b")), "a.json"), 0);
    }

    // Without a turn it is what version 0.5 knows: scale, then translation.
    [Fact]
    public void NgffTransformation_WithoutATurn_IsScaleThenTranslation()
    {
        var plain = new AffineTransform([2, 0, 0, 10, 0, 3, 0, 20, 0, 0, 4, 30]);
        var text = NgffTransformFile.Write(plain, "a", "b");
        using var json = JsonDocument.Parse(text);
        Assert.Equal(["scale", "translation"], json.RootElement.GetProperty("ome").GetProperty("coordinateTransformations").EnumerateArray()
            .Select(t => t.GetProperty("type").GetString()));
        Same(plain, NgffTransformFile.Read(Encoding.UTF8.GetBytes(text), "a.json"), 0);
    }

    private const string Xyz = """{"axes":[{"name":"x"},{"name":"y"},{"name":"z"}]}""";
    private const string Millimetres =
        """{"axes":[{"name":"z","unit":"millimeter"},{"name":"y","unit":"millimeter"},{"name":"x","unit":"millimeter"}]}""";

    [Theory]
    [InlineData("{\"coordinateSystems\":[" + Xyz + "],\"coordinateTransformations\":[{\"type\":\"identity\"}]}", "z, y, x")]
    [InlineData("{\"coordinateSystems\":[" + Millimetres + "],\"coordinateTransformations\":[{\"type\":\"identity\"}]}", "millimeter")]
    [InlineData("""{"coordinateTransformations":[{"type":"displacements"}]}""", "displacements")]
    [InlineData("""{"coordinateTransformations":[]}""", "coordinate transformation")]
    [InlineData("""{"matrix":[[1,0,0],[0,1,0],[0,0,1]]}""", "three rows of four")]
    public void NgffFile_OfWhatIsNotRead_IsRefusedWithItsReason(string json, string reason)
    {
        var e = Assert.Throws<VolumeFormatException>(() => NgffTransformFile.Read(Encoding.UTF8.GetBytes(json), "a.json"));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BigWarpLandmarks_ReadAndWritten_AreMovingXyzThenFixedXyz()
    {
        const string Csv = "\"Pt-0\",\"true\",\"1.5\",\"2.5\",\"3.5\",\"10\",\"20\",\"30\"\n"
            + "\"Pt-1\",\"false\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\"\n"
            + "\"Pt-2\",\"true\",\"1\",\"1\",\"1\",\"Infinity\",\"Infinity\",\"Infinity\"\n";
        var pair = Assert.Single(BigWarpCsv.Read(Encoding.UTF8.GetBytes(Csv), "a.csv"));
        Assert.Equal(new PointPair("Pt-0", new WorldPoint(3.5, 2.5, 1.5), new WorldPoint(30, 20, 10)), pair);
        Assert.Equal(Csv.Split('\n')[0] + "\n", Encoding.UTF8.GetString(BigWarpCsv.Write([pair])));
    }

    [Fact]
    public void DamagedFile_OfAnyKind_IsReadOrRefusedWithItsName()
    {
        var csv = BigWarpCsv.Write([new PointPair("a", new WorldPoint(1, 2, 3), new WorldPoint(4, 5, 6))]);
        var random = new Random(5);
        for (var i = 0; i < Mutants.Count(600); i++)
        {
            var tfm = Mutants.Text(random, Encoding.ASCII.GetBytes(ItkTransformFile.Write(s_matrix)));
            Mutants.IsRead("a.tfm", tfm.Length, () => ItkTransformFile.Read(Encoding.UTF8.GetString(tfm), "a.tfm"), () => { });
            var json = Mutants.Text(random, Encoding.UTF8.GetBytes(NgffTransformFile.Write(s_matrix, "a", "b")));
            Mutants.IsRead("a.json", json.Length, () => NgffTransformFile.Read(json, "a.json"), () => { });
            var rows = Mutants.Text(random, csv);
            Mutants.IsRead("a.csv", rows.Length, () => BigWarpCsv.Read(rows, "a.csv"), () => { });
        }
    }

    [Theory]
    [InlineData(PlacementModel.Rigid, 1)]
    [InlineData(PlacementModel.Similarity, 1.3)]
    [InlineData(PlacementModel.Affine, 1.3)]
    public void Landmarks_OfAKnownPlacement_GiveItBackAndSayHowFarOneIsOff(PlacementModel model, double scale)
    {
        var turn = new double[9];
        LocalMotion.Rotation(0.3, -0.2, 0.4, turn);
        var known = LocalMotion.About(new WorldPoint(5, 6, 7), [.. turn.Select(v => scale * v)], 3, 2, 1);
        PointPair Pair(double z, double y, double x, double off) =>
            new("p", new WorldPoint(z, y, x), known.ToWorld(new VoxelPoint(z, y, x)) + new WorldVector(off, 0, 0));
        PointPair[] exact = [Pair(0, 0, 0, 0), Pair(10, 0, 2, 0), Pair(0, 10, 0, 0), Pair(3, 4, 10, 0), Pair(9, 8, 7, 0)];
        var fit = LandmarkFit.Of(exact, model);
        Same(known, fit.Matrix, 1e-9);
        Assert.InRange(fit.LeaveOneOutUm!.Value, 0, 1e-9);

        exact[4] = Pair(9, 8, 7, 2);
        var off = LandmarkFit.Of(exact, model);
        Assert.Equal(2, off.LeftOutUm[4], 1e-6);
        Assert.True(off.ResidualUm < off.LeaveOneOutUm);
        Assert.Null(LandmarkFit.Of(exact[..LandmarkFit.LeastOf(model)], model).LeaveOneOutUm);
    }

    [Fact]
    public void Landmarks_OnALineOrTooFew_AreRefused()
    {
        PointPair Pair(double v) => new("p", new WorldPoint(v, v, v), new WorldPoint(v, v, v));
        Assert.Contains("one line", Assert.Throws<VolumeFormatException>(() =>
            LandmarkFit.Of([Pair(1), Pair(2), Pair(3)], PlacementModel.Similarity)).Message, StringComparison.Ordinal);
        Assert.Contains("2 landmarks", Assert.Throws<VolumeFormatException>(() =>
            LandmarkFit.Of([Pair(1), Pair(2)], PlacementModel.Rigid)).Message, StringComparison.Ordinal);
    }

    private static void Same(AffineTransform a, AffineTransform b, double within)
    {
        foreach (var (x, y) in a.Rows.ToArray().Zip(b.Rows.ToArray()))
        {
            Assert.InRange(y, x - within, x + within);
        }
    }
}
