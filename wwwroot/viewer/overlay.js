// What is drawn over the pictures: crosshair, band, sites, scale bar, axes. Pure drawing; the view is that of the picture below.
import { dot, sliceMap, cameraMap, roundLength, formatLength, across, atDepth, isAcross } from './geometry.js';

const names = ['z', 'y', 'x'];
const statusColors = { proposed: '#e0a030', confirmed: '#35c9e8', rejected: '#8f8f8f' };
const band = '#b49cff';
const axisIndex = { z: 0, y: 1, x: 2 };

/** Decimals that a voxel size justifies. */
export const decimals = um => Math.max(0, Math.min(3, Math.ceil(-Math.log10(um) + 0.3)));

export function drawSlice(g, viewer, view, pane, width, height) {
  const map = sliceMap(view, pane, width, height, viewer.umPerPixel(view, pane));
  drawBand(g, viewer, view, map, width, height);
  if (viewer.tool === 'interface') drawInterface(g, viewer, view, map, width, height);
  drawCrosshair(g, view, map, width, height);
  drawLeft(g, viewer, view, map);
  for (const site of viewer.sites) drawSliceSite(g, viewer, view, map, site);
  drawScaleBar(g, map.um, width, height);
  const voxel = Math.min(...viewer.volume(view).voxelUm);
  const straight = view.rotation.every(r => r === 0);
  label(g, straight ? `${names[pane]} ${view.focus[pane].toFixed(decimals(voxel))} µm` : `${names[pane]}, turned`, 10, 18, 'left');
  if (straight) {
    const [right, down] = [['x', 'y'], ['x', 'z'], ['y', 'z']][pane];
    drawAxes(g, width - 44, 16, [[1, 0, right], [0, 1, down]]);
  }
}

export function drawVolume(g, viewer, view, width, height) {
  const b = viewer.bounds(view), map = cameraMap(view, b, width, height);
  drawBox(g, map, b.low, b.high, 'rgba(255,255,255,.28)');
  if (view.bandVisible) {
    // The rim of each limit over the volume's box, following the interface.
    const depth = viewer.scene.depth, [u, v] = across(depth), steps = 16;
    for (const um of view.band) {
      const rim = [];
      for (let side = 0; side < 4; side++)
        for (let i = 0; i < steps; i++) {
          const f = i / steps, [fu, fv] = [[f, 0], [1, f], [1 - f, 1], [0, 1 - f]][side];
          rim.push(map.toScreen(atDepth(depth, b.low[u] + fu * (b.high[u] - b.low[u]), b.low[v] + fv * (b.high[v] - b.low[v]), um)));
        }
      if (rim.every(Boolean)) polygon(g, rim, band, 'rgba(180,156,255,.07)');
    }
  }
  for (const site of viewer.sites) {
    const p = map.toScreen([site.zUm, site.yUm, site.xUm]);
    if (p) drawMarker(g, p[0], p[1], Math.max(4, site.radiusUm / map.umPerPixel * map.distance / p[2]), site, site.id === view.selected, site.hours > view.hours + 1e-9);
  }
  const cross = map.toScreen(view.focus);
  if (cross) {
    g.strokeStyle = 'rgba(255,255,255,.85)';
    line(g, cross[0] - 5, cross[1], cross[0] + 5, cross[1]);
    line(g, cross[0], cross[1] - 5, cross[0], cross[1] + 5);
  }
  drawScaleBar(g, map.umPerPixel, width, height, 'at the centre');
  drawAxes(g, width - 40, 44, [[0, 0, 1], [0, 1, 0], [1, 0, 0]].map((v, i) => [dot(v, map.right), dot(v, map.down), ['x', 'y', 'z'][i]]));
}

