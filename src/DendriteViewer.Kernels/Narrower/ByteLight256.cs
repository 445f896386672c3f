// Made from ByteLight512.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// Light on the samples of a packet: ambient, two lights and a highlight from the first, as <see cref="ByteRaySpecification"/> has it.
/// </summary>
internal static unsafe class ByteLight256
{
    /// <summary>
    /// Half of what a colour is multiplied by, and that with the highlight: in 32767ths. The gradient is the mean of the slopes here and
    /// at the sample before, where there is one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of(
        MarchFrame* f, Vector256<short> columns, Vector256<short> rows, Vector256<short> axis, Vector256<short> columnsBefore,
            Vector256<short> rowsBefore,
        Vector256<short> axisBefore, Vector256<short> isKnown, out Vector256<short> half, out Vector256<short> light)
    {
        columns += Vector256.ConditionalSelect(isKnown, columnsBefore, columns);
        rows += Vector256.ConditionalSelect(isKnown, rowsBefore, rows);
        axis += Vector256.ConditionalSelect(isKnown, axisBefore, axis);

        // Squared lengths may use all 32 bits.
        Vector256<short> plane1 = Avx2.UnpackLow(columns, rows), plane2 = Avx2.UnpackHigh(columns, rows);
        Vector256<short> axis1 = Avx2.UnpackLow(axis, Vector256<short>.Zero), axis2 = Avx2.UnpackHigh(axis, Vector256<short>.Zero);
        var floor = Vector256.Create(f->Floor);
        var length1 = Vector256.ConvertToSingle((Avx2.MultiplyAddAdjacent(plane1, plane1)
            + Avx2.MultiplyAddAdjacent(axis1, axis1)).AsUInt32()) + floor;
        var length2 = Vector256.ConvertToSingle((Avx2.MultiplyAddAdjacent(plane2, plane2)
            + Avx2.MultiplyAddAdjacent(axis2, axis2)).AsUInt32()) + floor;
        Vector256<float> inverse1 = ByteLanes256.ReciprocalSqrt(length1), inverse2 = ByteLanes256.ReciprocalSqrt(length2);
        var head = Along(f->Head, f->HeadAxis, plane1, plane2, axis1, axis2, inverse1, inverse2);
        var key = Along(f->Key, f->KeyAxis, plane1, plane2, axis1, axis2, inverse1, inverse2);
        half = Vector256.Create((short)(RaycastSettings.Ambient / 2 * 32767))
            + Avx2.MultiplyHighRoundScale(head, Vector256.Create((short)(RaycastSettings.HeadDiffuse / 2 * 32767)))
            + Avx2.MultiplyHighRoundScale(key, Vector256.Create((short)(RaycastSettings.KeyDiffuse / 2 * 32767)));
        var shine = Avx2.MultiplyHighRoundScale(head, head);
        shine = Avx2.MultiplyHighRoundScale(shine, shine);
        shine = Avx2.MultiplyHighRoundScale(shine, shine);
        shine = Avx2.MultiplyHighRoundScale(shine, shine);
        light = half + Avx2.MultiplyHighRoundScale(shine, Vector256.Create((short)(RaycastSettings.Specular * 32767)));
    }

    // The size of the cosine between gradient and light.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Along(
        int plane, int axis, Vector256<short> plane1, Vector256<short> plane2, Vector256<short> axis1, Vector256<short> axis2,
            Vector256<float> inverse1,
        Vector256<float> inverse2)
    {
        Vector256<short> inPlane = Vector256.Create(plane).AsInt16(), across = Vector256.Create(axis).AsInt16();
        var first = Vector256.ConvertToSingle(Avx2.MultiplyAddAdjacent(plane1, inPlane)
            + Avx2.MultiplyAddAdjacent(axis1, across)) * inverse1;
        var second = Vector256.ConvertToSingle(Avx2.MultiplyAddAdjacent(plane2, inPlane)
            + Avx2.MultiplyAddAdjacent(axis2, across)) * inverse2;
        return Vector256.Abs(Avx2.PackSignedSaturate(Avx2.ConvertToVector256Int32(first), Avx2.ConvertToVector256Int32(second)));
    }
}
