// RaycastScalar for a device: one work item a ray. Names are those of RaycastScalar.cs, where the words are.

#define CELL_SHIFT 3
#define TABLE_SIZE 2048
#define OPAQUE 0.995f
#define REFINEMENTS 2

// One volume of a picture; x, y, z in its index coordinates, w not read where it is not named.
typedef struct
{
    float4 boxLow, boxHigh;
    float4 gradient; // the scale by axis, and in w the floor
    float4 headLight, keyLight;
    float4 fromX, fromY, fromZ; // this volume's x, y, z from the picture's x, y, z and 1
    float tableLow, tableScale;
    int shaded, nearest;
    int replaces, levels, type, unused;
} LayerArguments;

// x, y, z in index coordinates of the picture's own volume.
typedef struct
{
    float4 origin, originRight, originDown, direction, directionRight, directionDown;
    float4 boxLow, boxHigh; // what is kept of everything
    float4 samplePlane;
    float4 planes[MOST_PLANES];
    float reliefs[MOST_PLANES]; // how much of the relief each follows
    LayerArguments layers[MOST_VOLUMES]; // its own volume first
    float4 lightScale, lightOffset;      // to the light field's cells; w of the first is 0 where there is none
    float step, isoValue, scale;
    int mode; // as RayMode
    int jitter, hasSamplePlane, planeCount, background;
    int width, height, layerCount, integrated;
    int lightZ, lightY, lightX, smooth;
    float4 reliefU, reliefV; // a point's place among the relief's nodes
    int reliefCountU, reliefCountV, unused0, unused1;
} RaycastArguments;

// A volume with what is skipped and shown of it.
typedef struct
{
    Volume volume;
    const LayerArguments *a;
    __global const int *ofBrick;
    __global const uchar *maps;
    __global const uint2 *table;
    __global const int4 *sums;
    __global const uchar *light;
    __global const float *relief;
} Scene;

static inline float3 unpack(uint color)
{
    return (float3)(color & 0xFF, color >> 8 & 0xFF, color >> 16 & 0xFF);
}

static inline uint pack(float3 color, float alpha, uint background)
{
    float3 c = fmin(color + (1 - alpha) * unpack(background), 255.0f);
    return 0xFF000000u | (uint)(c.x + 0.5f) | (uint)(c.y + 0.5f) << 8 | (uint)(c.z + 0.5f) << 16;
}

static inline uint noise(uint u, uint v)
{
    uint h = u * 0x9E3779B1u ^ v * 0x85EBCA77u;
    h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
    return h ^ (h >> 13);
}

static inline uint2 entry(const Scene *s, float value)
{
    return s->table[(int)clamp((value - s->a->tableLow) * s->a->tableScale, 0.0f, TABLE_SIZE - 1.0f)];
}

static inline float sample(const Scene *s, float3 p, float3 *gradient)
{
    __constant const Level *l = s->volume.levels;
    int x = clamp((int)p.x, 0, l->x - 1), y = clamp((int)p.y, 0, l->y - 1), z = clamp((int)p.z, 0, l->z - 1);
    float fx = p.x - x, fy = p.y - y, fz = p.z - z, c[8];
    corners_at(&s->volume, z, y, x, c);
    float dx00 = c[1] - c[0], dx01 = c[3] - c[2], dx10 = c[5] - c[4], dx11 = c[7] - c[6];
    float c00 = c[0] + dx00 * fx, c01 = c[2] + dx01 * fx, c10 = c[4] + dx10 * fx, c11 = c[6] + dx11 * fx;
    float dy0 = c01 - c00, dy1 = c11 - c10, c0 = c00 + dy0 * fy, c1 = c10 + dy1 * fy;
    float dx0 = dx00 + (dx01 - dx00) * fy, dx1 = dx10 + (dx11 - dx10) * fy;
    *gradient = (float3)(dx0 + (dx1 - dx0) * fz, dy0 + (dy1 - dy0) * fz, c1 - c0);
    return c0 + (c1 - c0) * fz;
}

// The gradient by central differences, one voxel to either side as far as the volume reaches.
static float along(const Scene *s, float3 p, float3 axis)
{
    float3 unused, before = fmax(p - axis, s->a->boxLow.xyz), after = fmin(p + axis, s->a->boxHigh.xyz);
    return (sample(s, after, &unused) - sample(s, before, &unused)) / fmax(dot(after - before, axis), LEAST_BASE);
}