function drawBand(g, viewer, view, map, width, height) {
  if (!view.bandVisible) return;
  if (isAcross(viewer.scene.depth, map)) {
    const here = viewer.depthOf(map.middle);
    if (here >= view.band[0] && here <= view.band[1]) {
      g.strokeStyle = band;
      g.lineWidth = 2;
      g.strokeRect(1, 1, width - 2, height - 2);
      label(g, 'in the band', 10, 36, 'left', band);
    }
    return;
  }
  const lines = view.band.map(um => depthLine(viewer, map, width, height, um));
  polygon(g, [...lines[0], ...lines[1].toReversed()], null, 'rgba(180,156,255,.10)');
  g.strokeStyle = band;
  g.lineWidth = 1;
  for (const points of lines) {
    g.beginPath();
    points.forEach((p, i) => i ? g.lineTo(p[0], p[1]) : g.moveTo(p[0], p[1]));
    g.stroke();
  }
}

// Where a slice across the depth axis passes a depth, as points in pixels. Depth along the pane's steeper way is all but linear: where
// each column (or row) of pixels passes it is found by three secant steps.
function depthLine(viewer, map, width, height, um) {
  const axis = axisIndex[viewer.scene.depth.axis], isDown = Math.abs(map.down[axis]) >= Math.abs(map.right[axis]), [along, most] = isDown ? [width, height] : [height, width];
  return Array.from({ length: 25 }, (_, i) => {
    const t = i / 24 * along, off = s => viewer.depthOf(isDown ? map.toWorld(t, s) : map.toWorld(s, t)) - um;
    let [a, b] = [0, most];
    for (let k = 0; k < 3; k++) {
      const [fa, fb] = [off(a), off(b)], c = a - fa * (b - a) / (fb - fa || 1);
      [a, b] = [b, c];
    }
    return isDown ? [t, b] : [b, t];
  });
}

/** The point of a slice across the depth axis whose two other coordinates are given. */
export function inPlane(depth, map, [cu, cv]) {
  const [u, v] = across(depth), p = [...map.middle];
  [p[u], p[v]] = [cu, cv];
  return p;
}

// What displacement registration left near a slice, each arrow so much longer than it is that the longest is seen.
function drawLeft(g, viewer, view, map) {
  const rows = viewer.left?.get(view.hours);
  if (!rows?.length) return;
  const size = r => Math.hypot(r[4], r[5], r[6]), most = Math.max(...rows.map(size)) || 1;
  const gaps = [1, 2, 3].flatMap(c => { const at = [...new Set(rows.map(r => r[c]))].sort((a, b) => a - b); return at.length > 1 ? [at[1] - at[0]] : []; });
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
  for (const [color, width] of [['rgba(0,0,0,.85)', 4.5], ['#ffe14d', 2]]) {
    g.strokeStyle = color;
    g.lineWidth = width;
    g.stroke(arrows);
  }
  label(g, `misregistration × ${times}, most ${most.toPrecision(2)} µm`, 10, 54, 'left', '#ffe14d');
}

// The interface, or in a slice across it the cell's outline, and the points that correct it, while somebody corrects it.
function drawInterface(g, viewer, view, map, width, height) {
  const depth = viewer.scene.depth, reach = 2 * Math.min(...viewer.volume(view).voxelUm);
  g.beginPath();
  const isOutline = isAcross(depth, map), points = isOutline ? depth.outlinePointsUm.map(p => inPlane(depth, map, p)) : depth.pointsUm;
  const border = isOutline ? depth.outlineUm.map(p => map.toScreen(inPlane(depth, map, p))) : depthLine(viewer, map, width, height, 0);
  border.forEach((p, i) => i ? g.lineTo(p[0], p[1]) : g.moveTo(p[0], p[1]));
  if (isOutline) g.closePath();
  g.strokeStyle = 'rgba(0,0,0,.8)';
  g.lineWidth = 3.5;
  g.stroke();
  g.setLineDash([6, 4]);
  g.strokeStyle = '#fff';
  g.lineWidth = 1.5;
  g.stroke();
  g.setLineDash([]);
  for (const point of points) {
    const [x, y, off] = map.toScreen(point);
    if (Math.abs(off) > reach) continue;
    g.fillStyle = '#fff';
    g.strokeStyle = '#000';
    g.fillRect(x - 5, y - 5, 10, 10);
    g.strokeRect(x - 5, y - 5, 10, 10);
  }
}

