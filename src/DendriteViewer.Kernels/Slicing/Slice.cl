// SliceScalar for a device: one work item a pixel.

typedef struct
{
    float4 origin, right, down, normal; // x, y, z
    int width, height;
    int samples, mode, interpolation; // SlabMode: 0 mean, 1 minimum, 2 maximum; SliceInterpolation: 0 linear, 1 nearest, 2 cubic
    int levels;
    int unused[2];
} SliceArguments;

static float4 weights(float t)
{
    float t2 = t * t, t3 = t2 * t;
    return (float4)(-0.5f * t3 + t2 - 0.5f * t, 1.5f * t3 - 2.5f * t2 + 1, -1.5f * t3 + 2 * t2 + 0.5f * t, 0.5f * t3 - 0.5f * t2);
}

static float cubic(const Volume *v, float z, float y, float x)
{
    int z0 = (int)z, y0 = (int)y, x0 = (int)x;
    float4 wx = weights(x - x0);
    float wz[4], wy[4], sum = 0;
    vstore4(weights(z - z0), 0, wz);
    vstore4(weights(y - y0), 0, wy);
    for (int k = 0; k < 4; k++)
        for (int j = 0; j < 4; j++)
        {
            float4 row = (float4)(
                voxel_at(v, z0 - 1 + k, y0 - 1 + j, x0 - 1), voxel_at(v, z0 - 1 + k, y0 - 1 + j, x0), voxel_at(v, z0 - 1 + k, y0 - 1 + j, x0 + 1),
                voxel_at(v, z0 - 1 + k, y0 - 1 + j, x0 + 2));
            sum += wz[k] * wy[j] * dot(row, wx);
        }
    return sum;
}

static float sample_at(const Volume *v, float3 p, int interpolation)
{
    __constant const Level *l = v->levels;
    if (!(p.x >= -0.5f && p.y >= -0.5f && p.z >= -0.5f && p.x <= l->x - 0.5f && p.y <= l->y - 0.5f && p.z <= l->z - 0.5f))
        return NAN;
    float z = clamp(p.z, 0.0f, l->z - 1.0f), y = clamp(p.y, 0.0f, l->y - 1.0f), x = clamp(p.x, 0.0f, l->x - 1.0f);
    if (interpolation == 2)
        return cubic(v, z, y, x);
    if (interpolation == 1)
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
        float value = sample_at(&volume, p, a.interpolation);
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