static float3 smooth_gradient(const Scene *s, float3 p)
{
    return (float3)(along(s, p, (float3)(1, 0, 0)), along(s, p, (float3)(0, 1, 0)), along(s, p, (float3)(0, 0, 1)));
}

static inline float exit_axis(int voxel, int shift, int distance, float p, float d)
{
    int at = voxel >> shift;
    int wall = (d > 0 ? at + distance : at - distance + 1) << shift;
    return fabs(d) < 1e-12f ? FLT_MAX : (wall - p) / d;
}

// How far a ray may go on without a sample; 0 where it must be sampled.
static inline float leap(const Scene *s, float step, float3 p, float3 d)
{
    __constant const Level *l = s->volume.levels;
    int x = clamp((int)p.x, 0, l->x - 1), y = clamp((int)p.y, 0, l->y - 1), z = clamp((int)p.z, 0, l->z - 1);
    int map = s->ofBrick[((z >> l->shiftZ) * l->countY + (y >> l->shiftY)) * l->countX + (x >> l->shiftX)];
    int sz = l->shiftZ, sy = l->shiftY, sx = l->shiftX, distance = -map;
    if (map >= 0)
    {
        int cz = (z & ((1 << sz) - 1)) >> CELL_SHIFT, cy = (y & ((1 << sy) - 1)) >> CELL_SHIFT, cx = (x & ((1 << sx) - 1)) >> CELL_SHIFT;
        distance = s->maps[map + (cz << 6 | cy << 3 | cx)];
        if (distance == 0)
            return 0;
        sz = sy = sx = CELL_SHIFT;
    }
    float far = fmin(exit_axis(x, sx, distance, p.x, d.x), fmin(exit_axis(y, sy, distance, p.y, d.y), exit_axis(z, sz, distance, p.z, d.z)));
    return step * fmax(1.0f, ceil(far / step));
}

static inline bool clip_axis(float low, float high, float o, float d, float *start, float *end)
{
    if (fabs(d) < 1e-12f)
        return o >= low && o <= high;
    float m = (low - o) / d, n = (high - o) / d;
    *start = fmax(*start, fmin(m, n));
    *end = fmin(*end, fmax(m, n));
    return true;
}

// False where a ray misses the box.
static bool clip_box(float3 low, float3 high, float3 o, float3 d, float *start, float *end)
{
    return clip_axis(low.x, high.x, o.x, d.x, start, end) && clip_axis(low.y, high.y, o.y, d.y, start, end) && clip_axis(low.z, high.z, o.z, d.z, start, end);
}

// A ray of the picture in a volume: the same distances along it.
static inline float3 turned(const LayerArguments *l, float3 p, float w)
{
    float4 q = (float4)(p, w);
    return (float3)(dot(l->fromX, q), dot(l->fromY, q), dot(l->fromZ, q));
}

static float relief_at(const RaycastArguments *a, __global const float *relief, float3 p)
{
    float4 at = (float4)(p, 1);
    float u = clamp(dot(a->reliefU, at), 0.0f, (float)(a->reliefCountU - 1)), v = clamp(dot(a->reliefV, at), 0.0f, (float)(a->reliefCountV - 1));
    int i = min((int)u, a->reliefCountU - 2), j = min((int)v, a->reliefCountV - 2), n = a->reliefCountV;
    __global const float *e = relief + i * n + j;
    return mix(mix(e[0], e[1], v - j), mix(e[n], e[n + 1], v - j), u - i);
}

static bool clip(const RaycastArguments *a, __global const float *relief, float3 o, float3 d, float *start, float *end)
{
    *start = FLT_MAX;
    *end = -FLT_MAX;
    for (int i = 0; i < a->layerCount; i++)
    {
        const LayerArguments *l = a->layers + i;
        float from = 0, to = FLT_MAX;
        if (clip_box(l->boxLow.xyz, l->boxHigh.xyz, turned(l, o, 1), turned(l, d, 0), &from, &to) && from <= to)
        {
            *start = fmin(*start, from);
            *end = fmax(*end, to);
        }
    }
    if (!clip_box(a->boxLow.xyz, a->boxHigh.xyz, o, d, start, end))
        return false;
    for (int i = 0; i < a->planeCount; i++)
    {
        float4 plane = a->planes[i];
        float along = dot(plane.xyz, d), at = dot(plane.xyz, o) + plane.w;
        if (fabs(along) < 1e-12f)
        {
            if (at < 0)
                return false;
        }
        else
        {
            float t = -at / along;
            for (int k = 0; a->reliefs[i] != 0 && k < REFINEMENTS_OF_RELIEF; k++)
                t = -(at + a->reliefs[i] * relief_at(a, relief, o + t * d)) / along;
            if (along > 0)
                *start = fmax(*start, t);
            else
                *end = fmin(*end, t);
        }
    }
    return *start <= *end;
}

