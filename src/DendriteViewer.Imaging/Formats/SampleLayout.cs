using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>Where the samples of z, y, x and time lie in a stream of samples: how far apart neighbours along each axis are.</summary>
/// <param name="Shape">Voxels of one volume.</param>
/// <param name="Frames">Volumes.</param>
/// <param name="Time">Samples from a voxel to the same one of the next volume.</param>
/// <param name="Z">Samples from a slice to the next.</param>
/// <param name="Y">Samples from a row to the next.</param>
/// <param name="X">Samples from a column to the next.</param>
internal sealed record SampleLayout(VolumeShape Shape, int Frames, long Time, long Z, long Y, long X)
{
    /// <summary>The most bytes of one volume that is turned in memory.</summary>
    public const long MostTurned = 1L << 30;

    // Pieces of a file that are read at once on the way to being turned.
    private const long Piece = 4L << 20, MostLine = 256L << 20;

    /// <summary>Whether a slice lies in one piece, as the store wants it.</summary>
    public bool HasWholeSlices => X == 1 && Y == Shape.X;

    /// <summary>Whether a slice is read from its own part of the file; else all of a volume is turned in memory.</summary>
    public bool HasSlicesApart => Shape.Z == 1 || Z >= (Shape.Y - 1) * Y + (Shape.X - 1) * X + 1;

    /// <summary>Slices one after another, and volumes one after another.</summary>
    public static SampleLayout Standard(VolumeShape shape, int frames) => new(shape, frames, shape.Count, shape.SliceCount, shape.X, 1);

    /// <summary>The layout of an array whose axes are known.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="axes">Its axes, slowest first, each of at most 2³¹ elements.</param>
    /// <param name="order">Which of them are z, y, x and time.</param>
    /// <param name="sampleBytes">Bytes of a sample.</param>
    /// <exception cref="VolumeFormatException">It stands in an order that would take too much memory to turn.</exception>
    public static SampleLayout Of(string path, IReadOnlyList<FileAxis> axes, AxisOrder order, int sampleBytes)
    {
        int Count(int axis) => axis < 0 ? 1 : (int)axes[axis].Length;
        long Stride(int axis, long absent) => axis < 0 ? absent : axes.Skip(axis + 1).Aggregate(1L, (n, a) => n * a.Length);
        var shape = new VolumeShape(Count(order.Z), Count(order.Y), Count(order.X));
        var layout = new SampleLayout(
            shape, Count(order.Time), Stride(order.Time, shape.Count), Stride(order.Z, shape.SliceCount), Stride(order.Y, shape.X),
            Stride(order.X, 1));

        // An axis of one element takes no step, so it may have any stride; the usual one keeps slices whole.
        layout = shape.X == 1 ? layout with { X = 1 } : layout;
        layout = shape.Y == 1 ? layout with { Y = shape.X } : layout;
        var line = layout.Walk(0, shape.Z)[2];
        if (!layout.HasWholeSlices
            && ((!layout.HasSlicesApart && (UInt128)shape.Count * (UInt128)sampleBytes > MostTurned)
                || ((line.Count - 1) * line.From + 1) * sampleBytes > MostLine))
        {
            throw new VolumeFormatException(
                $"{path} has its axes in the order {Names(axes)} (slowest first), and is too large to be turned in memory (1 GiB); write "
                + "it in the order z, y, x.");
        }

        return layout;
    }

    /// <summary>Slices [first, first + count) of a volume, gathered from a file in which they are not whole.</summary>
    /// <param name="frame">Which volume.</param>
    /// <param name="first">The first slice.</param>
    /// <param name="count">Slices.</param>
    /// <param name="size">Bytes of a sample: 1, 2, 4 or 8.</param>
    /// <param name="read">Reads bytes at an offset; offsets ascend.</param>
    /// <param name="target">The slices, z, y, x.</param>
    public void Gather(int frame, int first, int count, int size, ReadBytes read, Span<byte> target)
    {
        var axes = Walk(first, count);
        var start = frame * Time + first * Z;
        var line = (axes[2].Count - 1) * axes[2].From + 1;
        var plane = (axes[1].Count - 1) * axes[1].From + line;
        var whole = plane * size <= Piece;
        var buffer = new byte[(whole ? plane : line) * size];
        for (long a = 0; a < axes[0].Count; a++)
        {
            var (from, to) = (start + a * axes[0].From, a * axes[0].To);
            if (whole)
            {
                read(from * size, buffer);
            }

            for (long b = 0; b < axes[1].Count; b++)
            {
                if (!whole)
                {
                    read((from + b * axes[1].From) * size, buffer);
                }

                Scatter(size, buffer.AsSpan((int)(whole ? b * axes[1].From * size : 0)), axes[2], target, to + b * axes[1].To);
            }
        }
    }

    // The three axes of space in the order in which they lie in the file, slowest first, and how far each steps in what is made.
    private Step[] Walk(int first, int count) =>
        [.. new Step[] { new(count, Z, Shape.SliceCount), new(Shape.Y, Y, Shape.X), new(Shape.X, X, 1) }
            .OrderByDescending(s => s.Count == 1 ? long.MaxValue : s.From)];

    private static void Scatter(int size, ReadOnlySpan<byte> from, Step line, Span<byte> to, long at)
    {
        switch (size)
        {
            case 1: Scatter(from, line, to, at); break;
            case 2: Scatter(MemoryMarshal.Cast<byte, ushort>(from), line, MemoryMarshal.Cast<byte, ushort>(to), at); break;
            case 4: Scatter(MemoryMarshal.Cast<byte, uint>(from), line, MemoryMarshal.Cast<byte, uint>(to), at); break;
            default: Scatter(MemoryMarshal.Cast<byte, ulong>(from), line, MemoryMarshal.Cast<byte, ulong>(to), at); break;
        }
    }

    private static void Scatter<T>(ReadOnlySpan<T> from, Step line, Span<T> to, long at) where T : unmanaged
    {
        for (long i = 0; i < line.Count; i++)
        {
            to[(int)(at + i * line.To)] = from[(int)(i * line.From)];
        }
    }

    private static string Names(IReadOnlyList<FileAxis> axes) => string.Join(", ", axes.Select(a => a.Role switch
    {
        AxisRole.Z or AxisRole.Y or AxisRole.X or AxisRole.Time => a.Role.ToString().ToLowerInvariant(),
        _ => a.Name.Length > 0 ? a.Name : "?",
    }));

    /// <summary>Fills a span with the bytes at an offset.</summary>
    public delegate void ReadBytes(long offset, Span<byte> target);

    private readonly record struct Step(long Count, long From, long To);
}
