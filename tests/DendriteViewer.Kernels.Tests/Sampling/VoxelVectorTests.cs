using System.Numerics;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Tests.Sampling;

public sealed class VoxelVectorTests
{
    [Fact]
    public void VoxelVector_AsVector3_HasItsComponentsInTheOrderXyz() =>
        Assert.Equal(new Vector3(3, 2, 1), (Vector3)new VoxelVector(Z: 1, Y: 2, X: 3));

    [Fact]
    public void VoxelVector_FromXyz_IsTheInverse() =>
        Assert.Equal(new VoxelVector(Z: 1, Y: 2, X: 3), VoxelVector.FromXyz(new VoxelVector(Z: 1, Y: 2, X: 3)));
}
