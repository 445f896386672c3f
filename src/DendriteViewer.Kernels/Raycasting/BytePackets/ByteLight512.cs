using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// Light on the samples of a packet: ambient, two lights and a highlight from the first, as <see cref="ByteRaySpecification"/> has it.
/// </summary>
internal static unsafe class ByteLight512
{
    /// <summary>
    /// Half of what a colour is multiplied by, and that with the highlight: in 32767ths. The gradient is the mean of the slopes here and
    /// at the sample before, where there is one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of(
        MarchFrame* f, Vector512<short> columns, Vector512<short> rows, Vector512<short> axis, Vector512<short> columnsBefore,
            Vector512<short> rowsBefore,
        Vector512<short> axisBefore, Vector512<short> isKnown, out Vector512<short> half, out Vector512<short> light)
    {
        columns += Vector512.ConditionalSelect(isKnown, columnsBefore, columns);
        rows += Vector512.ConditionalSelect(isKnown, rowsBefore, rows);
        axis += Vector512.ConditionalSelect(isKnown, axisBefore, axis);

        // Squared lengths may use all 32 bits.
        Vector512<short> plane1 = Avx512BW.UnpackLow(columns, rows), plane2 = Avx512BW.UnpackHigh(columns, rows);
        Vector512<short> axis1 = Avx512BW.UnpackLow(axis, Vector512<short>.Zero), axis2 = Avx512BW.UnpackHigh(axis, Vector512<short>.Zero);
        var floor = Vector512.Create(f->Floor);
        var length1 = Vector512.ConvertToSingle((Avx512BW.MultiplyAddAdjacent(plane1, plane1)
            + Avx512BW.MultiplyAddAdjacent(axis1, axis1)).AsUInt32()) + floor;
        var length2 = Vector512.ConvertToSingle((Avx512BW.MultiplyAddAdjacent(plane2, plane2)
            + Avx512BW.MultiplyAddAdjacent(axis2, axis2)).AsUInt32()) + floor;
        Vector512<float> inverse1 = ByteLanes512.ReciprocalSqrt(length1), inverse2 = ByteLanes512.ReciprocalSqrt(length2);
        var head = Along(f->Head, f->HeadAxis, plane1, plane2, axis1, axis2, inverse1, inverse2);
        var key = Along(f->Key, f->KeyAxis, plane1, plane2, axis1, axis2, inverse1, inverse2);
        half = Vector512.Create((short)(RaycastSettings.Ambient / 2 * 32767))
            + Avx512BW.MultiplyHighRoundScale(head, Vector512.Create((short)(RaycastSettings.HeadDiffuse / 2 * 32767)))
            + Avx512BW.MultiplyHighRoundScale(key, Vector512.Create((short)(RaycastSettings.KeyDiffuse / 2 * 32767)));
        var shine = Avx512BW.MultiplyHighRoundScale(head, head);
        shine = Avx512BW.MultiplyHighRoundScale(shine, shine);
        shine = Avx512BW.MultiplyHighRoundScale(shine, shine);
        shine = Avx512BW.MultiplyHighRoundScale(shine, shine);
        light = half + Avx512BW.MultiplyHighRoundScale(shine, Vector512.Create((short)(RaycastSettings.Specular * 32767)));
    }

    // The size of the cosine between gradient and light.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Along(
        int plane, int axis, Vector512<short> plane1, Vector512<short> plane2, Vector512<short> axis1, Vector512<short> axis2,
            Vector512<float> inverse1,
        Vector512<float> inverse2)
    {
        Vector512<short> inPlane = Vector512.Create(plane).AsInt16(), across = Vector512.Create(axis).AsInt16();
        var first = Vector512.ConvertToSingle(Avx512BW.MultiplyAddAdjacent(plane1, inPlane)
            + Avx512BW.MultiplyAddAdjacent(axis1, across)) * inverse1;
        var second = Vector512.ConvertToSingle(Avx512BW.MultiplyAddAdjacent(plane2, inPlane)
            + Avx512BW.MultiplyAddAdjacent(axis2, across)) * inverse2;
        return Vector512.Abs(Avx512BW.PackSignedSaturate(Avx512F.ConvertToVector512Int32(first), Avx512F.ConvertToVector512Int32(second)));
    }
}
