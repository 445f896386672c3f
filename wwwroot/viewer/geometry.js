// Where things are: points are [z, y, x] in µm, vectors alike. The same frames as SlicePlane and VolumeRenderer on the server.
export const add = (a, b, f = 1) => [a[0] + f * b[0], a[1] + f * b[1], a[2] + f * b[2]];
export const sub = (a, b) => add(a, b, -1);
export const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a, b) => [a[2] * b[1] - a[1] * b[2], a[0] * b[2] - a[2] * b[0], a[1] * b[0] - a[0] * b[1]];
export const length = a => Math.sqrt(dot(a, a));
const rad = deg => deg * Math.PI / 180;

/** A vector turned about z, then y, then x, as SliceRotation on the server. */
export function turn([az, ay, ax], v) {
  const cz = Math.cos(rad(az)), sz = Math.sin(rad(az)), cy = Math.cos(rad(ay)), sy = Math.sin(rad(ay)), cx = Math.cos(rad(ax)), sx = Math.sin(rad(ax));
  v = [v[0], cz * v[1] + sz * v[2], -sz * v[1] + cz * v[2]];
  v = [cy * v[0] - sy * v[2], v[1], sy * v[0] + cy * v[2]];
  return [cx * v[0] + sx * v[1], -sx * v[0] + cx * v[1], v[2]];
}

/** Unit vectors to the right, down and through the slices that are not turned. */
export const frames = [
  [[0, 0, 1], [0, 1, 0], [1, 0, 0]],
  [[0, 0, 1], [1, 0, 0], [0, 1, 0]],
  [[0, 1, 0], [1, 0, 0], [0, 0, 1]],
];

/** Unit vectors to the right, down and through a slice pane (0 z, 1 y, 2 x), and its middle. */
export function slicePlane(view, pane) {
  let [right, down, normal] = frames[pane].map(v => turn(view.rotation, v));
  const roll = rad(view.roll[pane]), c = Math.cos(roll), s = Math.sin(roll);
  if (roll) [right, down] = [add(add([0, 0, 0], right, c), down, s), add(add([0, 0, 0], down, c), right, -s)];
  return { right, down, normal, middle: add(view.center, normal, dot(sub(view.focus, view.center), normal)) };
}

// Cosine of the angle within which directions are the same, as on the server.
const straight = 1 - 1e-9;

/** Whether a slice lies across its axis, with the axes to the right and down. */
export const isStraight = (map, pane) => dot(map.right, frames[pane][0]) > straight && dot(map.down, frames[pane][1]) > straight;

/** Whether a slice follows the interface: the one across the depth axis, where the view asks for it. */
export const follows = (view, pane, depth) => view.followsInterface && depth.isKnown && axes[depth.axis] === pane;

/**
 * A slice's mapping between CSS pixels and the world. A slice that follows the interface has `depthUm`, and distances from it are depths;
 * its right, down and normal are those of a level plane through its middle. `lift` moves a point off the slice by a distance.
 */
export function sliceMap(view, pane, width, height, umPerPixel, depth) {
  if (follows(view, pane, depth)) return curvedMap(view, pane, width, height, umPerPixel, depth);
  const plane = slicePlane(view, pane);
  return {
    ...plane, um: umPerPixel, isKnown: () => true, lift: (p, off) => add(p, plane.normal, off),
    toWorld: (x, y) => add(add(plane.middle, plane.right, (x - width / 2) * umPerPixel), plane.down, (y - height / 2) * umPerPixel),
    toScreen: p => {
      const d = sub(p, plane.middle);
      return [dot(d, plane.right) / umPerPixel + width / 2, dot(d, plane.down) / umPerPixel + height / 2, dot(d, plane.normal)];
    },
  };
}

function curvedMap(view, pane, width, height, um, depth) {
  const [right, down, normal] = frames[pane], [u, v] = across(depth);
  const depthUm = Math.round(1e6 * depthOf(depth, view.focus)) / 1e6;
  const onto = (p, off = 0) => atDepth(depth, p[u], p[v], depthUm + off), middle = onto(view.center);
  const level = (x, y) => add(add(middle, right, (x - width / 2) * um), down, (y - height / 2) * um);
  return {
    right, down, normal, middle, um, depthUm,
    toWorld: (x, y) => onto(level(x, y)),
    toScreen: p => {
      const d = sub(p, middle);
      return [dot(d, right) / um + width / 2, dot(d, down) / um + height / 2, depthOf(depth, p) - depthUm];
    },
    isKnown: (x, y) => isSeenAt(depth, level(x, y)),
    isSeen: p => isSeenAt(depth, p),
    lift: (p, off) => onto(p, depthOf(depth, p) - depthUm + off),
  };
}

const fieldOfView = 30;

/** The 3D picture's eye and axes. */
export function cameraFrame(view, bounds, aspect) {
  const [azimuth, elevation, given, ...target] = view.camera;
  const az = rad(azimuth), el = rad(Math.max(-89.5, Math.min(89.5, elevation)));
  const fit = Math.max(1, 1 / aspect) * length(sub(bounds.high, bounds.low)) / 2 / Math.sin(rad(fieldOfView / 2));
  const distance = given > 0 ? given : fit;
  const center = given > 0 ? target : add(bounds.low, sub(bounds.high, bounds.low), 0.5);
  const back = [-Math.sin(el), -Math.cos(el) * Math.cos(az), Math.cos(el) * Math.sin(az)];
  return {
    distance, center, back, eye: add(center, back, distance),
    right: [0, Math.sin(az), Math.cos(az)],
    down: [Math.cos(el), -Math.sin(el) * Math.cos(az), Math.sin(el) * Math.sin(az)],
  };
}

