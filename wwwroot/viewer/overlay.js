// What is drawn over the pictures: crosshair, band, sites, scale bar, axes. Pure drawing; the view is that of the picture below.
import {
  dot, sliceMap, cameraMap, roundLength, formatLength, across, atDepth, frames, isAcross, isStraight,
} from './geometry.js';
import { bandColor, bandGrips, drawBand, drawGrips, drawInterface, isInBand } from './band.js';
import { drawColorBar, drawLegend } from './colorbar.js';
import { drawUnknown } from './curved.js';
import { cutsOf, drawCuts } from './cuts.js';
import { Labels, circle, crisp, label, pathOf, plateWidth, plate, stroke } from './marks.js';

export { inPlane } from './band.js';

const names = ['z', 'y', 'x'], sides = [['x', 'y'], ['x', 'z'], ['y', 'z']];
// Amber is void, and nothing else: what nobody has judged yet is white.
const statusColors = { proposed: '#ffffff', confirmed: '#35c9e8', rejected: '#b4b4b4' };
const mostLabels = 150, titleWidth = 290, titleHeight = 32, sliderWidth = 40;

/** Decimals that a voxel size justifies. */
export const decimals = um => Math.max(0, Math.min(3, Math.ceil(-Math.log10(um) + 0.3)));

/**
 * Where a slice lies, in words: its axis and position, or how it is turned, or that it follows the interface; and its depth, where the
 * whole slice has one.
 */
export function sliceTitle(viewer, view, pane) {
  const n = decimals(Math.min(...viewer.volume(view).voxelUm)), { depth } = viewer.scene, map = sliceMap(view, pane, 1, 1, 1, depth);
  const um = depth.isKnown && isAcross(depth, map) ? viewer.depthOf(map.middle) : null, isCurved = map.depthUm !== undefined;
  const isTurned = !isStraight(map, pane), guessed = isCurved && !map.isSeen(view.focus) ? ' by a filled-in interface' : '';
  const place = isCurved ? 'along the interface' : isTurned ? `${dot(view.focus, map.normal).toFixed(n)} µm, ${turnOf(map, pane)}`
    : `${view.focus[pane].toFixed(n)} µm`;
  const at = isCurved ? `${names[pane]} ${place}` : `${names[pane]}${isTurned ? '′' : ''} ${place}`;
  return { at, isTurned, isCurved, depth: um === null ? '' : `depth ${um.toFixed(n)} µm${guessed}`, isInBand: isInBand(viewer, view, map) };
}

// The angles of a turned slice's normal, as SliceAngles on the server; of one that is turned in its own plane, that it is.
function turnOf({ normal }, pane) {
  const [r, d, n] = frames[pane].map(v => dot(normal, v)), deg = rad => rad * 180 / Math.PI, across = Math.hypot(n, d);
  const [down, right] = [across < 1e-9 ? 0 : deg(Math.atan2(d, n)), deg(Math.atan2(r, across))], [toRight, toDown] = sides[pane];
  const say = (angle, to) => Math.abs(angle) >= .05 ? `${angle.toFixed(1).replace('-', '−')}° to ${to}` : '';
  return `turned ${[say(down, toDown), say(right, toRight)].filter(Boolean).join(', ') || 'in its plane'}`;
}

/**
 * Draws over a slice, and returns where labels of marks are. On the screen the title and the slider are elements of their own, and labels
 * stay off them and whatever else covers the picture (rectangles of x, y, width, height); a figure has the title drawn.
 */