function drawCrosshair(g, view, map, width, height) {
  const [x, y] = map.toScreen(view.focus), gap = 7;
  g.strokeStyle = 'rgba(255,255,255,.5)';
  g.lineWidth = 1;
  line(g, 0, y, x - gap, y); line(g, x + gap, y, width, y);
  line(g, x, 0, x, y - gap); line(g, x, y + gap, x, height);
}

function drawSliceSite(g, viewer, view, map, site) {
  const [x, y, off] = map.toScreen([site.zUm, site.yUm, site.xUm]);
  const reach = Math.max(site.radiusUm, 2 * Math.min(...viewer.volume(view).voxelUm), view.slabUm / 2);
  if (Math.abs(off) > reach) return;
  const r = Math.max(5, Math.sqrt(Math.max(0, site.radiusUm ** 2 - Math.min(site.radiusUm, Math.abs(off)) ** 2)) / map.um);
  drawMarker(g, x, y, r, site, site.id === view.selected, site.hours > view.hours + 1e-9);
}

function drawMarker(g, x, y, r, site, selected, later) {
  g.save();
  g.globalAlpha = later ? 0.45 : 1;
  g.setLineDash(later ? [3, 3] : []);
  g.lineWidth = selected ? 3.5 : 1.75;
  g.strokeStyle = '#000';
  circle(g, x, y, r + 1);
  g.strokeStyle = statusColors[site.status] ?? '#fff';
  circle(g, x, y, r);
  if (selected) {
    g.lineWidth = 1;
    g.strokeStyle = '#fff';
    circle(g, x, y, r + 4);
  }
  label(g, site.label, x + r + 5, y + 4, 'left', statusColors[site.status]);
  g.restore();
}

export function drawScaleBar(g, um, width, height, note = '') {
  const most = Math.max(40, Math.min(160, width * 0.3)), value = roundLength(most * um), w = value / um;
  g.fillStyle = '#000a';
  g.fillRect(10, height - 34, Math.max(w, 40) + 12, 25);
  g.fillStyle = '#fff';
  g.fillRect(16, height - 16, w, 3);
  label(g, formatLength(value) + (note ? ` ${note}` : ''), 16, height - 21, 'left');
}

function drawAxes(g, x, y, axes) {
  g.lineWidth = 1.5;
  for (const [dx, dy, name] of axes) {
    g.strokeStyle = 'rgba(255,255,255,.8)';
    line(g, x, y, x + 22 * dx, y + 22 * dy);
    if (Math.hypot(dx, dy) > 0.25) label(g, name, x + 30 * dx, y + 30 * dy + 4, 'center');
  }
}

function drawBox(g, map, low, high, color) {
  g.strokeStyle = color;
  g.lineWidth = 1;
  const corner = i => map.toScreen([i & 4 ? high[0] : low[0], i & 2 ? high[1] : low[1], i & 1 ? high[2] : low[2]]);
  for (let i = 0; i < 8; i++)
    for (const bit of [1, 2, 4]) {
      const [a, b] = [corner(i), corner(i | bit)];
      if (!(i & bit) && a && b) line(g, a[0], a[1], b[0], b[1]);
    }
}

export function label(g, text, x, y, align = 'left', color = '#fff') {
  g.font = '12px system-ui, "DejaVu Sans", sans-serif';
  g.textAlign = align;
  g.lineWidth = 3;
  g.strokeStyle = '#000c';
  g.lineJoin = 'round';
  g.strokeText(text, x, y);
  g.fillStyle = color;
  g.fillText(text, x, y);
}

function line(g, x0, y0, x1, y1) { g.beginPath(); g.moveTo(x0, y0); g.lineTo(x1, y1); g.stroke(); }
function circle(g, x, y, r) { g.beginPath(); g.arc(x, y, r, 0, 2 * Math.PI); g.stroke(); }
function polygon(g, points, stroke, fill) {
  g.beginPath();
  points.forEach((p, i) => i ? g.lineTo(p[0], p[1]) : g.moveTo(p[0], p[1]));
  g.closePath();
  if (fill) { g.fillStyle = fill; g.fill(); }
  if (stroke) { g.strokeStyle = stroke; g.lineWidth = 1; g.stroke(); }
}
