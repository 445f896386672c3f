using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Analysis.Phantoms;

/// <summary>
/// The field that the phantom's nano scans cover, and how it really lies in the scan of the same hour: turned by up to 7°, its middle up to
/// 40 µm off the cell's, its voxels up to 1.5 % larger or smaller than stated. What dataset.json states, the stage coordinates, knows
/// nothing of the turn and the scale, and is up to 15 µm off.
/// </summary>
internal sealed class PhantomNano
{
    /// <summary>Stated edge of a voxel, µm.</summary>
    public const double VoxelUm = 0.15;

    /// <summary>Modalities of the two scans, which are of one acquisition.</summary>
    public const string Absorption = "nano-absorption", Phase = "nano-phase";

    private const double MostTurnDeg = 7, MostScale = 0.015, MostShiftUm = 40, MostStageUm = 15;
    private const int LargestShare = 512, LeastVoxels = 32;

    public PhantomNano(PhantomScene scene)
    {
        var options = scene.Options;
        var edge = options.NanoSize ?? Math.Clamp((int)(0.42 * scene.Extent / VoxelUm / 8) * 8, LeastVoxels, LargestShare);
        Shape = new VolumeShape(edge, edge, edge);
        var random = new Random(PhantomRandom.SeedOf(options.Seed, 0, 818));
        Scale = 1 + MostScale * (2 * random.NextDouble() - 1);

        // Mostly about the axis of the stage, as stages turn, and a little about another.
        var turn = MostTurnDeg * (0.3 + 0.7 * random.NextDouble()) * (random.Next(2) == 0 ? 1 : -1) * Math.PI / 180;
        var (tilt, towards) = (0.3 * turn * random.NextDouble(), 2 * Math.PI * random.NextDouble());
        TurnRadians = new WorldVector(Math.Sqrt(turn * turn - tilt * tilt), tilt * Math.Sin(towards), tilt * Math.Cos(towards));
        TurnRadians = Math.Sign(turn) * TurnRadians;

        // The field stays within the cell where it fits.
        var half = 0.5 * edge * VoxelUm;
        double Room(double least) => Math.Max(0, Math.Min(MostShiftUm, least));
        var lateral = Room(scene.Radius - 1.25 * half) * Math.Sqrt(random.NextDouble());
        var angle = 2 * Math.PI * random.NextDouble();
        double low = scene.InterfaceAt + 1.1 * half + 4, high = Math.Max(low, scene.Extent - 1.1 * half);
        var along = Math.Clamp(scene.Extent / 2 + MostShiftUm * (2 * random.NextDouble() - 1) / 2, low, high);
        Center = new WorldPoint(
            along, scene.Extent / 2 + 0.7 * lateral * Math.Sin(angle), scene.Extent / 2 + 0.7 * lateral * Math.Cos(angle));
        var off = MostStageUm * (0.4 + 0.6 * random.NextDouble());
        var way = new WorldVector(random.NextDouble() - 0.5, random.NextDouble() - 0.5, random.NextDouble() - 0.5).Normalized();
        var stated = Center + off * way + new WorldVector(-half, -half, -half);
        StatedOriginUm = new WorldPoint(Math.Round(stated.Z, 3), Math.Round(stated.Y, 3), Math.Round(stated.X, 3));
        ToScanUm = Similarity(Scale, TurnRadians, new WorldPoint(half, half, half), Center);
    }

    /// <summary>Voxels.</summary>
    public VolumeShape Shape { get; }

    /// <summary>What the stated voxel size is to be multiplied by.</summary>
    public double Scale { get; }

    /// <summary>The turn as a vector along its axis, radians.</summary>
    public WorldVector TurnRadians { get; }

    /// <summary>Where the field's middle is in the scan of the same hour.</summary>
    public WorldPoint Center { get; }

    /// <summary>Origin that dataset.json states.</summary>
    public WorldPoint StatedOriginUm { get; }

    /// <summary>From the nano scans' own µm (the corner of voxel 0 is 0) to where that is in the projection scan of the same
    /// hour.</summary>
    public AffineTransform ToScanUm { get; }

    /// <summary>From nano voxels to the projection scan of the same hour.</summary>
    public AffineTransform ToScan => ToScanUm.ForLevel(VoxelUm, VoxelUm, VoxelUm);

    /// <summary>What a registration should find.</summary>
    /// <param name="hours">When the scans were taken.</param>
    /// <param name="driftUm">Where the projection scan of that hour lies against the first, z, y, x in µm.</param>
    public JsonObject Truth(double hours, double[] driftUm)
    {
        static JsonArray Rows(AffineTransform t, double[] less) => new(Enumerable.Range(0, 3).Select(r => (JsonNode)new JsonArray(
            Enumerable.Range(0, 4).Select(c => (JsonNode)PhantomTruth.Nine(t.Rows[4 * r + c] - (c == 3 ? less[r]
                : 0))).ToArray())).ToArray());
        static JsonArray Point(WorldPoint p) => new(Math.Round(p.Z, 3), Math.Round(p.Y, 3), Math.Round(p.X, 3));
        var half = 0.5 * Shape.Z * VoxelUm;
        var stated = StatedOriginUm + new WorldVector(half, half, half);
        return new JsonObject
        {
            ["about"] = "matrix: from the nano scans' own µm (outer corner of voxel 0 is 0; z, y, x) to the frame of the projection scan "
                + "of the same hour as it is handed over; matrixToFirst: to the first projection scan, without drift.",
            ["modalities"] = new JsonArray(Absorption, Phase), ["hours"] = hours, ["shape"] = new JsonArray(Shape.Z, Shape.Y, Shape.X),
            ["voxelSizeUm"] = new JsonArray(VoxelUm, VoxelUm, VoxelUm), ["matrix"] = Rows(ToScanUm, [0, 0, 0]),
            ["matrixToFirst"] = Rows(ToScanUm, driftUm), ["scale"] = PhantomTruth.Nine(Scale),
            ["rotationDeg"] = PhantomTruth.Nine(TurnRadians.Length * 180 / Math.PI),
            ["stageOffUm"] = PhantomTruth.Nine((stated - Center).Length),
            ["common"] = new JsonObject { ["movingUm"] = Point(new WorldPoint(half, half, half)), ["datasetUm"] = Point(Center) },
        };
    }

    // p ↦ s·R·(p − from) + to, with Rodrigues' formula for R.
    private static AffineTransform Similarity(double scale, WorldVector w, WorldPoint from, WorldPoint to)
    {
        var a = w.Length;
        var (s, c) = a < 1e-12 ? (1.0, 0.5) : (Math.Sin(a) / a, (1 - Math.Cos(a)) / (a * a));

        // Axes are z, y, x, a left-handed order of x, y, z: the cross product's matrix has the opposite signs.
        double[] k = [0, w.X, -w.Y, -w.X, 0, w.Z, w.Y, -w.Z, 0], rows = new double[12], o = [from.Z, from.Y, from.X], t = [to.Z, to.Y,
            to.X];
        for (var i = 0; i < 3; i++)
        {
            rows[4 * i + 3] = t[i];
            for (var j = 0; j < 3; j++)
            {
                rows[4 * i + j] = scale * ((i == j ? 1 : 0) + s * k[3 * i + j]
                    + c * (k[3 * i] * k[j] + k[3 * i + 1] * k[3 + j] + k[3 * i + 2] * k[6 + j]));
                rows[4 * i + 3] -= rows[4 * i + j] * o[j];
            }
        }

        return new AffineTransform(rows);
    }
}
