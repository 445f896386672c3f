namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// How far the rays of a packet are apart, as types, so that each is compiled for itself. The lanes that are fetched together are within
/// as many rows as fit few registers (<see cref="Narrow"/>), within twice as many (<see cref="Wide"/>), or neither (<see
/// cref="Scattered"/>).
/// </summary>
internal static class ByteRows
{
    public struct Narrow
    {
    }

    public struct Wide
    {
    }

    public struct Scattered
    {
    }
}
