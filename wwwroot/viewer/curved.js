// Slices along the interface: where there is none, what solids they cut, and what tools do in them. Their map is in geometry.js.
import { add, dot, length, sub } from './geometry.js';
import { plate, plateWidth } from './marks.js';
import { frame, kinds, outline } from './shapes.js';

const grid = 12, rays = 64, halvings = 14;

/** Why a tool does nothing in such a slice, or what is to be known of it there. */
export function noteOn(kind) {
  const { flat, name } = kinds[kind];
  if (flat) return `A ${name.toLowerCase()} is flat, and this slice follows the interface; draw it in another slice, or press U first.`;
  const isLine = ['ruler', 'angle', 'profile'].includes(kind);
  return isLine ? `${name}: straight lines between the places in the volume, not along the curved slice.` : '';
}

// Says once what the stripes of a slice along the interface mean: where most of them are, beside what is written there already.
export function drawUnknown(g, b, map, width, height, labels) {
  const columns = 12, rows = 9, found = [];
  for (let i = 0; i < columns * rows; i++) {
    const at = [(i % columns + .5) / columns * width, (Math.floor(i / columns) + .5) / rows * height], p = map.toWorld(...at);
    const isInside = [map.right, map.down].every(axis => dot(p, axis) >= dot(b.low, axis) && dot(p, axis) <= dot(b.high, axis));
    if (isInside && !map.isKnown(...at)) found.push(at);
  }
  if (!found.length) return;
  const text = 'no interface here', wide = plateWidth(g, text), near = width / columns * 1.6;
  const corner = ([x, y]) => [Math.max(2, Math.min(width - wide - 2, x - wide / 2)), y - 9];
  const around = at => found.filter(o => Math.hypot(o[0] - at[0], o[1] - at[1]) < near).length;
  const free = found.filter(at => labels.isFree(...corner(at), wide)), place = free.length ? free : found;
  const [left, top] = corner(place.reduce((a, c) => around(c) > around(a) ? c : a));
  plate(g, text, left, top);
  labels.reserve(left, top, wide, 18);
}

/** What the sheet that `map` shows cuts of a sphere or a box: lines as `outline` has them, empty where it misses it. */
export function sectionOnCurve(m, map) {
  const isIn = insideOf(m), at = (x, y) => isIn(map.toWorld(x, y));
  const corners = outline(m).flatMap(l => l.points.map(map.toScreen));
  const [low, high] = [Math.min, Math.max].map(f => [0, 1].map(k => f(...corners.map(c => c[k]))));
  const found = [];
  for (let i = 0; i < grid * grid; i++) {
    const p = [0, 1].map(k => low[k] + (high[k] - low[k]) * ((k ? Math.floor(i / grid) : i % grid) + .5) / grid);
    if (at(...p)) found.push(p);
  }
  if (!found.length) return [];
  // Bodies are convex and the sheet is all but flat across one, so that every ray from the middle of what is cut leaves it once.
  const middle = [0, 1].map(k => found.reduce((sum, p) => sum + p[k], 0) / found.length);
  const reach = Math.hypot(high[0] - low[0], high[1] - low[1]);
  const points = Array.from({ length: rays }, (_, i) => {
    const [dx, dy] = [Math.cos(i / rays * 2 * Math.PI), Math.sin(i / rays * 2 * Math.PI)];
    let [a, b] = [0, reach];
    for (let k = 0; k < halvings; k++) {
      const c = (a + b) / 2;
      if (at(middle[0] + c * dx, middle[1] + c * dy)) a = c; else b = c;
    }
    return map.toWorld(middle[0] + a * dx, middle[1] + a * dy);
  });
  return [{ points, closed: true }];
}

function insideOf(m) {
  const [p, q] = m.pointsUm;
  if (m.kind === 'sphere') {
    const radius = length(sub(q, p));
    return at => length(sub(at, p)) <= radius;
  }
  const f = frame(m), axes = [f.right, f.down, f.normal], size = axes.map(a => dot(sub(q, p), a));
  return at => axes.every((a, k) => { const t = dot(sub(at, p), a) / (size[k] || 1e-9); return t >= 0 && t <= 1; });
}
