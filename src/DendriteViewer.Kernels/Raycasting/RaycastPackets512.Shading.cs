using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Gradients, light, and the colours of what was gathered.
internal static unsafe partial class RaycastPackets512
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<uint> Colors(RayJob job, Packet* r)
    {
        var s = job.Settings;
        Vector512<float> red, green, blue, alpha;
        switch (s.Mode)
        {
            case RayMode.Composite:
                (red, green, blue, alpha) = (r->A, r->B, r->C, r->D);
                break;
            case RayMode.Isosurface:
                alpha = Vector512<float>.One & Vector512.Equals(r->A, r->A);
                var color = PackedColor.Unpack(s.Transfer.Color(s.IsoValue));
                red = alpha * Vector512.MultiplyAddEstimate(Vector512.Create(color.X), r->B, r->C);
                green = alpha * Vector512.MultiplyAddEstimate(Vector512.Create(color.Y), r->B, r->C);
                blue = alpha * Vector512.MultiplyAddEstimate(Vector512.Create(color.Z), r->B, r->C);
                break;
            default:
                alpha = Vector512<float>.One & Vector512.GreaterThan(r->B, Vector512<float>.Zero);
                var value = s.Mode == RayMode.Mean ? r->A / Vector512.MaxNative(r->B, Vector512<float>.One) : r->A;
                var packed = Vector512<int>.Zero;
                for (var k = 0; k < Vector512<int>.Count; k++)
                {
                    packed = packed.WithElement(k, s.Transfer.Color(value[k]));
                }

                Unpack(packed, out red, out green, out blue);
                (red, green, blue) = (red * alpha, green * alpha, blue * alpha);
                break;
        }

        var back = PackedColor.Unpack(s.Background);
        var through = Vector512<float>.One - alpha;
        return (Channel(red, back.X) | (Channel(green, back.Y) << 8) | (Channel(blue, back.Z) << 16) | Vector512.Create(unchecked((int)0xFF000000))).AsUInt32();

        Vector512<int> Channel(Vector512<float> c, float behind) => Vector512.ConvertToInt32Native(
            Vector512.MinNative(Vector512.MultiplyAddEstimate(through, Vector512.Create(behind), c), Vector512.Create(255f)) + Vector512.Create(0.5f));
    }

    // The gradient by central differences, one voxel to either side as far as the volume reaches.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Smooth<TVoxel>(
        byte* data, in Lanes512.Addresses addresses, int* scratch, Vector512<float> px, Vector512<float> py, Vector512<float> pz, Vector3 low, Vector3 high,
        out Vector512<float> gx, out Vector512<float> gy, out Vector512<float> gz) where TVoxel : struct
    {
        var least = Vector512.Create(RayProgram.LeastBase);
        Vector512<float> before = Vector512.MaxNative(px - Vector512<float>.One, Vector512.Create(low.X)), after = Vector512.MinNative(px + Vector512<float>.One, Vector512.Create(high.X));
        gx = (At<TVoxel>(data, addresses, scratch, after, py, pz) - At<TVoxel>(data, addresses, scratch, before, py, pz)) / Vector512.MaxNative(after - before, least);
        before = Vector512.MaxNative(py - Vector512<float>.One, Vector512.Create(low.Y));
        after = Vector512.MinNative(py + Vector512<float>.One, Vector512.Create(high.Y));
        gy = (At<TVoxel>(data, addresses, scratch, px, after, pz) - At<TVoxel>(data, addresses, scratch, px, before, pz)) / Vector512.MaxNative(after - before, least);
        before = Vector512.MaxNative(pz - Vector512<float>.One, Vector512.Create(low.Z));
        after = Vector512.MinNative(pz + Vector512<float>.One, Vector512.Create(high.Z));
        gz = (At<TVoxel>(data, addresses, scratch, px, py, after) - At<TVoxel>(data, addresses, scratch, px, py, before)) / Vector512.MaxNative(after - before, least);
    }

    // The interpolated value (less the bias) at a place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> At<TVoxel>(byte* data, in Lanes512.Addresses addresses, int* scratch, Vector512<float> px, Vector512<float> py, Vector512<float> pz)
        where TVoxel : struct
    {
        var ix = Vector512.ConvertToInt32Native(px);
        var iy = Vector512.ConvertToInt32Native(py);
        var iz = Vector512.ConvertToInt32Native(pz);
        Samples512.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
        return Samples512.Interpolate(c, px - Vector512.ConvertToSingle(ix), py - Vector512.ConvertToSingle(iy), pz - Vector512.ConvertToSingle(iz));
    }

    // The interpolated value (less the bias) at a distance along every ray.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Field<TVoxel>(byte* data, in Lanes512.Addresses addresses, int* scratch, Packet* r, Vector512<float> t) where TVoxel : struct =>
        At<TVoxel>(
            data, addresses, scratch, Vector512.MultiplyAddEstimate(t, r->Dx, r->Ox), Vector512.MultiplyAddEstimate(t, r->Dy, r->Oy), Vector512.MultiplyAddEstimate(t, r->Dz, r->Oz));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Shade(
        RaycastSettings s, Vector512<float> gx, Vector512<float> gy, Vector512<float> gz, out Vector512<float> diffuse, out Vector512<float> shine) =>
        Shade(s, gx, gy, gz, Vector512<float>.One, Vector512<float>.One, out diffuse, out shine);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Shade(
        RaycastSettings s, Vector512<float> gx, Vector512<float> gy, Vector512<float> gz, Vector512<float> ambient, Vector512<float> shadow,
        out Vector512<float> diffuse, out Vector512<float> shine) =>
        Shade(s.GradientScale, s.GradientFloor, s.HeadLight, s.KeyLight, gx, gy, gz, ambient, shadow, out diffuse, out shine);

    // What light reaches every lane's sample, looked up a little towards the eye and out of the surface on the eye's side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Light(
        LightField field, float floor, Packet* r, Vector512<float> px, Vector512<float> py, Vector512<float> pz, Vector512<float> gx, Vector512<float> gy, Vector512<float> gz,
        int* scratch, out Vector512<float> ambient, out Vector512<float> shadow)
    {
        var (scale, offset) = (field.Scale, field.Offset);
        Vector512<float> dx = r->Dx * scale.X, dy = r->Dy * scale.Y, dz = r->Dz * scale.Z;
        var back = Vector512.Create(LightField.Towards) / Vector512.Sqrt(dx * dx + dy * dy + dz * dz);
        var behind = Vector512.GreaterThan(gx * r->Dx + gy * r->Dy + gz * r->Dz, Vector512<float>.Zero);
        var outwards = Vector512.ConditionalSelect(behind, Vector512.Create(-LightField.Towards), Vector512.Create(LightField.Towards))
            / Vector512.Sqrt(gx * gx + gy * gy + gz * gz + Vector512.Create(floor));
        var x = Within(px * scale.X + Vector512.Create(offset.X) - dx * back + gx * outwards, field.X);
        var y = Within(py * scale.Y + Vector512.Create(offset.Y) - dy * back + gy * outwards, field.Y);
        var z = Within(pz * scale.Z + Vector512.Create(offset.Z) - dz * back + gz * outwards, field.Z);
        Vector512<int> ix = Vector512.ConvertToInt32Native(x), iy = Vector512.ConvertToInt32Native(y), iz = Vector512.ConvertToInt32Native(z);
        fixed (byte* entries = field.Entries)
        {
            var at = (iz * field.Y + iy) * (field.X + 1) + ix;
            Lanes512.Load16(entries, at << 3, scratch, out var here, out var hereShadow, out var next, out var nextShadow);
            Vector512<float> fx = x - Vector512.ConvertToSingle(ix), fy = y - Vector512.ConvertToSingle(iy), fz = z - Vector512.ConvertToSingle(iz);
            ambient = Samples512.Interpolate(Samples512.Unpacked(here, next), fx, fy, fz) * (1 / 255f);
            shadow = Samples512.Interpolate(Samples512.Unpacked(hereShadow, nextShadow), fx, fy, fz) * (1 / 255f);
        }

        static Vector512<float> Within(Vector512<float> v, int count) => Vector512.MinNative(Vector512.MaxNative(v, Vector512<float>.Zero), Vector512.Create(count - 1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Shade(
        Vector3 scale, float floor, Vector3 headLight, Vector3 keyLight, Vector512<float> gx, Vector512<float> gy, Vector512<float> gz, Vector512<float> ambient, Vector512<float> shadow,
        out Vector512<float> diffuse, out Vector512<float> shine)
    {
        gx *= scale.X;
        gy *= scale.Y;
        gz *= scale.Z;
        var length = Vector512.MultiplyAddEstimate(gx, gx, Vector512.MultiplyAddEstimate(gy, gy, Vector512.MultiplyAddEstimate(gz, gz, Vector512.Create(floor))));
        var inverse = Vector512<float>.One / Vector512.Sqrt(length);

        // A lane that is not sampled may read anything, which must not become a NaN that its colour keeps: the smaller of NaN and 1 is 1.
        var head = Vector512.MinNative(Vector512.Abs(gx * headLight.X + gy * headLight.Y + gz * headLight.Z) * inverse, Vector512<float>.One);
        var key = Vector512.MinNative(Vector512.Abs(gx * keyLight.X + gy * keyLight.Y + gz * keyLight.Z) * inverse, Vector512<float>.One);
        var lit = (Vector512.Create(1 - RaycastSettings.ShadowedHead) + shadow * RaycastSettings.ShadowedHead) * RaycastSettings.HeadDiffuse;
        diffuse = ambient * (Vector512.Create(RaycastSettings.Ambient) + head * lit) + shadow * key * RaycastSettings.KeyDiffuse;
        shine = head * head;
        shine *= shine;
        shine *= shine;
        shine *= shine * ambient * (RaycastSettings.Specular * 255);
    }

    // As RayProgram.ShadeLabel.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> LabelShade(RayLayer layer, Vector512<float> gx, Vector512<float> gy, Vector512<float> gz)
    {
        var (scale, headLight, keyLight) = (layer.GradientScale, layer.HeadLight, layer.KeyLight);
        gx *= scale.X;
        gy *= scale.Y;
        gz *= scale.Z;
        var square = Vector512.MultiplyAddEstimate(gx, gx, Vector512.MultiplyAddEstimate(gy, gy, gz * gz));
        var least = Vector512.Create(RayProgram.LeastSquare);
        var inverse = Vector512<float>.One / Vector512.Sqrt(Vector512.MaxNative(square, least));

        // As in Shade, the smaller of NaN and 1 is 1.
        var one = Vector512<float>.One;
        var head = Vector512.MinNative(Vector512.Abs(gx * headLight.X + gy * headLight.Y + gz * headLight.Z) * inverse, one);
        var key = Vector512.MinNative(Vector512.Abs(gx * keyLight.X + gy * keyLight.Y + gz * keyLight.Z) * inverse, one);
        var diffuse = Vector512.Create(RaycastSettings.Ambient) + head * RaycastSettings.HeadDiffuse + key * RaycastSettings.KeyDiffuse;
        return Vector512.ConditionalSelect(Vector512.GreaterThan(square, least), diffuse, one);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Unpack(Vector512<int> packed, out Vector512<float> r, out Vector512<float> g, out Vector512<float> b)
    {
        var mask = Vector512.Create(0xFF);
        r = Vector512.ConvertToSingle(packed & mask);
        g = Vector512.ConvertToSingle((packed >>> 8) & mask);
        b = Vector512.ConvertToSingle((packed >>> 16) & mask);
    }
}
