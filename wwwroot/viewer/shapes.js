// Shapes of measurements in the world: outlines, handles and the numbers that are shown while somebody drags. Points are [z, y, x] in µm.
// The same definitions as MeasurementRules on the server, which computes what is kept.
import { add, cross, dot, length, sub } from './geometry.js';
import { decimals } from './overlay.js';

/** Kinds in the order of the tools: name, key, what to do, and how many points they take (with `many`, at least). */
export const kinds = {
  ruler: { name: 'Ruler', key: 'M', points: 2, in3d: true, hint: 'drag from one place to another, or click both' },
  angle: { name: 'Angle', key: 'A', points: 3, in3d: true, hint: 'click the end of one arm, the corner, the end of the other arm' },
  profile: { name: 'Line profile', key: 'L', points: 2, in3d: true, hint: 'drag along what the values are wanted of' },
  circle: { name: 'Circle', key: 'O', points: 2, flat: true, hint: 'drag from the middle to the rim' },
  rectangle: { name: 'Rectangle', key: 'E', points: 2, flat: true, hint: 'drag from corner to corner' },
  polygon: { name: 'Polygon', key: 'Y', points: 3, many: true, flat: true, hint: 'click the corners; Enter or a double click ends it' },
  sphere: { name: 'Sphere', key: 'S', points: 2, in3d: true, hint: 'drag from the middle to the surface' },
  box: { name: 'Box', key: 'K', points: 2,
    hint: 'drag from corner to corner; it is as deep as its shorter side, and can be dragged deeper in another slice' },
  polyline: { name: 'Polyline', key: 'L', shift: true, points: 2, many: true, in3d: true,
    hint: 'click along the line; Enter or a double click ends it' },
  point: { name: 'Point', key: 'P', shift: true, points: 1, in3d: true, hint: 'click the place' },
  note: { name: 'Text note', key: 'N', shift: true, points: 1, in3d: true,
    hint: 'click the place, or drag from it to where the text shall stand; then write' },
};

// As MeasurementRules has it, µm.
const leastUm = 1e-6;

const unit = a => add([0, 0, 0], a, 1 / (length(a) || 1));

/** A measurement's axes: right, down and normal; those of the world where it was drawn in 3D. */
export function frame(m) {
  const right = m.right ?? [0, 0, 1], down = m.down ?? [0, 1, 0];
  return { right, down, normal: cross(right, down) };
}

const inFrame = (f, d) => [dot(d, f.right), dot(d, f.down), dot(d, f.normal)];
const fromFrame = (f, o, [u, v, w]) => add(add(add(o, f.right, u), f.down, v), f.normal, w);

function ring(middle, a, b, radius, steps = 72) {
  return Array.from({ length: steps }, (_, i) => {
    const t = i / steps * 2 * Math.PI;
    return add(add(middle, a, radius * Math.cos(t)), b, radius * Math.sin(t));
  });
}

const boxCorner = (m, i) => {
  const f = frame(m), [u, v, w] = inFrame(f, sub(m.pointsUm[1], m.pointsUm[0]));
  return fromFrame(f, m.pointsUm[0], [i & 1 ? u : 0, i & 2 ? v : 0, i & 4 ? w : 0]);
};

/** Lines that a measurement is drawn as, in 3D and in slices of its own plane: [{ points, closed }]. */
export function outline(m) {
  const p = m.pointsUm, f = frame(m), radius = p.length > 1 ? length(sub(p[1], p[0])) : 0;
  switch (m.kind) {
    case 'circle': return [{ points: ring(p[0], f.right, f.down, radius), closed: true }];
    case 'rectangle': return [{ points: [0, 1, 3, 2].map(i => rectangleCorner(m, i)), closed: true }];
    case 'polygon': return [{ points: p, closed: !m.open }];
    case 'sphere': return [[f.right, f.down], [f.right, f.normal], [f.down, f.normal]].map(([a, b]) =>
      ({ points: ring(p[0], a, b, radius), closed: true }));
    case 'box': return [[0, 1, 3, 2], [4, 5, 7, 6]].map(c => ({ points: c.map(i => boxCorner(m, i)), closed: true }))
      .concat([0, 1, 2, 3].map(i => ({ points: [boxCorner(m, i), boxCorner(m, i | 4)], closed: false })));
    default: return [{ points: p, closed: false }];
  }
}

function rectangleCorner(m, i) {
  const f = frame(m), [u, v] = inFrame(f, sub(m.pointsUm[1], m.pointsUm[0]));
  return fromFrame(f, m.pointsUm[0], [i & 1 ? u : 0, i & 2 ? v : 0, 0]);
}

/** What a slice cuts of a sphere or a box: lines as in `outline`, empty where it misses it. */
export function section(m, map) {
  const p = m.pointsUm;
  if (m.kind === 'sphere') {
    const radius = length(sub(p[1], p[0])), off = dot(sub(p[0], map.middle), map.normal), r2 = radius ** 2 - off ** 2;
    return r2 <= 0 ? [] : [{ points: ring(add(p[0], map.normal, -off), map.right, map.down, Math.sqrt(r2)), closed: true }];
  }
  const cuts = [];
  for (let i = 0; i < 8; i++)
    for (const bit of [1, 2, 4]) {
      if (i & bit) continue;
      const a = boxCorner(m, i), b = boxCorner(m, i | bit);
      const [da, db] = [a, b].map(c => dot(sub(c, map.middle), map.normal));
      if (da <= 0 !== db <= 0) cuts.push(add(a, sub(b, a), da / (da - db)));
    }
  if (cuts.length < 3) return [];
  const middle = cuts.reduce((s, c) => add(s, c, 1 / cuts.length), [0, 0, 0]);
  const angle = c => Math.atan2(dot(sub(c, middle), map.down), dot(sub(c, middle), map.right));
  return [{ points: cuts.sort((a, b) => angle(a) - angle(b)), closed: true }];
}