export function drawSlice(g, viewer, view, pane, width, height, covered = null) {
  const isScreen = covered !== null;
  const map = sliceMap(view, pane, width, height, viewer.umPerPixel(view, pane), viewer.scene.depth), labels = new Labels(width, height);
  const edge = isScreen ? sliderWidth : 0;
  labels.reserve(0, 0, Math.min(width, titleWidth), titleHeight);
  if (isScreen) labels.reserve(width - edge, 0, edge, height);
  if (isScreen && viewer.nested) labels.reserve(0, height - 62, Math.min(width, titleWidth), 26);
  for (const box of covered ?? []) labels.reserve(...box);
  drawBand(g, viewer, view, map, width, height);
  if (viewer.tool === 'interface') drawInterface(g, viewer, view, map, width, height);
  const lie = { ...view, ...view.lie };
  drawCuts(g, cutsOf(viewer, lie, pane, map, width, height), map.toScreen(view.focus));
  drawLeft(g, viewer, view, map, labels);
  viewer.nested?.drawSlice(g, view, map, width - edge, height, labels);
  viewer.marks?.drawTrails(g, viewer, view, map.toScreen);
  for (const site of viewer.sites) drawSliceSite(g, viewer, view, map, viewer.siteMarks.placed(site, view.hours), labels);
  if (isScreen) viewer.comments?.drawSlice(g, viewer, view, map, labels);
  viewer.measure.draw(g, viewer.panes[pane], view, labels);
  viewer.planes.drawPoints(g, map.toScreen, Math.min(...viewer.volume(view).voxelUm));
  if (isScreen) {
    const grips = bandGrips(viewer, view, map, width, height);
    drawGrips(g, grips);
    for (const p of grips.at) if (p) labels.reserve(p[0] - 10, p[1] - 10, 20, 20);
  }
  // What is steep in a curved slice looks shorter than it is.
  drawScaleBar(g, map.um, width, height, map.depthUm === undefined ? '' : `along ${sides[pane].join(' and ')}`, labels);
  drawColorBar(g, viewer, view, width - edge, height, labels);
  if (map.depthUm !== undefined) drawUnknown(g, viewer.bounds(view), map, width - edge, height, labels);
  const title = sliceTitle(viewer, view, pane);
  if (!isScreen) {
    plate(g, [title.at, title.depth, title.isInBand ? 'in the band' : ''].filter(Boolean).join(' · '), 10, 8);
  }
  if (!title.isTurned) {
    const [right, down] = sides[pane];
    drawAxes(g, width - edge - 50, 20, [[1, 0, right], [0, 1, down]], labels);
  }
  labels.draw(g);
  return labels.placed;
}

export function drawVolume(g, viewer, view, width, height, covered = []) {
  const b = viewer.bounds(view), map = cameraMap(view, b, width, height), labels = new Labels(width, height);
  labels.reserve(0, 0, 50, titleHeight);
  for (const box of covered) labels.reserve(...box);
  drawBox(g, map, b.low, b.high);
  if (view.bandVisible) drawBandRims(g, viewer, view, map, b);
  viewer.nested?.drawVolume(g, view, map, labels);
  viewer.marks?.drawTrails(g, viewer, view, map.toScreen);
  for (const given of viewer.sites) {
    const site = viewer.siteMarks.placed(given, view.hours), p = map.toScreen([site.zUm, site.yUm, site.xUm]);
    if (!p) continue;
    const r = Math.max(4, site.radiusUm / map.umPerPixel * map.distance / p[2]);
    drawMarker(g, p[0], p[1], r, site, site.id === view.selected, site.hours > view.hours + 1e-9, labels);
    viewer.marks?.drawDots(g, viewer, site.labels, p[0], p[1], r);
  }
  viewer.comments?.drawVolume(g, viewer, view, map, labels);
  viewer.measure.draw(g, viewer.panes[3], view, labels);
  viewer.planes.drawPoints(g, p => { const s = map.toScreen(p); return s && [s[0], s[1], 0]; }, 1);
  const cross = map.toScreen(view.focus);
  if (cross) {
    const [x, y] = cross.map(crisp), path = new Path2D();
    path.moveTo(x - 6, y); path.lineTo(x + 6, y); path.moveTo(x, y - 6); path.lineTo(x, y + 6);
    stroke(g, path, '#fff', 1.25);
  }
  drawScaleBar(g, map.umPerPixel, width, height, 'at the centre', labels);
  const axes = [[0, 0, 1], [0, 1, 0], [1, 0, 0]].map((v, i) => [dot(v, map.right), dot(v, map.down), ['x', 'y', 'z'][i]]);
  drawAxes(g, width - 46, 50, axes, labels);
  drawLegend(g, viewer, view, width, height, labels);
  if (viewer.showsColors) viewer.marks?.drawLabelLegend(g, viewer, height, labels);
  labels.draw(g);
  return labels.placed;
}

// The rim of each limit over the volume's box, following the interface.
function drawBandRims(g, viewer, view, map, b) {
  const depth = viewer.scene.depth, [u, v] = across(depth), steps = 16;
  for (const um of view.band) {
    const rim = [];
    for (let side = 0; side < 4; side++)
      for (let i = 0; i < steps; i++) {
        const f = i / steps, [fu, fv] = [[f, 0], [1, f], [1 - f, 1], [0, 1 - f]][side];
        rim.push(map.toScreen(atDepth(depth, b.low[u] + fu * (b.high[u] - b.low[u]), b.low[v] + fv * (b.high[v] - b.low[v]), um)));
      }
    if (!rim.every(Boolean)) continue;
    const path = pathOf(rim, true);
    g.fillStyle = 'rgba(180,156,255,.07)';
    g.fill(path);
    stroke(g, path, bandColor, 1.25);
  }
}

