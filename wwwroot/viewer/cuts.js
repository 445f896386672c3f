// Where the other slices cut a slice: the lines of the crosshair, which the grips of planes.js take hold of.
import { add, cross, depthOf, dot, follows, length, slicePlane, sub } from './geometry.js';
import { zeroPoint } from './band.js';
import { crisp, stroke } from './marks.js';

const nodes = 33, gap = 7;

/**
 * The lines in which the other slices of `view` cut what `map` shows: [{ other, points, isCurved }], points in CSS pixels. The map may be
 * of a picture that is older than the view.
 */
export function cutsOf(viewer, view, pane, map, width, height) {
  const { depth } = viewer.scene;
  return [0, 1, 2].filter(other => other !== pane).map(other => {
    const { normal } = slicePlane(view, other), isSheet = follows(view, other, depth);
    if (map.depthUm === undefined && !isSheet) return { other, points: straightCut(view, map, normal, width + height), isCurved: false };
    return { other, points: curvedCut(view, map, isSheet ? depth : null, normal, width, height), isCurved: true };
  });
}

// Where another slice cuts this one, or, where `sheet` is how depth is measured, where the slice along the interface does.
function curvedCut(view, map, sheet, normal, width, height) {
  const um = sheet ? depthOf(sheet, view.focus) : 0;
  const off = sheet ? p => depthOf(sheet, p) - um : p => dot(sub(p, view.focus), normal);
  // Along its steeper way across the pane a distance is all but linear.
  const slope = axis => Math.abs(sheet ? off(add(map.middle, axis)) - off(map.middle) : dot(axis, normal));
  const isDown = slope(map.down) >= slope(map.right), [along, aside] = isDown ? [width, height] : [height, width];
  return Array.from({ length: nodes }, (_, i) => zeroPoint(map, isDown, i / (nodes - 1) * along, aside, off));
}

function straightCut(view, map, normal, reach) {
  const way = cross(map.normal, normal), l = length(way);
  if (l < 1e-6) return [];
  const [x, y] = map.toScreen(view.focus), dx = dot(way, map.right) / l, dy = dot(way, map.down) / l, far = reach + Math.hypot(x, y);
  const sharp = Math.abs(dx) < 1e-6 || Math.abs(dy) < 1e-6, [cx, cy] = sharp ? [crisp(x), crisp(y)] : [x, y];
  return [[cx - dx * far, cy - dy * far], [cx + dx * far, cy + dy * far]];
}

/** Draws the lines, with a gap where they meet. */
export function drawCuts(g, cuts, [x, y]) {
  const path = new Path2D();
  for (const { points } of cuts)
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [points[i - 1], points[i]], l = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
      // The part of the piece that is nearer to the middle than the gap, as shares of its length.
      const t = ((x - a[0]) * (b[0] - a[0]) + (y - a[1]) * (b[1] - a[1])) / l;
      const off = Math.hypot(x - a[0], y - a[1]) ** 2 - t * t, half = off < gap * gap ? Math.sqrt(gap * gap - Math.max(0, off)) : 0;
      const at = s => [a[0] + (b[0] - a[0]) * s / l, a[1] + (b[1] - a[1]) * s / l], [from, to] = [t - half, t + half];
      if (!half || from >= l || to <= 0) line(path, a, b);
      else {
        if (from > 0) line(path, a, at(from));
        if (to < l) line(path, at(to), b);
      }
    }
  stroke(g, path, 'rgba(255,255,255,.82)', 1);
}

function line(path, a, b) {
  path.moveTo(a[0], a[1]);
  path.lineTo(b[0], b[1]);
}
