using System.Numerics;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>Colours in one integer, and as red, green, blue of 0 to 255.</summary>
internal static class PackedColor
{
    /// <summary>0xBBGGRR as red, green, blue.</summary>
    public static Vector3 Unpack(int color) => new(color & 0xFF, (color >> 8) & 0xFF, (color >> 16) & 0xFF);

    /// <summary>A colour, already times its opacity, over a background 0xBBGGRR: 0xAABBGGRR, alpha 255.</summary>
    public static uint Pack(Vector3 color, float alpha, int background)
    {
        var c = Vector3.Min(color + (1 - alpha) * Unpack(background), new Vector3(255));
        return 0xFF000000u | (uint)(c.X + 0.5f) | ((uint)(c.Y + 0.5f) << 8) | ((uint)(c.Z + 0.5f) << 16);
    }
}