/** Projection of the 3D pane: world to CSS pixels and depth along the view, or null behind the eye. */
export function cameraMap(view, bounds, width, height) {
  const f = cameraFrame(view, bounds, width / height);
  const scale = height / (2 * Math.tan(rad(fieldOfView / 2)));
  return {
    ...f, umPerPixel: f.distance / scale,
    toScreen: p => {
      const d = sub(p, f.eye), along = -dot(d, f.back);
      return along <= 1e-6 ? null : [width / 2 + scale * dot(d, f.right) / along, height / 2 + scale * dot(d, f.down) / along, along];
    },
  };
}

/** A round length of at most `most` µm: 1, 2 or 5 times a power of ten. */
export function roundLength(most) {
  const p = 10 ** Math.floor(Math.log10(most));
  return most >= 5 * p ? 5 * p : most >= 2 * p ? 2 * p : p;
}

/** Size of a voxel for people, µm: one number of a cubic one, else all three, z × y × x. */
export const formatVoxel = ([z, y, x]) => {
  const n = v => String(+v.toPrecision(4)), alike = Math.abs(z - x) <= 1e-6 * x && Math.abs(y - x) <= 1e-6 * x;
  return alike ? `${n(x)} µm/voxel` : `${n(z)} × ${n(y)} × ${n(x)} µm/voxel (z × y × x)`;
};

export const formatLength = um => um >= 1000 ? `${um / 1000} mm` : um >= 1 ? `${um} µm` : `${Math.round(um * 1000)} nm`;

const others = { z: [1, 2], y: [0, 2], x: [0, 1] }, axes = { z: 0, y: 1, x: 2 };

/** Height of the interface on the depth axis at a place across it: the server's InterfaceSurface, or a plane. */
function interfaceAt(depth, u, v) {
  const s = depth.surface;
  if (!s) return depth.interfaceUm;
  const [nu, nv] = s.shape, clamp = (x, n) => Math.max(0, Math.min(n - 1, x));
  const a = clamp((u - s.originUm[0]) / s.stepUm, nu), b = clamp((v - s.originUm[1]) / s.stepUm, nv);
  const i = Math.min(Math.floor(a), nu - 2), j = Math.min(Math.floor(b), nv - 2), fa = a - i, fb = b - j, k = i * nv + j, h = s.heightsUm;
  return (h[k] * (1 - fb) + h[k + 1] * fb) * (1 - fa) + (h[k + nv] * (1 - fb) + h[k + nv + 1] * fb) * fa;
}

const filledNodes = new WeakMap();

/** Whether the interface was seen above or below a point, within the cell's outline: the server's InterfaceSheet.IsKnownAt. */
function isSeenAt(depth, p) {
  const [u, v] = across(depth).map(i => p[i]), s = depth.surface;
  if (s) {
    const [nu, nv] = s.shape, a = (u - s.originUm[0]) / s.stepUm, b = (v - s.originUm[1]) / s.stepUm;
    if (!(a >= -.5 && a <= nu - .5 && b >= -.5 && b <= nv - .5)) return false;
    if (!filledNodes.has(s)) filledNodes.set(s, new Set(s.filled ?? []));
    const clamp = (x, n) => Math.max(0, Math.min(n - 2, Math.floor(x))), k = clamp(a, nu) * nv + clamp(b, nv), filled = filledNodes.get(s);
    if ([k, k + 1, k + nv, k + nv + 1].some(i => filled.has(i))) return false;
  }
  const o = depth.outlineUm;
  return !o.length || o.reduce((inside, [bu, bv], i) => {
    const [au, av] = o[(i + o.length - 1) % o.length];
    return au <= u !== bu <= u && v >= av + (u - au) / (bu - au) * (bv - av) ? !inside : inside;
  }, false);
}

/** Depth of a point, µm. */
export function depthOf(depth, p) {
  const [u, v] = others[depth.axis];
  return depth.direction * (p[axes[depth.axis]] - interfaceAt(depth, p[u], p[v])) * (depth.surface?.cosine ?? 1);
}

/** The point at a depth above or below a place across the depth axis. */
export function atDepth(depth, u, v, um) {
  const [a, b] = others[depth.axis], p = [0, 0, 0];
  p[axes[depth.axis]] = interfaceAt(depth, u, v) + depth.direction * um / (depth.surface?.cosine ?? 1);
  p[a] = u;
  p[b] = v;
  return p;
}

/** Whether a slice lies across the depth axis, so that depths are no lines in it. */
export const isAcross = (depth, map) => Math.abs(map.right[axes[depth.axis]]) < 1e-6 && Math.abs(map.down[axes[depth.axis]]) < 1e-6;

/** Which axes, z y x as 0 1 2, lie across the depth axis. */
export const across = depth => others[depth.axis];