// What light comes from around and from the key light to a place, looked up a little towards the eye and out of
// the surface; LightField has the words.
static inline float2 light_at(const RaycastArguments *a, const Scene *s, float3 p, float3 d, float3 gradient)
{
    if (a->lightScale.w == 0)
        return 1;
    float3 back = d * a->lightScale.xyz;
    float3 outwards = gradient * ((dot(gradient, d) > 0 ? -LIGHT_TOWARDS : LIGHT_TOWARDS) * rsqrt(dot(gradient, gradient) + a->layers[0].gradient.w));
    float3 at = clamp(
        p * a->lightScale.xyz + a->lightOffset.xyz - LIGHT_TOWARDS / length(back) * back + outwards, (float3)(0), (float3)(a->lightX - 1, a->lightY - 1, a->lightZ - 1));
    int x = (int)at.x, y = (int)at.y, z = (int)at.z;
    float fx = at.x - x, fy = at.y - y, fz = at.z - z;
    __global const uchar *e = s->light + 8 * ((z * a->lightY + y) * (a->lightX + 1) + x);
    float8 along = mix(convert_float8(vload8(0, e)), convert_float8(vload8(1, e)), fx);
    float4 near = mix(along.s0246, along.s1357, fy);
    return mix((float2)(near.s0, near.s2), (float2)(near.s1, near.s3), fz) / 255;
}

static inline float3 shade(const LayerArguments *a, float3 color, float3 gradient, float2 light)
{
    float3 g = gradient * a->gradient.xyz;
    float inverse = rsqrt(dot(g, g) + a->gradient.w);
    float head = fabs(dot(g, a->headLight.xyz)) * inverse, key = fabs(dot(g, a->keyLight.xyz)) * inverse;
    float shine = head * head;
    shine *= shine;
    shine *= shine;
    shine *= shine;
    return color * (light.x * (AMBIENT + (1 - SHADOWED_HEAD * (1 - light.y)) * HEAD_DIFFUSE * head) + light.y * KEY_DIFFUSE * key) + light.x * SPECULAR * 255 * shine;
}

static uint trace_composite(const RaycastArguments *a, const Scene *s, float3 o, float3 d, float t, float end)
{
    float3 color = 0;
    float alpha = 0;
    while (t <= end && alpha < OPAQUE)
    {
        float3 p = o + t * d, gradient;
        float far = leap(s, a->step, p, d);
        if (far > 0)
        {
            t += far;
            continue;
        }
        uint2 e = entry(s, sample(s, p, &gradient));
        float opacity = as_float(e.x);
        if (opacity > 0)
        {
            float weight = (1 - alpha) * opacity;
            float3 c = unpack(e.y);
            color += weight * (s->a->shaded ? shade(s->a, c, gradient, 1) : c);
            alpha += weight;
        }
        t += a->step;
    }
    return pack(color, alpha, a->background);
}

// Opacity of a step along which the value goes from one to another, and its colour times that.
static inline float between(const Scene *s, float from, float to, float3 *color)
{
    int a = clamp((from - s->a->tableLow) * s->a->tableScale, 0.0f, TABLE_SIZE - 1.0f), b = clamp((to - s->a->tableLow) * s->a->tableScale, 0.0f, TABLE_SIZE - 1.0f);
    int low = min(a, b), high = max(a, b) + 1;
    int4 sum = s->sums[high] - s->sums[low];
    float opacity = 1 - exp(-sum.x * (1 / EXTINCTION_UNIT) / (high - low));
    *color = opacity / max(sum.x, 1) * (EXTINCTION_UNIT / COLOR_UNIT) * (float3)(sum.y, sum.z, sum.w);
    return opacity;
}