/**
 * Where a measurement can be taken hold of: [{ at, move(to) }], where move gives its points anew. `to` is where the pointer is, in the
 * plane of the pane, at the handle's own distance from it.
 */
export function handles(m) {
  const p = m.pointsUm, f = frame(m);
  const replace = (i, to) => p.map((q, k) => k === i ? to : q);
  const whole = to => p.map(q => add(q, sub(to, p[0])));
  if (m.kind === 'circle' || m.kind === 'sphere') return [{ at: p[0], move: whole }, { at: p[1], move: to => replace(1, to) }];
  if (m.kind === 'rectangle')
    return [0, 1, 2, 3].map(i => ({ at: rectangleCorner(m, i), move: to => {
      // The corner opposite stays.
      const stays = rectangleCorner(m, 3 - i);
      return [stays, to];
    } }));
  if (m.kind !== 'box') return p.map((at, i) => ({ at, move: to => replace(i, to) }));
  const middle = add(p[0], sub(p[1], p[0]), .5), size = inFrame(f, sub(p[1], p[0]));
  return [f.right, f.down, f.normal].flatMap((axis, k) => [0, 1].map(end => ({
    at: add(middle, axis, (end ? 1 : -1) * size[k] / 2), axis,
    // A face moves along its axis alone.
    move: to => replace(end, add(p[end], axis, dot(sub(to, p[end]), axis))),
  })));
}

/** Why a shape is none: it has no length or size; null where it has. */
export function withoutSize(m) {
  const p = m.pointsUm, f = frame(m), sizes = p.length > 1 ? inFrame(f, sub(p[1], p[0])).map(Math.abs) : [];
  const isEmpty = n => sizes.slice(0, n).some(size => size < leastUm), isNowhere = p.every(q => length(sub(q, p[0])) < leastUm);
  switch (m.kind) {
    case 'ruler': case 'polyline': case 'profile':
      return isNowhere ? `The ${kinds[m.kind].name.toLowerCase()} has no length; draw it from one place to another.` : null;
    case 'rectangle': case 'box':
      return isEmpty(m.kind === 'box' ? 3 : 2) ? 'The region has no size; draw it from one place to another.' : null;
    case 'circle': case 'sphere':
      return isNowhere ? 'The region has no size; draw it from one place to another.' : null;
    default: return null;
  }
}

/** A box from a rectangle in a slice, as deep as its shorter side. */
export function boxOf(from, to, { right, down, normal }) {
  const d = sub(to, from), depth = Math.min(Math.abs(dot(d, right)), Math.abs(dot(d, down)));
  return [add(from, normal, -depth / 2), add(to, normal, depth / 2)];
}

/** The numbers while somebody draws, with the digits that the voxel size justifies; the server's take their place. */
export function readout(m, voxelUm) {
  const p = m.pointsUm, f = frame(m), n = decimals(voxelUm), um = v => v.toFixed(n);
  if (p.length < 2) return '';
  const d = sub(p[1], p[0]), r = length(d), [u, v, w] = inFrame(f, d).map(Math.abs);
  switch (m.kind) {
    case 'angle': {
      if (p.length < 3) return `${um(r)} µm`;
      const [a, b] = [unit(sub(p[0], p[1])), unit(sub(p[2], p[1]))];
      return `${(Math.atan2(length(cross(a, b)), dot(a, b)) * 180 / Math.PI).toFixed(1)}°`;
    }
    case 'circle': return `r ${um(r)} µm · ${big(Math.PI * r * r)} µm²`;
    case 'rectangle': return `${um(u)} × ${um(v)} µm · ${big(u * v)} µm²`;
    case 'sphere': return `r ${um(r)} µm · ${big(4 / 3 * Math.PI * r ** 3)} µm³`;
    case 'box': return `${um(u)} × ${um(v)} × ${um(w)} µm · ${big(u * v * w)} µm³`;
    case 'polygon': return p.length < 3 ? `${um(r)} µm` : `${big(areaOf(p, f))} µm²`;
    case 'polyline': return `${um(p.slice(1).reduce((sum, q, i) => sum + length(sub(q, p[i])), 0))} µm`;
    case 'note': return '';
    default: return `${um(r)} µm`;
  }
}

const big = v => (+v.toPrecision(4)).toLocaleString('en', { maximumFractionDigits: 3 }).replaceAll(',', '\u202f');

// By the shoelace formula, in the plane.
function areaOf(points, f) {
  let sum = 0;
  points.forEach((p, i) => {
    const [au, av] = inFrame(f, p), [bu, bv] = inFrame(f, points[(i + 1) % points.length]);
    sum += au * bv - bu * av;
  });
  return Math.abs(sum) / 2;
}
