// What is drawn over the pictures: crosshair, band, sites, scale bar, axes. Pure drawing; the view is that of the picture below.
import { dot, sliceMap, cameraMap, roundLength, formatLength, across, atDepth, isAcross } from './geometry.js';
import { bandColor, bandGrips, drawBand, drawGrips, drawInterface, isInBand } from './band.js';
import { drawColorBar, drawLegend } from './colorbar.js';
import { Labels, circle, crisp, label, pathOf, plateWidth, plate, stroke } from './marks.js';

export { inPlane } from './band.js';

const names = ['z', 'y', 'x'];
const statusColors = { proposed: '#f0b445', confirmed: '#35c9e8', rejected: '#b4b4b4' };
const mostLabels = 150, titleWidth = 250, titleHeight = 32, sliderWidth = 40;

/** Decimals that a voxel size justifies. */
export const decimals = um => Math.max(0, Math.min(3, Math.ceil(-Math.log10(um) + 0.3)));

/** Where a slice lies, in words: its axis and position, or that it is turned; and its depth, where the whole slice has one. */
export function sliceTitle(viewer, view, pane) {
  const n = decimals(Math.min(...viewer.volume(view).voxelUm)), map = sliceMap(view, pane, 1, 1, 1);
  const depth = viewer.scene.depth.isKnown && isAcross(viewer.scene.depth, map) ? viewer.depthOf(map.middle) : null;
  return {
    place: `${view.focus[pane].toFixed(n)} µm`, isTurned: view.rotation.some(r => r !== 0),
    depth: depth === null ? '' : `depth ${depth.toFixed(n)} µm`, isInBand: isInBand(viewer, view, map),
  };
}

/**
 * Draws over a slice, and returns where labels of marks are. On the screen the title and the slider are elements of their own; a figure has
 * the title drawn.
 */
export function drawSlice(g, viewer, view, pane, width, height, isScreen = false) {
  const map = sliceMap(view, pane, width, height, viewer.umPerPixel(view, pane)), labels = new Labels(width, height);
  const edge = isScreen ? sliderWidth : 0;
  labels.reserve(0, 0, Math.min(width, titleWidth), titleHeight);
  if (isScreen) labels.reserve(width - edge, 0, edge, height);
  drawBand(g, viewer, view, map, width, height);
  if (viewer.tool === 'interface') drawInterface(g, viewer, view, map, width, height);
  drawCrosshair(g, view, map, width, height);
  drawLeft(g, viewer, view, map, labels);
  for (const site of viewer.sites) drawSliceSite(g, viewer, view, map, viewer.placed(site), labels);
  viewer.measure.draw(g, viewer.panes[pane], view, labels);
  if (isScreen) {
    const grips = bandGrips(viewer, view, map, width, height);
    drawGrips(g, grips);
    for (const p of grips.at) if (p) labels.reserve(p[0] - 10, p[1] - 10, 20, 20);
  }
  drawScaleBar(g, map.um, width, height, '', labels);
  drawColorBar(g, viewer, view, width - edge, height, labels);
  const title = sliceTitle(viewer, view, pane);
  if (!isScreen) {
    const at = title.isTurned ? `${names[pane]}, turned` : `${names[pane]} ${title.place}`;
    plate(g, [at, title.depth, title.isInBand ? 'in the band' : ''].filter(Boolean).join(' · '), 10, 8);
  }
  if (!title.isTurned) {
    const [right, down] = [['x', 'y'], ['x', 'z'], ['y', 'z']][pane];
    drawAxes(g, width - edge - 50, 20, [[1, 0, right], [0, 1, down]], labels);
  }
  labels.draw(g);
  return labels.placed;
}

export function drawVolume(g, viewer, view, width, height) {
  const b = viewer.bounds(view), map = cameraMap(view, b, width, height), labels = new Labels(width, height);
  labels.reserve(0, 0, 50, titleHeight);
  drawBox(g, map, b.low, b.high);
  if (view.bandVisible) drawBandRims(g, viewer, view, map, b);
  for (const given of viewer.sites) {
    const site = viewer.placed(given), p = map.toScreen([site.zUm, site.yUm, site.xUm]);
    if (!p) continue;
    const r = Math.max(4, site.radiusUm / map.umPerPixel * map.distance / p[2]);
    drawMarker(g, p[0], p[1], r, site, site.id === view.selected, site.hours > view.hours + 1e-9, labels);
  }
  viewer.measure.draw(g, viewer.panes[3], view, labels);
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

function drawCrosshair(g, view, map, width, height) {
  const [x, y] = map.toScreen(view.focus).map(crisp), gap = 7, path = new Path2D();
  if (y > -2 && y < height + 2) { path.moveTo(0, y); path.lineTo(x - gap, y); path.moveTo(x + gap, y); path.lineTo(width, y); }
  if (x > -2 && x < width + 2) { path.moveTo(x, 0); path.lineTo(x, y - gap); path.moveTo(x, y + gap); path.lineTo(x, height); }
  stroke(g, path, 'rgba(255,255,255,.82)', 1);
}

function drawSliceSite(g, viewer, view, map, site, labels) {
  const [x, y, off] = map.toScreen([site.zUm, site.yUm, site.xUm]);
  const reach = Math.max(site.radiusUm, 2 * Math.min(...viewer.volume(view).voxelUm), view.slabUm / 2);
  if (Math.abs(off) > reach) return;
  const r = Math.max(5, Math.sqrt(Math.max(0, site.radiusUm ** 2 - Math.min(site.radiusUm, Math.abs(off)) ** 2)) / map.um);
  drawMarker(g, x, y, r, site, site.id === view.selected, site.hours > view.hours + 1e-9, labels);
}

// A site that is born later is dashed.
function drawMarker(g, x, y, r, site, selected, later, labels) {
  const color = statusColors[site.status] ?? '#fff';
  stroke(g, circle(x, y, r), color, selected ? 3 : 2, later ? [3, 3] : []);
  if (selected) stroke(g, circle(x, y, r + 5), '#fff', 1.5);
  if (labels.wanted.length < mostLabels || selected) labels.add(site.label, x, y, r + (selected ? 6 : 1), color, selected);
}

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
