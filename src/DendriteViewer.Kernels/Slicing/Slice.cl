// SliceScalar for a device: one work item a pixel.

typedef struct
{
    float4 origin, right, down, normal; // z, y, x
    int width, height;
    int samples, mode, nearest; // mode as SlabMode: 0 mean, 1 minimum, 2 maximum
    int levels;
    int unused[2];
} SliceArguments;

static float sample_at(const Volume *v, float3 p, int nearest)
{
    __constant const Level *l = v->levels;
    if (!(p.x >= -0.5f && p.y >= -0.5f && p.z >= -0.5f && p.x <= l->z - 0.5f && p.y <= l->y - 0.5f && p.z <= l->x - 0.5f))
        return NAN;
    float z = clamp(p.x, 0.0f, l->z - 1.0f), y = clamp(p.y, 0.0f, l->y - 1.0f), x = clamp(p.z, 0.0f, l->x - 1.0f);
    if (nearest)
        return voxel_at(v, (int)(z + 0.5f), (int)(y + 0.5f), (int)(x + 0.5f));
    int z0 = (int)z, y0 = (int)y, x0 = (int)x;
    float fz = z - z0, fy = y - y0, fx = x - x0, c[8];
    corners_at(v, z0, y0, x0, c);
    return mix(mix(mix(c[0], c[1], fx), mix(c[2], c[3], fx), fy), mix(mix(c[4], c[5], fx), mix(c[6], c[7], fx), fy), fz);
}

__kernel void slice(
    const SliceArguments a, __global const uchar *pool, __constant const Level *levels, __global const uint *pages, __global float *target)
{
    int u = get_global_id(0), v = get_global_id(1);
    if (u >= a.width || v >= a.height)
        return;
    Volume volume = {pool, levels, pages, a.levels};
    float3 p = a.origin.xyz + u * a.right.xyz + v * a.down.xyz - (a.samples - 1) * 0.5f * a.normal.xyz;
    float sum = 0, least = INFINITY, most = -INFINITY;
    int n = 0;
    for (int s = 0; s < a.samples; s++, p += a.normal.xyz)
    {
        float value = sample_at(&volume, p, a.nearest);
        if (!isnan(value))
        {
            sum += value;
            least = fmin(least, value);
            most = fmax(most, value);
            n++;
        }
    }
    target[v * a.width + u] = n == 0 ? NAN : a.mode == 1 ? least : a.mode == 2 ? most : sum / n;
}