static uint trace_integrated(const RaycastArguments *a, const Scene *s, float3 o, float3 d, float t, float end)
{
    float3 color = 0, gradient;
    float alpha = 0, before = NAN;
    while (t <= end && alpha < OPAQUE)
    {
        float3 p = o + t * d, c;
        float far = leap(s, a->step, p, d);
        if (far > 0 && isnan(before))
        {
            t += far;
            continue;
        }
        if (isnan(before))
            before = sample(s, clamp(p - a->step * d, s->a->boxLow.xyz, s->a->boxHigh.xyz), &gradient);
        float value = sample(s, p, &gradient), opacity = between(s, before, value, &c);
        if (opacity > 0)
        {
            if (a->smooth && s->a->shaded)
                gradient = smooth_gradient(s, p);
            color += (1 - alpha) * (s->a->shaded ? opacity * shade(s->a, c / opacity, gradient, light_at(a, s, p, d, gradient)) : c);
            alpha += (1 - alpha) * opacity;
        }
        before = far > 0 ? NAN : value;
        t += a->step;
    }
    return pack(color, alpha, a->background);
}

static uint trace_projection(const RaycastArguments *a, const Scene *s, float3 o, float3 d, float t, float end)
{
    float least = FLT_MAX, most = -FLT_MAX, sum = 0;
    int count = 0;
    for (; t <= end; t += a->step, count++)
    {
        float3 gradient;
        float value = sample(s, o + t * d, &gradient);
        least = fmin(least, value);
        most = fmax(most, value);
        sum += value;
    }
    if (count == 0)
        return pack(0, 0, a->background);
    return pack(unpack(entry(s, a->mode == MODE_MINIMUM ? least : a->mode == MODE_MEAN ? sum / count : most).y), 1, a->background);
}

static uint trace_isosurface(const RaycastArguments *a, const Scene *s, float3 o, float3 d, float t, float end)
{
    float before = NAN;
    float3 gradient;
    while (t <= end)
    {
        float3 p = o + t * d;
        float far = leap(s, a->step, p, d);
        bool hidden = far > 0;
        if (hidden && isnan(before))
        {
            t += far;
            continue;
        }
        float value = sample(s, p, &gradient) - a->isoValue;
        if (isnan(before))
            before = t - a->step >= 0 ? sample(s, o + (t - a->step) * d, &gradient) - a->isoValue : value;
        if ((before < 0) != (value < 0))
        {
            float near = t - a->step;
            far = t;
            for (int i = 0; i < REFINEMENTS; i++)
            {
                float middle = near + (far - near) * (before / (before - value));
                float at = sample(s, o + middle * d, &gradient) - a->isoValue;
                if ((at < 0) == (before < 0))
                {
                    near = middle;
                    before = at;
                }
                else
                {
                    far = middle;
                    value = at;
                }
            }
            float hit = near + (far - near) * (before / (before - value));
            sample(s, o + hit * d, &gradient);
            if (a->smooth)
                gradient = smooth_gradient(s, o + hit * d);
            return pack(shade(s->a, unpack(entry(s, a->isoValue).y), gradient, light_at(a, s, o + hit * d, d, gradient)), 1, a->background);
        }
        before = hidden ? NAN : value;
        t += a->step;
    }
    return pack(0, 0, a->background);
}

#ifdef LAYERS
static inline bool contains(const LayerArguments *l, float3 p)
{
    return p.x >= l->boxLow.x && p.y >= l->boxLow.y && p.z >= l->boxLow.z && p.x <= l->boxHigh.x && p.y <= l->boxHigh.y && p.z <= l->boxHigh.z;
}

// How far a ray may go on as far as one volume is concerned.
static float leap_layer(const RaycastArguments *a, const Scene *s, float3 at, float3 direction)
{
    float3 p = turned(s->a, at, 1), d = turned(s->a, direction, 0);
    if (contains(s->a, p))
        return leap(s, a->step, p, d);
    float start = 0, end = FLT_MAX;
    return clip_box(s->a->boxLow.xyz, s->a->boxHigh.xyz, p, d, &start, &end) && start <= end ? a->step * fmax(1.0f, ceil(start / a->step)) : FLT_MAX;
}

