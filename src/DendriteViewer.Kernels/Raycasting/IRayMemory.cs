using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>Four whole numbers: an entry of <see cref="TransferTable.Sums"/>, extinction and red, green, blue times extinction.</summary>
public struct ExtinctionSum
{
    /// <summary>The sums over all entries before this one.</summary>
    public int Extinction, Red, Green, Blue;
}

/// <summary>A volume with what rays skip and show of it (<see cref="EmptySpace"/>, <see cref="TransferTable"/>).</summary>
public interface IRayMemory : IVoxelMemory
{
    /// <summary>For a brick: where its map begins, or, negative, its distance in bricks to one that can be seen.</summary>
    int OfBrick(int brick);

    /// <summary>A cell's distance in cells to one that can be seen.</summary>
    int Distance(int cell);

    /// <summary>Opacity (a float's bits, low half) and colour (0xBBGGRR, high half) of an entry of the table.</summary>
    long Entry(int i);

    /// <summary>Sums before an entry of the table.</summary>
    ExtinctionSum Sum(int i);
}

/// <summary>What the volumes of a picture share.</summary>
public interface IRayScene
{
    /// <summary>A plane that clips.</summary>
    PlaneArguments Plane(int i);

    /// <summary>A height of the relief.</summary>
    float Relief(int node);

    /// <summary>Eight bytes of the light field (<see cref="LightField.Entries"/>).</summary>
    ulong Light(int entry);

    /// <summary>A volume's arguments, the picture's own first.</summary>
    VolumeArguments Arguments(int volume);
}

/// <summary>The volumes of a picture that has several.</summary>
/// <typeparam name="TVolume">What holds each.</typeparam>
public interface IRayVolumes<TVolume> where TVolume : struct, IRayMemory
{
    /// <summary>A volume, the picture's own first.</summary>
    TVolume Volume(int i);
}
