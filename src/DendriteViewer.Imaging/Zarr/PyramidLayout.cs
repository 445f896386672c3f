using System.Numerics;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>One level of a pyramid: its shape, how many full-resolution voxels one of its voxels spans, its bricks and shards.</summary>
/// <param name="Number">0 is full resolution.</param>
/// <param name="Shape">Voxels of the level.</param>
/// <param name="FactorZ">Full-resolution voxels along z in one voxel.</param>
/// <param name="FactorY">Along y.</param>
/// <param name="FactorX">Along x.</param>
/// <param name="Brick">Voxels of a brick, powers of two.</param>
/// <param name="Shard">Voxels of a shard, a multiple of the brick.</param>
public sealed record PyramidLevel(int Number, VolumeShape Shape, int FactorZ, int FactorY, int FactorX, VolumeShape Brick, VolumeShape Shard)
{
    /// <summary>Bricks along each axis.</summary>
    public VolumeShape BrickCount => Cover(Shape, Brick);

    /// <summary>Shards along each axis.</summary>
    public VolumeShape ShardCount => Cover(Shape, Shard);

    /// <summary>Bricks along each axis of one shard.</summary>
    public VolumeShape BricksOfShard => Cover(Shard, Brick);

    /// <summary>The level as the kernels take it, its voxels counted against those of a finer level or of itself.</summary>
    public BrickLevel WithBricks(PyramidLevel finest, Kernels.Bricks.Brick?[] bricks) => new(
        Shape.Z, Shape.Y, Shape.X, Log2(Brick.Z), Log2(Brick.Y), Log2(Brick.X),
        Log2(FactorZ / finest.FactorZ), Log2(FactorY / finest.FactorY), Log2(FactorX / finest.FactorX), bricks);

    private static int Log2(int n) => BitOperations.Log2((uint)n);

    private static VolumeShape Cover(VolumeShape a, VolumeShape b) => new((a.Z + b.Z - 1) / b.Z, (a.Y + b.Y - 1) / b.Y, (a.X + b.X - 1) / b.X);
}

/// <summary>
/// How a volume is cut: bricks of 64³ (flatter where a row of bricks would outgrow the import's memory), shards one brick
/// deep and up to 512 × 512 wide, so that an import writes each shard once; halved until a level fits one brick.
/// </summary>
public static class PyramidLayout
{
    private const int Edge = 64;
    private const int ShardEdge = 512;
    private const long SlabBytes = 256L << 20;

    /// <summary>The levels of a volume, finest first.</summary>
    public static IReadOnlyList<PyramidLevel> Of(VolumeShape shape, VoxelType type)
    {
        var depth = Edge;
        while (depth > 8 && shape.SliceCount * depth * type.Size() > SlabBytes)
        {
            depth /= 2;
        }

        var brick = new VolumeShape(depth, Edge, Edge);
        var levels = new List<PyramidLevel>();
        var (fz, fy, fx) = (1, 1, 1);
        for (var s = shape; ; s = s.Halved())
        {
            var shard = new VolumeShape(depth, Fit(s.Y), Fit(s.X));
            levels.Add(new PyramidLevel(levels.Count, s, fz, fy, fx, brick, shard));
            if (s.Z <= Edge && s.Y <= Edge && s.X <= Edge)
            {
                return levels;
            }

            (fz, fy, fx) = (s.Z > 1 ? 2 * fz : fz, s.Y > 1 ? 2 * fy : fy, s.X > 1 ? 2 * fx : fx);
        }

        static int Fit(int n) => Math.Min(ShardEdge, (n + Edge - 1) / Edge * Edge);
    }

    internal static JsonObject ArrayMetadata(PyramidLevel level, VoxelType type)
    {
        var bytes = new JsonObject { ["name"] = "bytes", ["configuration"] = new JsonObject { ["endian"] = "little" } };
        return new JsonObject
        {
            ["zarr_format"] = 3,
            ["node_type"] = "array",
            ["shape"] = Numbers(level.Shape),
            ["data_type"] = type.ZarrName(),
            ["chunk_grid"] = new JsonObject { ["name"] = "regular", ["configuration"] = new JsonObject { ["chunk_shape"] = Numbers(level.Shard) } },
            ["chunk_key_encoding"] = new JsonObject { ["name"] = "default", ["configuration"] = new JsonObject { ["separator"] = "/" } },
            ["fill_value"] = 0,
            ["codecs"] = new JsonArray(new JsonObject
            {
                ["name"] = "sharding_indexed",
                ["configuration"] = new JsonObject
                {
                    ["chunk_shape"] = Numbers(level.Brick),
                    ["codecs"] = new JsonArray(
                        type.Size() == 1 ? new JsonObject { ["name"] = "bytes" } : bytes.DeepClone(),
                        new JsonObject { ["name"] = "zstd", ["configuration"] = new JsonObject { ["level"] = VolumeWriter.ZstdLevel, ["checksum"] = true } }),
                    ["index_codecs"] = new JsonArray(bytes, new JsonObject { ["name"] = "crc32c" }),
                    ["index_location"] = "end",
                },
            }),
            ["attributes"] = new JsonObject(),
            ["dimension_names"] = new JsonArray("z", "y", "x"),
        };
    }

    internal static JsonObject GroupMetadata(IReadOnlyList<PyramidLevel> levels, AffineTransform transform, string name, JsonObject dendrite)
    {
        var datasets = new JsonArray();
        foreach (var level in levels)
        {
            // NGFF places index 0 at the translation: the centre of the first voxel.
            var t = transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
            var centre = t.ToWorld(new VoxelPoint(0.5, 0.5, 0.5));
            var size = t.VoxelSize;
            datasets.Add(new JsonObject
            {
                ["path"] = level.Number.ToString(),
                ["coordinateTransformations"] = new JsonArray(
                    new JsonObject { ["type"] = "scale", ["scale"] = new JsonArray(size.Z, size.Y, size.X) },
                    new JsonObject { ["type"] = "translation", ["translation"] = new JsonArray(centre.Z, centre.Y, centre.X) }),
            });
        }

        JsonObject Axis(string axis) => new() { ["name"] = axis, ["type"] = "space", ["unit"] = "micrometer" };
        return new JsonObject
        {
            ["zarr_format"] = 3,
            ["node_type"] = "group",
            ["attributes"] = new JsonObject
            {
                ["ome"] = new JsonObject
                {
                    ["version"] = "0.5",
                    ["multiscales"] = new JsonArray(new JsonObject
                    {
                        ["name"] = name,
                        ["type"] = "mean",
                        ["axes"] = new JsonArray(Axis("z"), Axis("y"), Axis("x")),
                        ["datasets"] = datasets,
                    }),
                },
                ["dendrite"] = dendrite,
            },
        };
    }

    private static JsonArray Numbers(VolumeShape s) => new(s.Z, s.Y, s.X);
}