static uint trace_layers(const RaycastArguments *a, const Scene *volumes, float3 o, float3 d, float t, float end)
{
    float3 color = 0;
    float alpha = 0;
    while (t <= end && alpha < OPAQUE)
    {
        float3 at = o + t * d;
        float far = FLT_MAX;
        for (int i = 0; i < a->layerCount; i++)
            far = fmin(far, leap_layer(a, volumes + i, at, d));
        if (far > 0)
        {
            t += far;
            continue;
        }
        float3 shown = 0;
        float left = 1;
        for (int i = a->layerCount - 1; i >= 0; i--)
        {
            const Scene *s = volumes + i;
            float3 p = turned(s->a, at, 1), gradient;
            if (!contains(s->a, p))
                continue;
            float value = s->a->nearest ? voxel_at(&s->volume, (int)(p.z + 0.5f), (int)(p.y + 0.5f), (int)(p.x + 0.5f)) : sample(s, p, &gradient);
            uint2 e = entry(s, value);
            float opacity = as_float(e.x);
            if (opacity > 0)
            {
                float3 c = unpack(e.y);
                if (a->smooth && s->a->shaded && !s->a->nearest)
                    gradient = smooth_gradient(s, p);
                shown += left * opacity * (s->a->shaded && !s->a->nearest ? shade(s->a, c, gradient, light_at(a, s, at, d, 0)) : c);
                left *= 1 - opacity;
            }
            if (s->a->replaces)
                break;
        }
        color += (1 - alpha) * shown;
        alpha += (1 - alpha) * (1 - left);
        t += a->step;
    }
    return pack(color, alpha, a->background);
}
#endif

// A ray's colour; volumes is the picture's own, or with LAYERS all.
static uint trace(const RaycastArguments *a, const Scene *volumes, int u, int v)
{
    float fu = (u + 0.5f) * a->scale - 0.5f, fv = (v + 0.5f) * a->scale - 0.5f;
    float3 o = a->origin.xyz + fu * a->originRight.xyz + fv * a->originDown.xyz;
    float3 d = normalize(a->direction.xyz + fu * a->directionRight.xyz + fv * a->directionDown.xyz);
    float t, end;
    if (!clip(a, volumes->relief, o, d, &t, &end))
        return pack(0, 0, a->background);
    o += t * d;
    end -= t;
    t = 0;
    if (a->hasSamplePlane)
    {
        float from = -(dot(a->samplePlane.xyz, o) + a->samplePlane.w) / dot(a->samplePlane.xyz, d);
        t = ceil(-from / a->step) * a->step + from;
    }
    if (a->jitter)
        t += a->step * ((noise(u, v) & 0xFFFF) / 65536.0f);
#ifdef LAYERS
    return trace_layers(a, volumes, o, d, t, end);
#else
    return a->mode == MODE_COMPOSITE && a->integrated ? trace_integrated(a, volumes, o, d, t, end)
        : a->mode == MODE_COMPOSITE ? trace_composite(a, volumes, o, d, t, end)
        : a->mode == MODE_ISOSURFACE ? trace_isosurface(a, volumes, o, d, t, end)
                                     : trace_projection(a, volumes, o, d, t, end);
#endif
}

#define VOLUME_ARGUMENTS(n) \
    __constant const Level *levels##n, __global const uint *pages##n, __global const int *ofBrick##n, __global const uchar *maps##n, __global const uint2 *table##n, __global const int4 *sums##n

#ifdef LAYERS
#define SCENE(n) {{pool, levels##n, pages##n, a.layers[n].levels, a.layers[n].type}, a.layers + n, ofBrick##n, maps##n, table##n, sums##n, light, relief}

// Volumes that are not there are given the first one's memory.
__kernel void raycast(
    const RaycastArguments a, __global const uchar *pool, VOLUME_ARGUMENTS(0), VOLUME_ARGUMENTS(1), VOLUME_ARGUMENTS(2), VOLUME_ARGUMENTS(3),
    __global const uchar *light, __global const float *relief, __global uint *target)
{
    int u = get_global_id(0), v = get_global_id(1);
    if (u >= a.width || v >= a.height)
        return;
    Scene volumes[MOST_VOLUMES] = {SCENE(0), SCENE(1), SCENE(2), SCENE(3)};
    target[v * a.width + u] = trace(&a, volumes, u, v);
}
#else
__kernel void raycast(const RaycastArguments a, __global const uchar *pool, VOLUME_ARGUMENTS(0), __global const uchar *light, __global const float *relief, __global uint *target)
{
    int u = get_global_id(0), v = get_global_id(1);
    if (u >= a.width || v >= a.height)
        return;
    Scene own = {{pool, levels0, pages0, a.layers[0].levels}, a.layers, ofBrick0, maps0, table0, sums0, light, relief};
    target[v * a.width + u] = trace(&a, &own, u, v);
}
#endif
