// Made from RaycastPackets512.Shading.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Gradients, light, and the colours of what was gathered.
internal static unsafe partial class RaycastPackets256
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<uint> Colors(RayJob job, Packet* r)
    {
        var s = job.Settings;
        Vector256<float> red, green, blue, alpha;
        switch (s.Mode)
        {
            case RayMode.Composite:
                (red, green, blue, alpha) = (r->A, r->B, r->C, r->D);
                break;
            case RayMode.Isosurface:
                alpha = Vector256<float>.One & Vector256.Equals(r->A, r->A);
                var color = PackedColor.Unpack(s.Transfer.Color(s.IsoValue));
                red = alpha * Vector256.MultiplyAddEstimate(Vector256.Create(color.X), r->B, r->C);
                green = alpha * Vector256.MultiplyAddEstimate(Vector256.Create(color.Y), r->B, r->C);
                blue = alpha * Vector256.MultiplyAddEstimate(Vector256.Create(color.Z), r->B, r->C);
                break;
            default:
                alpha = Vector256<float>.One & Vector256.GreaterThan(r->B, Vector256<float>.Zero);
                var value = s.Mode == RayMode.Mean ? r->A / Vector256.MaxNative(r->B, Vector256<float>.One) : r->A;
                var packed = Vector256<int>.Zero;
                for (var k = 0; k < Vector256<int>.Count; k++)
                {
                    packed = packed.WithElement(k, s.Transfer.Color(value[k]));
                }

                Unpack(packed, out red, out green, out blue);
                (red, green, blue) = (red * alpha, green * alpha, blue * alpha);
                break;
        }

        var back = PackedColor.Unpack(s.Background);
        var through = Vector256<float>.One - alpha;
        return (Channel(red, back.X) | (Channel(green, back.Y) << 8) | (Channel(blue, back.Z) << 16) | Vector256.Create(unchecked((int)0xFF000000))).AsUInt32();

        Vector256<int> Channel(Vector256<float> c, float behind) => Vector256.ConvertToInt32Native(
            Vector256.MinNative(Vector256.MultiplyAddEstimate(through, Vector256.Create(behind), c), Vector256.Create(255f)) + Vector256.Create(0.5f));
    }

    // The gradient by central differences, one voxel to either side as far as the volume reaches.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Smooth<TVoxel>(
        byte* data, in Lanes256.Addresses addresses, int* scratch, Vector256<float> px, Vector256<float> py, Vector256<float> pz, Vector3 low, Vector3 high,
        out Vector256<float> gx, out Vector256<float> gy, out Vector256<float> gz) where TVoxel : struct
    {
        var least = Vector256.Create(RayProgram.LeastBase);
        Vector256<float> before = Vector256.MaxNative(px - Vector256<float>.One, Vector256.Create(low.X)), after = Vector256.MinNative(px + Vector256<float>.One, Vector256.Create(high.X));
        gx = (At<TVoxel>(data, addresses, scratch, after, py, pz) - At<TVoxel>(data, addresses, scratch, before, py, pz)) / Vector256.MaxNative(after - before, least);
        before = Vector256.MaxNative(py - Vector256<float>.One, Vector256.Create(low.Y));
        after = Vector256.MinNative(py + Vector256<float>.One, Vector256.Create(high.Y));
        gy = (At<TVoxel>(data, addresses, scratch, px, after, pz) - At<TVoxel>(data, addresses, scratch, px, before, pz)) / Vector256.MaxNative(after - before, least);
        before = Vector256.MaxNative(pz - Vector256<float>.One, Vector256.Create(low.Z));
        after = Vector256.MinNative(pz + Vector256<float>.One, Vector256.Create(high.Z));
        gz = (At<TVoxel>(data, addresses, scratch, px, py, after) - At<TVoxel>(data, addresses, scratch, px, py, before)) / Vector256.MaxNative(after - before, least);
    }

    // The interpolated value (less the bias) at a place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> At<TVoxel>(byte* data, in Lanes256.Addresses addresses, int* scratch, Vector256<float> px, Vector256<float> py, Vector256<float> pz)
        where TVoxel : struct
    {
        var ix = Vector256.ConvertToInt32Native(px);
        var iy = Vector256.ConvertToInt32Native(py);
        var iz = Vector256.ConvertToInt32Native(pz);
        Samples256.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
        return Samples256.Interpolate(c, px - Vector256.ConvertToSingle(ix), py - Vector256.ConvertToSingle(iy), pz - Vector256.ConvertToSingle(iz));
    }

    // The interpolated value (less the bias) at a distance along every ray.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Field<TVoxel>(byte* data, in Lanes256.Addresses addresses, int* scratch, Packet* r, Vector256<float> t) where TVoxel : struct =>
        At<TVoxel>(
            data, addresses, scratch, Vector256.MultiplyAddEstimate(t, r->Dx, r->Ox), Vector256.MultiplyAddEstimate(t, r->Dy, r->Oy), Vector256.MultiplyAddEstimate(t, r->Dz, r->Oz));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Shade(
        RaycastSettings s, Vector256<float> gx, Vector256<float> gy, Vector256<float> gz, out Vector256<float> diffuse, out Vector256<float> shine) =>
        Shade(s, gx, gy, gz, Vector256<float>.One, Vector256<float>.One, out diffuse, out shine);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Shade(
        RaycastSettings s, Vector256<float> gx, Vector256<float> gy, Vector256<float> gz, Vector256<float> ambient, Vector256<float> shadow,
        out Vector256<float> diffuse, out Vector256<float> shine) =>
        Shade(s.GradientScale, s.GradientFloor, s.HeadLight, s.KeyLight, gx, gy, gz, ambient, shadow, out diffuse, out shine);

    // What light reaches every lane's sample, looked up a little towards the eye and out of the surface on the eye's side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Light(
        LightField field, float floor, Packet* r, Vector256<float> px, Vector256<float> py, Vector256<float> pz, Vector256<float> gx, Vector256<float> gy, Vector256<float> gz,
        int* scratch, out Vector256<float> ambient, out Vector256<float> shadow)
    {
        var (scale, offset) = (field.Scale, field.Offset);
        Vector256<float> dx = r->Dx * scale.X, dy = r->Dy * scale.Y, dz = r->Dz * scale.Z;
        var back = Vector256.Create(LightField.Towards) / Vector256.Sqrt(dx * dx + dy * dy + dz * dz);
        var behind = Vector256.GreaterThan(gx * r->Dx + gy * r->Dy + gz * r->Dz, Vector256<float>.Zero);
        var outwards = Vector256.ConditionalSelect(behind, Vector256.Create(-LightField.Towards), Vector256.Create(LightField.Towards))
            / Vector256.Sqrt(gx * gx + gy * gy + gz * gz + Vector256.Create(floor));
        var x = Within(px * scale.X + Vector256.Create(offset.X) - dx * back + gx * outwards, field.X);
        var y = Within(py * scale.Y + Vector256.Create(offset.Y) - dy * back + gy * outwards, field.Y);
        var z = Within(pz * scale.Z + Vector256.Create(offset.Z) - dz * back + gz * outwards, field.Z);
        Vector256<int> ix = Vector256.ConvertToInt32Native(x), iy = Vector256.ConvertToInt32Native(y), iz = Vector256.ConvertToInt32Native(z);
        fixed (byte* entries = field.Entries)
        {
            var at = (iz * field.Y + iy) * (field.X + 1) + ix;
            Lanes256.Load16(entries, at << 3, scratch, out var here, out var hereShadow, out var next, out var nextShadow);
            Vector256<float> fx = x - Vector256.ConvertToSingle(ix), fy = y - Vector256.ConvertToSingle(iy), fz = z - Vector256.ConvertToSingle(iz);
            ambient = Samples256.Interpolate(Samples256.Unpacked(here, next), fx, fy, fz) * (1 / 255f);
            shadow = Samples256.Interpolate(Samples256.Unpacked(hereShadow, nextShadow), fx, fy, fz) * (1 / 255f);
        }

        static Vector256<float> Within(Vector256<float> v, int count) => Vector256.MinNative(Vector256.MaxNative(v, Vector256<float>.Zero), Vector256.Create(count - 1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Shade(
        Vector3 scale, float floor, Vector3 headLight, Vector3 keyLight, Vector256<float> gx, Vector256<float> gy, Vector256<float> gz, Vector256<float> ambient, Vector256<float> shadow,
        out Vector256<float> diffuse, out Vector256<float> shine)
    {
        gx *= scale.X;
        gy *= scale.Y;
        gz *= scale.Z;
        var length = Vector256.MultiplyAddEstimate(gx, gx, Vector256.MultiplyAddEstimate(gy, gy, Vector256.MultiplyAddEstimate(gz, gz, Vector256.Create(floor))));
        var inverse = Vector256<float>.One / Vector256.Sqrt(length);

        // A lane that is not sampled may read anything, which must not become a NaN that its colour keeps: the smaller of NaN and 1 is 1.
        var head = Vector256.MinNative(Vector256.Abs(gx * headLight.X + gy * headLight.Y + gz * headLight.Z) * inverse, Vector256<float>.One);
        var key = Vector256.MinNative(Vector256.Abs(gx * keyLight.X + gy * keyLight.Y + gz * keyLight.Z) * inverse, Vector256<float>.One);
        var lit = (Vector256.Create(1 - RaycastSettings.ShadowedHead) + shadow * RaycastSettings.ShadowedHead) * RaycastSettings.HeadDiffuse;
        diffuse = ambient * (Vector256.Create(RaycastSettings.Ambient) + head * lit) + shadow * key * RaycastSettings.KeyDiffuse;
        shine = head * head;
        shine *= shine;
        shine *= shine;
        shine *= shine * ambient * (RaycastSettings.Specular * 255);
    }

    // As RayProgram.ShadeLabel.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> LabelShade(RayLayer layer, Vector256<float> gx, Vector256<float> gy, Vector256<float> gz)
    {
        var (scale, headLight, keyLight) = (layer.GradientScale, layer.HeadLight, layer.KeyLight);
        gx *= scale.X;
        gy *= scale.Y;
        gz *= scale.Z;
        var square = Vector256.MultiplyAddEstimate(gx, gx, Vector256.MultiplyAddEstimate(gy, gy, gz * gz));
        var least = Vector256.Create(RayProgram.LeastSquare);
        var inverse = Vector256<float>.One / Vector256.Sqrt(Vector256.MaxNative(square, least));

        // As in Shade, the smaller of NaN and 1 is 1.
        var one = Vector256<float>.One;
        var head = Vector256.MinNative(Vector256.Abs(gx * headLight.X + gy * headLight.Y + gz * headLight.Z) * inverse, one);
        var key = Vector256.MinNative(Vector256.Abs(gx * keyLight.X + gy * keyLight.Y + gz * keyLight.Z) * inverse, one);
        var diffuse = Vector256.Create(RaycastSettings.Ambient) + head * RaycastSettings.HeadDiffuse + key * RaycastSettings.KeyDiffuse;
        return Vector256.ConditionalSelect(Vector256.GreaterThan(square, least), diffuse, one);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Unpack(Vector256<int> packed, out Vector256<float> r, out Vector256<float> g, out Vector256<float> b)
    {
        var mask = Vector256.Create(0xFF);
        r = Vector256.ConvertToSingle(packed & mask);
        g = Vector256.ConvertToSingle((packed >>> 8) & mask);
        b = Vector256.ConvertToSingle((packed >>> 16) & mask);
    }
}
