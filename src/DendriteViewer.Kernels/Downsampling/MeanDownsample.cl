// MeanDownsampler for a device: one work item a voxel of the halved volume, whose slices follow one another down.

typedef struct
{
    int z, y, x; // of the full volume
    int unused;
} DownsampleArguments;

__kernel void mean_downsample(const DownsampleArguments a, __global const VOXEL *from, __global VOXEL *to)
{
    int halfY = (a.y + 1) / 2, halfX = (a.x + 1) / 2, halfZ = (a.z + 1) / 2;
    int x = get_global_id(0), row = get_global_id(1), y = row % halfY, z = row / halfY;
    if (x >= halfX || z >= halfZ)
        return;
#if IS_FLOAT
    float sum = 0;
#else
    int sum = 0;
#endif
    int n = 0;
    for (int k = 2 * z; k < min(2 * z + 2, a.z); k++)
        for (int j = 2 * y; j < min(2 * y + 2, a.y); j++)
            for (int i = 2 * x; i < min(2 * x + 2, a.x); i++, n++)
                sum += from[((size_t)k * a.y + j) * a.x + i];
#if IS_FLOAT
    float mean = sum / n;
#else
    // Rounded half up; n is a power of two, and an arithmetic shift rounds down.
    int mean = (2 * sum + n) >> (n == 8 ? 4 : n == 4 ? 3 : n == 2 ? 2 : 1);
#endif
    to[((size_t)z * halfY + y) * halfX + x] = (VOXEL)mean;
}