// What displacement registration left near a slice, each arrow so much longer than it is that the longest is seen.
function drawLeft(g, viewer, view, map, labels) {
  const rows = viewer.left?.get(view.hours);
  if (!rows?.length) return;
  const size = r => Math.hypot(r[4], r[5], r[6]), most = Math.max(...rows.map(size)) || 1;
  const gaps = [1, 2, 3].flatMap(c => {
    const at = [...new Set(rows.map(r => r[c]))].sort((a, b) => a - b);
    return at.length > 1 ? [at[1] - at[0]] : [];
  });
  const times = roundLength(Math.max(1, 26 * map.um / most)), reach = Math.max(...gaps, 1) * 0.51;
  const arrows = new Path2D();
  for (const r of rows) {
    const [x, y, off] = map.toScreen(r.slice(1, 4));
    if (Math.abs(off) > reach) continue;
    const left = r.slice(4), dx = dot(left, map.right) / map.um * times, dy = dot(left, map.down) / map.um * times;
    arrows.moveTo(x + 1, y);
    arrows.arc(x, y, 1, 0, 7);
    arrows.moveTo(x, y);
    arrows.lineTo(x + dx, y + dy);
    if (Math.hypot(dx, dy) > 5)
      for (const turn of [2.6, -2.6]) {
        const a = Math.atan2(dy, dx) + turn;
        arrows.moveTo(x + dx, y + dy);
        arrows.lineTo(x + dx + 6 * Math.cos(a), y + dy + 6 * Math.sin(a));
      }
  }
  stroke(g, arrows, '#ffe14d', 2);
  const text = `misregistration × ${times}, most ${most.toPrecision(2)} µm`;
  plate(g, text, 10, 36, '#ffe14d');
  labels.reserve(10, 36, plateWidth(g, text), 18);
}

function drawSliceSite(g, viewer, view, map, site, labels) {
  const [x, y, off] = map.toScreen([site.zUm, site.yUm, site.xUm]);
  const reach = Math.max(site.radiusUm, 2 * Math.min(...viewer.volume(view).voxelUm), view.slabUm / 2);
  if (Math.abs(off) > reach) return;
  const r = Math.max(5, Math.sqrt(Math.max(0, site.radiusUm ** 2 - Math.min(site.radiusUm, Math.abs(off)) ** 2)) / map.um);
  drawMarker(g, x, y, r, site, site.id === view.selected, site.hours > view.hours + 1e-9, labels);
  viewer.marks?.drawDots(g, viewer, site.labels, x, y, r);
}

// A site that is born later is dashed.
function drawMarker(g, x, y, r, site, selected, later, labels) {
  const color = statusColors[site.status] ?? '#fff';
  stroke(g, circle(x, y, r), color, selected ? 3 : 2, later ? [3, 3] : []);
  if (selected) stroke(g, circle(x, y, r + 5), '#fff', 1.5);
  if (labels.wanted.length < mostLabels || selected) labels.add(named(site), x, y, r + (selected ? 6 : 1), color, selected);
}

// What this page did and no server has kept yet says so.
const named = site => !site.isWaiting ? site.label : site.label ? `${site.label} (not saved)` : 'not saved';

function drawScaleBar(g, um, width, height, note = '', labels = null) {
  const most = Math.max(40, Math.min(160, width * 0.3)), value = roundLength(most * um), w = Math.round(value / um);
  const text = formatLength(value) + (note ? ` ${note}` : ''), wide = Math.max(w + 12, plateWidth(g, text) + 2);
  g.fillStyle = 'rgba(0,0,0,.84)';
  g.beginPath();
  g.roundRect(8, height - 36, wide, 28, 3);
  g.fill();
  g.fillStyle = '#fff';
  g.fillRect(14, height - 15, w, 3);
  g.font = '12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
  g.textAlign = 'left';
  g.fillText(text, 14, height - 21);
  labels?.reserve(8, height - 36, wide, 28);
}

function drawAxes(g, x, y, axes, labels) {
  for (const [dx, dy] of axes) stroke(g, pathOf([[x, y], [x + 22 * dx, y + 22 * dy]]), '#fff', 1.5);
  for (const [dx, dy, name] of axes) if (Math.hypot(dx, dy) > 0.25) label(g, name, x + 31 * dx, y + 31 * dy + 4, 'center');
  labels.reserve(x - 40, y - 40, 80, 80);
}

function drawBox(g, map, low, high) {
  const corner = i => map.toScreen([i & 4 ? high[0] : low[0], i & 2 ? high[1] : low[1], i & 1 ? high[2] : low[2]]), path = new Path2D();
  for (let i = 0; i < 8; i++)
    for (const bit of [1, 2, 4]) {
      const [a, b] = [corner(i), corner(i | bit)];
      if (!(i & bit) && a && b) { path.moveTo(a[0], a[1]); path.lineTo(b[0], b[1]); }
    }
  stroke(g, path, 'rgba(255,255,255,.5)', 1);
}
