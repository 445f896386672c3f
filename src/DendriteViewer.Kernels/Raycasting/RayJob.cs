using System.Numerics;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>A picture to be made: what every tile of it shares.</summary>
internal sealed record RayJob(
    PagedVolume Volume, RaycastSettings Settings, RayGeometry Rays, float Scale, int Width, int Height, Memory<uint> Target)
{
    /// <summary>What is taken from a voxel's stored value so that it is not negative.</summary>
    public float Bias { get; } = Volume.Type switch { VoxelType.Int8 => -128, VoxelType.Int16 => -32768, _ => 0 };

    /// <summary>Start and direction of the ray through a point of the picture in its own pixels.</summary>
    public (Vector3 Origin, Vector3 Direction) Ray(float u, float v) => Rays.Ray((u + 0.5f) * Scale - 0.5f, (v + 0.5f) * Scale - 0.5f);
}

/// <summary>What one thread needs to cast rays, kept from picture to picture: a window of blocks, packets, and scratch.</summary>
internal sealed unsafe class RayWorker : IDisposable
{
    /// <summary>Pixels of the largest tile each way.</summary>
    public const int MostTile = 32;

    // The widest packet: fifteen vectors of 16 floats, for 16 rays; the narrower ones need no more for a tile.
    private const int BytesARay = 16 * sizeof(float);

    /// <summary>The voxels around the tile's next samples.</summary>
    public BlockWindow Window { get; } = new();

    /// <summary>Room for the packets of a tile.</summary>
    public byte* Packets { get; } = (byte*)NativeMemory.AlignedAlloc(MostTile * MostTile * BytesARay + 64 * 64, 64);

    /// <summary>Room for one vector of integers.</summary>
    public int* Scratch { get; } = (int*)NativeMemory.AlignedAlloc(256, 64);

    /// <inheritdoc/>
    public void Dispose()
    {
        Window.Dispose();
        NativeMemory.AlignedFree(Packets);
        NativeMemory.AlignedFree(Scratch);
        GC.SuppressFinalize(this);
    }

    ~RayWorker() => Dispose();
}
