// Made from Samples512.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>Trilinear samples of a <see cref="BlockWindow"/> in the lanes of a vector; the narrower versions are made from this one.</summary>
internal static unsafe class Samples128
{
    /// <summary>8-bit voxels.</summary>
    public struct Bits8
    {
    }

    /// <summary>16-bit voxels.</summary>
    public struct Bits16
    {
    }

    /// <summary>32-bit floats.</summary>
    public struct BitsFloat
    {
    }

    /// <summary>The eight corners of every lane's cell, z, y, x.</summary>
    public struct Cube
    {
        public Vector128<float> C000, C001, C010, C011, C100, C101, C110, C111;
    }

    /// <summary>The corners at every lane's entry of a window, less what signed voxels are biased by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Corners<TVoxel>(byte* data, Vector128<int> at, int* scratch, out Cube c) where TVoxel : struct
    {
        if (typeof(TVoxel) == typeof(Bits8))
        {
            Lanes128.Load8(data, at << 2, scratch, out var here, out var next);
            c = Unpacked(here, next);
        }
        else if (typeof(TVoxel) == typeof(Bits16))
        {
            Lanes128.Load16(data, at << 3, scratch, out var near, out var far, out var nearNext, out var farNext);
            var mask = Vector128.Create(0xFFFF);
            c.C000 = Vector128.ConvertToSingle(near & mask);
            c.C010 = Vector128.ConvertToSingle(near >>> 16);
            c.C100 = Vector128.ConvertToSingle(far & mask);
            c.C110 = Vector128.ConvertToSingle(far >>> 16);
            c.C001 = Vector128.ConvertToSingle(nearNext & mask);
            c.C011 = Vector128.ConvertToSingle(nearNext >>> 16);
            c.C101 = Vector128.ConvertToSingle(farNext & mask);
            c.C111 = Vector128.ConvertToSingle(farNext >>> 16);
        }
        else
        {
            Lanes128.Load16(data, at << 4, scratch, out var c000, out var c010, out var c100, out var c110);
            Lanes128.Load16(data + 16, at << 4, scratch, out var c001, out var c011, out var c101, out var c111);
            (c.C000, c.C010, c.C100, c.C110) = (c000.AsSingle(), c010.AsSingle(), c100.AsSingle(), c110.AsSingle());
            (c.C001, c.C011, c.C101, c.C111) = (c001.AsSingle(), c011.AsSingle(), c101.AsSingle(), c111.AsSingle());
        }
    }

    /// <summary>Corners from four bytes at x and four at x + 1: (z, y), (z, y + 1), (z + 1, y), (z + 1, y + 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Cube Unpacked(Vector128<int> here, Vector128<int> next)
    {
        var mask = Vector128.Create(0xFF);
        return new Cube
        {
            C000 = Vector128.ConvertToSingle(here & mask), C010 = Vector128.ConvertToSingle((here >>> 8) & mask),
            C100 = Vector128.ConvertToSingle((here >>> 16) & mask), C110 = Vector128.ConvertToSingle(here >>> 24),
            C001 = Vector128.ConvertToSingle(next & mask), C011 = Vector128.ConvertToSingle((next >>> 8) & mask),
            C101 = Vector128.ConvertToSingle((next >>> 16) & mask), C111 = Vector128.ConvertToSingle(next >>> 24),
        };
    }

    /// <summary>The trilinear value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Interpolate(in Cube c, Vector128<float> fx, Vector128<float> fy, Vector128<float> fz)
    {
        var c00 = Vector128.MultiplyAddEstimate(c.C001 - c.C000, fx, c.C000);
        var c01 = Vector128.MultiplyAddEstimate(c.C011 - c.C010, fx, c.C010);
        var c10 = Vector128.MultiplyAddEstimate(c.C101 - c.C100, fx, c.C100);
        var c11 = Vector128.MultiplyAddEstimate(c.C111 - c.C110, fx, c.C110);
        var c0 = Vector128.MultiplyAddEstimate(c01 - c00, fy, c00);
        var c1 = Vector128.MultiplyAddEstimate(c11 - c10, fy, c10);
        return Vector128.MultiplyAddEstimate(c1 - c0, fz, c0);
    }

    /// <summary>The gradient of the trilinear function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient(
        in Cube c, Vector128<float> fx, Vector128<float> fy, Vector128<float> fz, out Vector128<float> gx, out Vector128<float> gy, out Vector128<float> gz)
    {
        Vector128<float> dx00 = c.C001 - c.C000, dx01 = c.C011 - c.C010, dx10 = c.C101 - c.C100, dx11 = c.C111 - c.C110;
        var c00 = Vector128.MultiplyAddEstimate(dx00, fx, c.C000);
        var c01 = Vector128.MultiplyAddEstimate(dx01, fx, c.C010);
        var c10 = Vector128.MultiplyAddEstimate(dx10, fx, c.C100);
        var c11 = Vector128.MultiplyAddEstimate(dx11, fx, c.C110);
        Vector128<float> dy0 = c01 - c00, dy1 = c11 - c10;
        var dx0 = Vector128.MultiplyAddEstimate(dx01 - dx00, fy, dx00);
        var dx1 = Vector128.MultiplyAddEstimate(dx11 - dx10, fy, dx10);
        gx = Vector128.MultiplyAddEstimate(dx1 - dx0, fz, dx0);
        gy = Vector128.MultiplyAddEstimate(dy1 - dy0, fz, dy0);
        gz = Vector128.MultiplyAddEstimate(dy1, fy, c10) - Vector128.MultiplyAddEstimate(dy0, fy, c00);
    }
}
