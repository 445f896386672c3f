// Made from RaycastPackets512.Shading.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Gradients, light, and the colours of what was gathered.
internal static unsafe partial class RaycastPackets128
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector128<uint> Colors(RayJob job, Packet* r)
    {
        var s = job.Settings;
        Vector128<float> red, green, blue, alpha;
        switch (s.Mode)
        {
            case RayMode.Composite:
                (red, green, blue, alpha) = (r->A, r->B, r->C, r->D);
                break;
            case RayMode.Isosurface:
                alpha = Vector128<float>.One & Vector128.Equals(r->A, r->A);
                var color = PackedColor.Unpack(s.Transfer.Color(s.IsoValue));
                red = alpha * Vector128.MultiplyAddEstimate(Vector128.Create(color.X), r->B, r->C);
                green = alpha * Vector128.MultiplyAddEstimate(Vector128.Create(color.Y), r->B, r->C);
                blue = alpha * Vector128.MultiplyAddEstimate(Vector128.Create(color.Z), r->B, r->C);
                break;
            default:
                alpha = Vector128<float>.One & Vector128.GreaterThan(r->B, Vector128<float>.Zero);
                var value = s.Mode == RayMode.Mean ? r->A / Vector128.MaxNative(r->B, Vector128<float>.One) : r->A;
                var packed = Vector128<int>.Zero;
                for (var k = 0; k < Vector128<int>.Count; k++)
                {
                    packed = packed.WithElement(k, s.Transfer.Color(value[k]));
                }

                Unpack(packed, out red, out green, out blue);
                (red, green, blue) = (red * alpha, green * alpha, blue * alpha);
                break;
        }

        var back = PackedColor.Unpack(s.Background);
        var through = Vector128<float>.One - alpha;
        return (Channel(red, back.X) | (Channel(green, back.Y) << 8) | (Channel(blue, back.Z) << 16) | Vector128.Create(unchecked((int)0xFF000000))).AsUInt32();

        Vector128<int> Channel(Vector128<float> c, float behind) => Vector128.ConvertToInt32Native(
            Vector128.MinNative(Vector128.MultiplyAddEstimate(through, Vector128.Create(behind), c), Vector128.Create(255f)) + Vector128.Create(0.5f));
    }

    // The gradient by central differences, one voxel to either side as far as the volume reaches.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Smooth<TVoxel>(
        byte* data, in Lanes128.Addresses addresses, int* scratch, Vector128<float> px, Vector128<float> py, Vector128<float> pz, Vector3 low, Vector3 high,
        out Vector128<float> gx, out Vector128<float> gy, out Vector128<float> gz) where TVoxel : struct
    {
        var least = Vector128.Create(RayProgram.LeastBase);
        Vector128<float> before = Vector128.MaxNative(px - Vector128<float>.One, Vector128.Create(low.X)), after = Vector128.MinNative(px + Vector128<float>.One, Vector128.Create(high.X));
        gx = (At<TVoxel>(data, addresses, scratch, after, py, pz) - At<TVoxel>(data, addresses, scratch, before, py, pz)) / Vector128.MaxNative(after - before, least);
        before = Vector128.MaxNative(py - Vector128<float>.One, Vector128.Create(low.Y));
        after = Vector128.MinNative(py + Vector128<float>.One, Vector128.Create(high.Y));
        gy = (At<TVoxel>(data, addresses, scratch, px, after, pz) - At<TVoxel>(data, addresses, scratch, px, before, pz)) / Vector128.MaxNative(after - before, least);
        before = Vector128.MaxNative(pz - Vector128<float>.One, Vector128.Create(low.Z));
        after = Vector128.MinNative(pz + Vector128<float>.One, Vector128.Create(high.Z));
        gz = (At<TVoxel>(data, addresses, scratch, px, py, after) - At<TVoxel>(data, addresses, scratch, px, py, before)) / Vector128.MaxNative(after - before, least);
    }

    // The interpolated value (less the bias) at a place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> At<TVoxel>(byte* data, in Lanes128.Addresses addresses, int* scratch, Vector128<float> px, Vector128<float> py, Vector128<float> pz)
        where TVoxel : struct
    {
        var ix = Vector128.ConvertToInt32Native(px);
        var iy = Vector128.ConvertToInt32Native(py);
        var iz = Vector128.ConvertToInt32Native(pz);
        Samples128.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
        return Samples128.Interpolate(c, px - Vector128.ConvertToSingle(ix), py - Vector128.ConvertToSingle(iy), pz - Vector128.ConvertToSingle(iz));
    }

    // The interpolated value (less the bias) at a distance along every ray.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Field<TVoxel>(byte* data, in Lanes128.Addresses addresses, int* scratch, Packet* r, Vector128<float> t) where TVoxel : struct =>
        At<TVoxel>(
            data, addresses, scratch, Vector128.MultiplyAddEstimate(t, r->Dx, r->Ox), Vector128.MultiplyAddEstimate(t, r->Dy, r->Oy), Vector128.MultiplyAddEstimate(t, r->Dz, r->Oz));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Shade(
        RaycastSettings s, Vector128<float> gx, Vector128<float> gy, Vector128<float> gz, out Vector128<float> diffuse, out Vector128<float> shine) =>
        Shade(s, gx, gy, gz, Vector128<float>.One, Vector128<float>.One, out diffuse, out shine);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Shade(
        RaycastSettings s, Vector128<float> gx, Vector128<float> gy, Vector128<float> gz, Vector128<float> ambient, Vector128<float> shadow,
        out Vector128<float> diffuse, out Vector128<float> shine) =>
        Shade(s.GradientScale, s.GradientFloor, s.HeadLight, s.KeyLight, gx, gy, gz, ambient, shadow, out diffuse, out shine);

    // What light reaches every lane's sample, looked up a little towards the eye and out of the surface on the eye's side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Light(
        LightField field, float floor, Packet* r, Vector128<float> px, Vector128<float> py, Vector128<float> pz, Vector128<float> gx, Vector128<float> gy, Vector128<float> gz,
        int* scratch, out Vector128<float> ambient, out Vector128<float> shadow)
    {
        var (scale, offset) = (field.Scale, field.Offset);
        Vector128<float> dx = r->Dx * scale.X, dy = r->Dy * scale.Y, dz = r->Dz * scale.Z;
        var back = Vector128.Create(LightField.Towards) / Vector128.Sqrt(dx * dx + dy * dy + dz * dz);
        var behind = Vector128.GreaterThan(gx * r->Dx + gy * r->Dy + gz * r->Dz, Vector128<float>.Zero);
        var outwards = Vector128.ConditionalSelect(behind, Vector128.Create(-LightField.Towards), Vector128.Create(LightField.Towards))
            / Vector128.Sqrt(gx * gx + gy * gy + gz * gz + Vector128.Create(floor));
        var x = Within(px * scale.X + Vector128.Create(offset.X) - dx * back + gx * outwards, field.X);
        var y = Within(py * scale.Y + Vector128.Create(offset.Y) - dy * back + gy * outwards, field.Y);
        var z = Within(pz * scale.Z + Vector128.Create(offset.Z) - dz * back + gz * outwards, field.Z);
        Vector128<int> ix = Vector128.ConvertToInt32Native(x), iy = Vector128.ConvertToInt32Native(y), iz = Vector128.ConvertToInt32Native(z);
        fixed (byte* entries = field.Entries)
        {
            var at = (iz * field.Y + iy) * (field.X + 1) + ix;
            Lanes128.Load16(entries, at << 3, scratch, out var here, out var hereShadow, out var next, out var nextShadow);
            Vector128<float> fx = x - Vector128.ConvertToSingle(ix), fy = y - Vector128.ConvertToSingle(iy), fz = z - Vector128.ConvertToSingle(iz);
            ambient = Samples128.Interpolate(Samples128.Unpacked(here, next), fx, fy, fz) * (1 / 255f);
            shadow = Samples128.Interpolate(Samples128.Unpacked(hereShadow, nextShadow), fx, fy, fz) * (1 / 255f);
        }

        static Vector128<float> Within(Vector128<float> v, int count) => Vector128.MinNative(Vector128.MaxNative(v, Vector128<float>.Zero), Vector128.Create(count - 1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Shade(
        Vector3 scale, float floor, Vector3 headLight, Vector3 keyLight, Vector128<float> gx, Vector128<float> gy, Vector128<float> gz, Vector128<float> ambient, Vector128<float> shadow,
        out Vector128<float> diffuse, out Vector128<float> shine)
    {
        gx *= scale.X;
        gy *= scale.Y;
        gz *= scale.Z;
        var length = Vector128.MultiplyAddEstimate(gx, gx, Vector128.MultiplyAddEstimate(gy, gy, Vector128.MultiplyAddEstimate(gz, gz, Vector128.Create(floor))));
        var inverse = Vector128<float>.One / Vector128.Sqrt(length);

        // A lane that is not sampled may read anything, which must not become a NaN that its colour keeps: the smaller of NaN and 1 is 1.
        var head = Vector128.MinNative(Vector128.Abs(gx * headLight.X + gy * headLight.Y + gz * headLight.Z) * inverse, Vector128<float>.One);
        var key = Vector128.MinNative(Vector128.Abs(gx * keyLight.X + gy * keyLight.Y + gz * keyLight.Z) * inverse, Vector128<float>.One);
        var lit = (Vector128.Create(1 - RaycastSettings.ShadowedHead) + shadow * RaycastSettings.ShadowedHead) * RaycastSettings.HeadDiffuse;
        diffuse = ambient * (Vector128.Create(RaycastSettings.Ambient) + head * lit) + shadow * key * RaycastSettings.KeyDiffuse;
        shine = head * head;
        shine *= shine;
        shine *= shine;
        shine *= shine * ambient * (RaycastSettings.Specular * 255);
    }

    // As RayProgram.ShadeLabel.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> LabelShade(RayLayer layer, Vector128<float> gx, Vector128<float> gy, Vector128<float> gz)
    {
        var (scale, headLight, keyLight) = (layer.GradientScale, layer.HeadLight, layer.KeyLight);
        gx *= scale.X;
        gy *= scale.Y;
        gz *= scale.Z;
        var square = Vector128.MultiplyAddEstimate(gx, gx, Vector128.MultiplyAddEstimate(gy, gy, gz * gz));
        var least = Vector128.Create(RayProgram.LeastSquare);
        var inverse = Vector128<float>.One / Vector128.Sqrt(Vector128.MaxNative(square, least));

        // As in Shade, the smaller of NaN and 1 is 1.
        var one = Vector128<float>.One;
        var head = Vector128.MinNative(Vector128.Abs(gx * headLight.X + gy * headLight.Y + gz * headLight.Z) * inverse, one);
        var key = Vector128.MinNative(Vector128.Abs(gx * keyLight.X + gy * keyLight.Y + gz * keyLight.Z) * inverse, one);
        var diffuse = Vector128.Create(RaycastSettings.Ambient) + head * RaycastSettings.HeadDiffuse + key * RaycastSettings.KeyDiffuse;
        return Vector128.ConditionalSelect(Vector128.GreaterThan(square, least), diffuse, one);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Unpack(Vector128<int> packed, out Vector128<float> r, out Vector128<float> g, out Vector128<float> b)
    {
        var mask = Vector128.Create(0xFF);
        r = Vector128.ConvertToSingle(packed & mask);
        g = Vector128.ConvertToSingle((packed >>> 8) & mask);
        b = Vector128.ConvertToSingle((packed >>> 16) & mask);
    }
}
