using DendriteViewer.Kernels.Sampling;
using ILGPU.Algorithms;

namespace DendriteViewer.Kernels.Raycasting;

// Colours, gradients and light. Reciprocals here may be a device's approximations: of a colour they change the seventh digit. Where
// samples lie
// is calculated exactly, so that it is the same everywhere.
internal static partial class RayProgram
{
    /// <summary>What light reaches a sample, 0 to 1: from all around, and from the key light.</summary>
    public struct Lit
    {
        /// <summary>From all around, and from the key light.</summary>
        public float Ambient, Shadow;
    }

    private static Lit FullLight => new() { Ambient = 1, Shadow = 1 };

    /// <summary>A value's entry in the transfer table.</summary>
    private static int Index(in VolumeArguments l, float value) =>
        (int)MathF.Max(0, MathF.Min((value - l.TableLow) * l.TableScale, TransferTable.Size - 1));

    private static float OpacityOf(long entry) => BitConverter.Int32BitsToSingle((int)entry);

    private static Float3 ColorOf(long entry) => Unpack((int)(entry >> 32));

    /// <summary>0xBBGGRR as red, green, blue of 0 to 255.</summary>
    private static Float3 Unpack(int color) => new(color & 0xFF, color >> 8 & 0xFF, color >> 16 & 0xFF);

    /// <summary>A colour over the background as 0xAABBGGRR, alpha 255.</summary>
    private static uint Pack(Float3 color, float alpha, int background)
    {
        var c = Float3.Min(color + (1 - alpha) * Unpack(background), new Float3(255, 255, 255));
        return 0xFF000000u | (uint)(int)(c.X + 0.5f) | (uint)(int)(c.Y + 0.5f) << 8 | (uint)(int)(c.Z + 0.5f) << 16;
    }

    // The gradient by central differences, one voxel to either side as far as the volume reaches.
    private static Float3 SmoothGradient<TVolume>(in TVolume volume, in VolumeArguments l, Float3 p) where TVolume : struct, IRayMemory
    {
        Float3 differences = default, bases = default;
        for (var i = 0; i < 6; i++)
        {
            // x, x, y, y, z, z, once to either side.
            int axis = i >> 1, side = 2 * (i & 1) - 1;
            var e = new Float3(side * (1 - Math.Min(axis, 1)), side * (axis & 1), side * (axis >> 1));
            var q = Float3.Max(l.BoxLow, Float3.Min(p + e, l.BoxHigh));
            differences += VoxelProgram.ValueAt(volume, l.Grid, q) * e;
            bases += q * e;
        }

        return new Float3(
            differences.X / MathF.Max(bases.X, LeastBase), differences.Y / MathF.Max(bases.Y, LeastBase),
                differences.Z / MathF.Max(bases.Z, LeastBase));
    }

    private static Float3 Shade(in VolumeArguments l, Float3 color, Float3 gradient, Lit light)
    {
        var g = gradient * l.GradientScale;
        var inverse = XMath.Rsqrt(Float3.Dot(g, g) + l.GradientFloor);
        var head = MathF.Abs(Float3.Dot(g, l.HeadLight)) * inverse;
        var key = MathF.Abs(Float3.Dot(g, l.KeyLight)) * inverse;
        var shine = head * head;
        shine *= shine;
        shine *= shine;
        shine *= shine;
        var unshadowed = 1 - RaycastSettings.ShadowedHead * (1 - light.Shadow);
        var diffuse = light.Ambient * (RaycastSettings.Ambient + unshadowed * RaycastSettings.HeadDiffuse * head)
            + light.Shadow * RaycastSettings.KeyDiffuse * key;
        var specular = light.Ambient * RaycastSettings.Specular * shine * 255;
        return diffuse * color + new Float3(specular, specular, specular);
    }

    // A label's surface is where its number changes; within it and on its cut faces its colour is the legend's. No shine, which would
    // be another colour.
    private static Float3 ShadeLabel(in VolumeArguments l, Float3 color, Float3 gradient)
    {
        var g = gradient * l.GradientScale;
        var square = Float3.Dot(g, g);
        var inverse = XMath.Rsqrt(MathF.Max(square, LeastSquare));
        var head = MathF.Abs(Float3.Dot(g, l.HeadLight)) * inverse;
        var key = MathF.Abs(Float3.Dot(g, l.KeyLight)) * inverse;
        var diffuse = RaycastSettings.Ambient + RaycastSettings.HeadDiffuse * head + RaycastSettings.KeyDiffuse * key;
        return (square > LeastSquare ? diffuse : 1) * color;
    }

    // Looked up a little towards the eye and out of the surface on the eye's side, as far as there is one; LightField has the words.
    private static Lit LightAt<TScene>(in TScene scene, in RayArguments a, Float3 p, Float3 d, Float3 gradient) where TScene : struct,
        IRayScene
    {
        if (a.HasLight == 0)
        {
            return FullLight;
        }

        var step = d * a.LightScale;
        var back = LightField.Towards * XMath.Rsqrt(Float3.Dot(step, step));
        var outwards = (Float3.Dot(gradient, d) > 0 ? -LightField.Towards : LightField.Towards)
            * XMath.Rsqrt(Float3.Dot(gradient, gradient) + a.Own.GradientFloor);
        var at = p * a.LightScale + a.LightOffset - back * step + outwards * gradient;
        at = Float3.Max(new Float3(0, 0, 0), Float3.Min(at, new Float3(a.LightX - 1, a.LightY - 1, a.LightZ - 1)));
        int x = (int)at.X, y = (int)at.Y, z = (int)at.Z;
        float fx = at.X - x, fy = at.Y - y, fz = at.Z - z;
        var e = (z * a.LightY + y) * (a.LightX + 1) + x;
        ulong low = scene.Light(e), high = scene.Light(e + 1);
        return new Lit { Ambient = LightIn(low, high, 0, fx, fy, fz), Shadow = LightIn(low, high, 32, fx, fy, fz) };
    }

    // Of two entries that follow each other along x, each (z, y), (z, y + 1), (z + 1, y), (z + 1, y + 1) from bit `shift` on.
    private static float LightIn(ulong low, ulong high, int shift, float fx, float fy, float fz)
    {
        int a = (int)(low >> shift), b = (int)(high >> shift);
        float c00 = Mix(a & 255, b & 255, fx), c01 = Mix(a >> 8 & 255, b >> 8 & 255, fx);
        float c10 = Mix(a >> 16 & 255, b >> 16 & 255, fx), c11 = Mix(a >> 24 & 255, b >> 24 & 255, fx);
        return Mix(Mix(c00, c01, fy), Mix(c10, c11, fy), fz) * (1 / 255f);
    }
}
