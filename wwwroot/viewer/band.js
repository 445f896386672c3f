// The band and the interface in slices: where depths lie as lines, and the grips by which the band's limits are dragged.
import { across, atDepth, isAcross } from './geometry.js';
import { pathOf, stroke } from './marks.js';

export const bandColor = '#b49cff';
const axisIndex = { z: 0, y: 1, x: 2 }, nodes = 25, gripInset = 9;

export function drawBand(g, viewer, view, map, width, height) {
  if (!view.bandVisible) return;
  if (isAcross(viewer.scene.depth, map)) {
    if (isInBand(viewer, view, map)) {
      const frame = new Path2D();
      frame.rect(2, 2, width - 4, height - 4);
      stroke(g, frame, bandColor, 2);
    }
    return;
  }
  const lines = view.band.map(um => depthLine(viewer, map, width, height, um));
  g.fillStyle = 'rgba(180,156,255,.10)';
  g.fill(pathOf([...lines[0], ...lines[1].toReversed()], true));
  for (const points of lines) stroke(g, pathOf(points), bandColor, 1.25);
}

/** Whether a slice across the depth axis lies in the band. */
export function isInBand(viewer, view, map) {
  const here = viewer.depthOf(map.middle);
  return view.bandVisible && isAcross(viewer.scene.depth, map) && here >= view.band[0] && here <= view.band[1];
}

// Where a slice across the depth axis passes a depth, as points in pixels. Depth along the pane's steeper way is all but linear: where
// each column (or row) of pixels passes it is found by three secant steps.
function depthLine(viewer, map, width, height, um) {
  const isDown = runsAcross(viewer, map), along = isDown ? width : height;
  return Array.from({ length: nodes }, (_, i) => linePoint(viewer, map, isDown, i / (nodes - 1) * along, isDown ? height : width, um));
}

// Whether lines of a depth run from the pane's left to its right.
const runsAcross = (viewer, { right, down }, axis = axisIndex[viewer.scene.depth.axis]) => Math.abs(down[axis]) >= Math.abs(right[axis]);

const linePoint = (viewer, map, isDown, t, most, um) => zeroPoint(map, isDown, t, most, p => viewer.depthOf(p) - um);

/** Where a function of the place is 0 in a column of pixels (isDown) or in a row. */
export function zeroPoint(map, isDown, t, most, of) {
  const off = s => of(isDown ? map.toWorld(t, s) : map.toWorld(s, t));
  let [a, b] = [0, most];
  for (let k = 0; k < 3; k++) {
    const [fa, fb] = [off(a), off(b)], c = a - fa * (b - a) / (fb - fa || 1);
    [a, b] = [b, c];
  }
  return isDown ? [t, b] : [b, t];
}

/** Where the grips of the band's limits are, at the pane's left or upper edge: [x, y] each, or null for one that is not in the pane. */
export function bandGrips(viewer, view, map, width, height) {
  if (!view.bandVisible || isAcross(viewer.scene.depth, map)) return { isDown: true, at: [null, null] };
  const isDown = runsAcross(viewer, map), most = isDown ? height : width;
  const at = view.band.map(um => linePoint(viewer, map, isDown, gripInset, most, um));
  return { isDown, at: at.map(p => { const s = isDown ? p[1] : p[0]; return s > 4 && s < most - 4 ? p : null; }) };
}

/** Draws the grips: tabs with two ridges, which say that they can be dragged. */
export function drawGrips(g, { isDown, at }) {
  for (const p of at) {
    if (!p) continue;
    const [x, y] = [Math.round(p[0]), Math.round(p[1])], [w, h] = isDown ? [18, 12] : [12, 18];
    g.fillStyle = 'rgba(0,0,0,.85)';
    g.beginPath();
    g.roundRect(x - w / 2 - 1, y - h / 2 - 1, w + 2, h + 2, 4);
    g.fill();
    g.fillStyle = bandColor;
    g.beginPath();
    g.roundRect(x - w / 2, y - h / 2, w, h, 3);
    g.fill();
    g.fillStyle = '#000';
    for (const d of [-2, 1]) g.fillRect(isDown ? x - 4 : x + d, isDown ? y + d : y - 4, isDown ? 8 : 1, isDown ? 1 : 8);
  }
}

/** The point of a slice across the depth axis whose two other coordinates are given. */
export function inPlane(depth, map, [cu, cv]) {
  const [u, v] = across(depth), p = [...map.middle];
  [p[u], p[v]] = [cu, cv];
  return map.depthUm === undefined ? p : atDepth(depth, cu, cv, map.depthUm);
}

// The interface, or in a slice across it the cell's outline, and the points that correct it, while somebody corrects it.
export function drawInterface(g, viewer, view, map, width, height) {
  const depth = viewer.scene.depth, reach = 2 * Math.min(...viewer.volume(view).voxelUm), isOutline = isAcross(depth, map);
  const points = isOutline ? depth.outlinePointsUm.map(p => inPlane(depth, map, p)) : depth.pointsUm;
  const border = isOutline ? depth.outlineUm.map(p => map.toScreen(inPlane(depth, map, p))) : depthLine(viewer, map, width, height, 0);
  stroke(g, pathOf(border, isOutline), '#fff', 1.5, [6, 4]);
  for (const point of points) {
    const [x, y, off] = map.toScreen(point);
    if (Math.abs(off) > reach) continue;
    g.fillStyle = '#000';
    g.fillRect(x - 6, y - 6, 12, 12);
    g.fillStyle = '#fff';
    g.fillRect(x - 5, y - 5, 10, 10);
  }
}
