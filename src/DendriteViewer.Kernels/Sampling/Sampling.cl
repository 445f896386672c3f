// A paged volume in a device's memory: Brick and PagedVolume as the host has them, read the same way. VOXEL is the type of a
// voxel, IS_FLOAT whether that is float; without VOXEL the volumes of a picture may differ, and each says its type.

#define MISSING 0xFFFFFFFFu
#define PAGE_UNIT 256
#define TILE_SHIFT 4
#define TILE_MASK 15
#define TILE_STRIDE 4928

// One level. pages: where its page table begins. tilesX is 0 where voxels lie in rows.
typedef struct
{
    int z, y, x;
    int shiftZ, shiftY, shiftX;
    int halvingsZ, halvingsY, halvingsX;
    int countY, countX;
    int pages;
    int stepZ, stepY;
    int tilesY, tilesX;
} Level;

typedef struct
{
    __global const uchar *pool;
    __constant const Level *levels;
    __global const uint *pages;
    int count;
#ifndef VOXEL
    int type; // as VoxelType
#endif
} Volume;

// A float as rays read it: NaN is 0, infinities are large.
static inline float finite(float v)
{
    return isnan(v) ? 0.0f : clamp(v, -1e30f, 1e30f);
}

#ifdef VOXEL
#define IS_FLOAT_IN(v) IS_FLOAT
#else
#define IS_FLOAT_IN(v) ((v)->type == TYPE_FLOAT32)
#endif

// A brick's voxel.
static inline float at(const Volume *v, __global const uchar *brick, int i)
{
#ifdef VOXEL
    float value = ((__global const VOXEL *)brick)[i];
    return IS_FLOAT ? finite(value) : value;
#else
    switch (v->type)
    {
        case TYPE_UINT8: return brick[i];
        case TYPE_INT8: return ((__global const char *)brick)[i];
        case TYPE_UINT16: return ((__global const ushort *)brick)[i];
        case TYPE_INT16: return ((__global const short *)brick)[i];
        default: return finite(((__global const float *)brick)[i]);
    }
#endif
}

static inline uint page_of(const Volume *v, __constant const Level *l, int z, int y, int x)
{
    return v->pages[l->pages + ((z >> l->shiftZ) * l->countY + (y >> l->shiftY)) * l->countX + (x >> l->shiftX)];
}

// Where a voxel of a brick lies; z, y, x count from the brick's first voxel.
static inline int offset_of(__constant const Level *l, int z, int y, int x)
{
    if (l->tilesX == 0)
        return z * l->stepZ + y * l->stepY + x;
    return (((z >> TILE_SHIFT) * l->tilesY + (y >> TILE_SHIFT)) * l->tilesX + (x >> TILE_SHIFT)) * TILE_STRIDE
        + (z & TILE_MASK) * l->stepZ + (y & TILE_MASK) * l->stepY + (x & TILE_MASK);
}

static inline __global const uchar *brick_at(const Volume *v, uint page)
{
    return v->pool + (size_t)page * PAGE_UNIT;
}

static inline float stored(const Volume *v, __constant const Level *l, uint page, int z, int y, int x)
{
    return at(v, brick_at(v, page), offset_of(l, z & ((1 << l->shiftZ) - 1), y & ((1 << l->shiftY) - 1), x & ((1 << l->shiftX) - 1)));
}

// Voxel (z, y, x) of a coarser level, or where it is not in memory the one of a still coarser level that covers it.
static float coarser(const Volume *v, int n, int z, int y, int x)
{
    for (; n < v->count; n++)
    {
        __constant const Level *l = v->levels + n;
        uint page = page_of(v, l, z, y, x);
        if (page != MISSING)
            return stored(v, l, page, z, y, x);
        if (n + 1 < v->count)
        {
            __constant const Level *next = l + 1;
            z = min(z >> (next->halvingsZ - l->halvingsZ), next->z - 1);
            y = min(y >> (next->halvingsY - l->halvingsY), next->y - 1);
            x = min(x >> (next->halvingsX - l->halvingsX), next->x - 1);
        }
    }
    return 0;
}

static inline float3 neighbours(int i, int halvings, int size)
{
    float place = (i + 0.5f) / (1 << halvings) - 0.5f, low = floor(place);
    return (float3)(clamp(low, 0.0f, size - 1.0f), clamp(low + 1, 0.0f, size - 1.0f), place - low);
}

// What stands in for a voxel whose brick is missing: trilinear between the coarser voxels around its centre.
static float stand_in(const Volume *v, int z, int y, int x)
{
    for (int n = 1; n < v->count; n++)
    {
        __constant const Level *l = v->levels + n;
        if (page_of(v, l, min(z >> l->halvingsZ, l->z - 1), min(y >> l->halvingsY, l->y - 1), min(x >> l->halvingsX, l->x - 1)) == MISSING)
            continue;
        float3 nz = neighbours(z, l->halvingsZ, l->z), ny = neighbours(y, l->halvingsY, l->y), nx = neighbours(x, l->halvingsX, l->x);
        float side[2];
        for (int k = 0; k < 2; k++)
        {
            int cz = (int)(k ? nz.y : nz.x);
            float a = mix(coarser(v, n, cz, (int)ny.x, (int)nx.x), coarser(v, n, cz, (int)ny.x, (int)nx.y), nx.z);
            float b = mix(coarser(v, n, cz, (int)ny.y, (int)nx.x), coarser(v, n, cz, (int)ny.y, (int)nx.y), nx.z);
            side[k] = mix(a, b, ny.z);
        }
        float value = mix(side[0], side[1], nz.z);
        return IS_FLOAT_IN(v) ? value : rint(value);
    }
    return 0;
}

// The voxel at an index, which is clamped into the volume.
static float voxel_at(const Volume *v, int z, int y, int x)
{
    __constant const Level *l = v->levels;
    z = clamp(z, 0, l->z - 1);
    y = clamp(y, 0, l->y - 1);
    x = clamp(x, 0, l->x - 1);
    uint page = page_of(v, l, z, y, x);
    return page != MISSING ? stored(v, l, page, z, y, x) : stand_in(v, z, y, x);
}

// The eight corners of the cell at (z, y, x), a voxel of the volume: corner 4·dz + 2·dy + dx. All lie in one tile, but at a brick's
// far faces, where each is looked up by itself.
static inline void corners_at(const Volume *v, int z, int y, int x, float c[8])
{
    __constant const Level *l = v->levels;
    int farZ = (1 << l->shiftZ) - 1, farY = (1 << l->shiftY) - 1, farX = (1 << l->shiftX) - 1;
    uint page = page_of(v, l, z, y, x);
    if (page != MISSING && (z & farZ) != farZ && (y & farY) != farY && (x & farX) != farX && z + 1 < l->z && y + 1 < l->y && x + 1 < l->x)
    {
        __global const uchar *brick = brick_at(v, page);
        int i = offset_of(l, z & farZ, y & farY, x & farX), sy = l->stepY, sz = l->stepZ;
        c[0] = at(v, brick, i);
        c[1] = at(v, brick, i + 1);
        c[2] = at(v, brick, i + sy);
        c[3] = at(v, brick, i + sy + 1);
        c[4] = at(v, brick, i + sz);
        c[5] = at(v, brick, i + sz + 1);
        c[6] = at(v, brick, i + sz + sy);
        c[7] = at(v, brick, i + sz + sy + 1);
        return;
    }
    for (int i = 0; i < 8; i++)
        c[i] = voxel_at(v, z + (i >> 2), y + (i >> 1 & 1), x + (i & 1));
}
