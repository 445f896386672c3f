// HistogramKernel.Accumulate for a device. Which bin a value falls into is decided by the bins' first values, which the host works out in
// double precision, so that the counts are the host's to the last one.

#define MOST_LOCAL 2048

typedef struct
{
    uint count;
    int bins;
    float low, scale;
} HistogramArguments;

__kernel void histogram(const HistogramArguments a, __global const VOXEL *values, __global const float *edges, __global uint *counts)
{
    __local uint local_counts[MOST_LOCAL];
    bool fits = a.bins <= MOST_LOCAL;
    for (int i = get_local_id(0); fits && i < a.bins; i += get_local_size(0))
        local_counts[i] = 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint i = get_global_id(0); i < a.count; i += get_global_size(0))
    {
        float v = values[i];
        if (!(v >= edges[0] && v < edges[a.bins]))
            continue;
        int bin = clamp((int)((v - a.low) * a.scale), 0, a.bins - 1);
        while (bin > 0 && v < edges[bin])
            bin--;
        while (bin < a.bins - 1 && v >= edges[bin + 1])
            bin++;
        if (fits)
            atomic_inc(local_counts + bin);
        else
            atomic_inc(counts + bin);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int i = get_local_id(0); fits && i < a.bins; i += get_local_size(0))
        if (local_counts[i] > 0)
            atomic_add(counts + i, local_counts[i]);
}
