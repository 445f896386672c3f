using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DendriteViewer.Kernels.ColorMapping;

/// <summary>Window/level: sampled values to 8-bit grey or through a 256-entry colour table.</summary>
public static class WindowKernel
{
    /// <summary>
    /// <c>round(255 · clamp((value − low) / (high − low), 0, 1))</c>; NaN (outside the volume) becomes <paramref name="outside"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void ToGrey(ReadOnlySpan<float> values, float low, float high, byte outside, Span<byte> target)
    {
        if (target.Length != values.Length)
        {
            throw new ArgumentException("The spans differ in length.", nameof(target));
        }

        var scale = Scale(low, high);
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var vScale = Vector256.Create(scale);
            var vLow = Vector256.Create(low);
            var vOutside = Vector256.Create((float)outside);
            Span<int> lanes = stackalloc int[8];
            for (; i <= values.Length - 8; i += 8)
            {
                var v = Vector256.Create(values.Slice(i, 8));
                var nan = ~Vector256.Equals(v, v);
                var g = Vector256.Min(Vector256.Max((v - vLow) * vScale, Vector256<float>.Zero), Vector256.Create(255f)) + Vector256.Create(0.5f);
                g = Vector256.ConditionalSelect(nan, vOutside, g);
                Vector256.ConvertToInt32(Vector256.Floor(g)).CopyTo(lanes);
                for (var k = 0; k < 8; k++)
                {
                    target[i + k] = (byte)lanes[k];
                }
            }
        }

        for (; i < values.Length; i++)
        {
            target[i] = Grey(values[i], low, scale, outside);
        }
    }

    /// <summary>As <see cref="ToGrey"/>, then through a table of 256 packed colours, three bytes (r, g, b) a pixel.</summary>
    public static void ToRgb(ReadOnlySpan<float> values, float low, float high, ReadOnlySpan<Rgb> table, Rgb outside, Span<byte> target)
    {
        if (target.Length != 3 * values.Length || table.Length != 256)
        {
            throw new ArgumentException("Three bytes a value and 256 colours are needed.", nameof(target));
        }

        var scale = Scale(low, high);
        var pixels = MemoryMarshal.Cast<byte, Rgb>(target);
        for (var i = 0; i < values.Length; i++)
        {
            pixels[i] = float.IsNaN(values[i]) ? outside : table[Grey(values[i], low, scale, 0)];
        }
    }

    /// <summary>Turns grey around: black becomes white.</summary>
    public static void Invert(Span<byte> grey)
    {
        var i = 0;
        for (; i <= grey.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            (~new Vector<byte>(grey[i..])).CopyTo(grey[i..]);
        }

        for (; i < grey.Length; i++)
        {
            grey[i] = (byte)~grey[i];
        }
    }

    private static float Scale(float low, float high) => 255f / (high > low ? high - low : float.Epsilon * 1e10f);

    private static byte Grey(float value, float low, float scale, byte outside) =>
        float.IsNaN(value) ? outside : (byte)MathF.Floor(MathF.Min(MathF.Max((value - low) * scale, 0), 255f) + 0.5f);
}

/// <summary>One 8-bit sRGB colour.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct Rgb(byte R, byte G, byte B);
