// Draws measurements over a pane: two-tone lines, handles, and plates with name and numbers that keep clear of one another.
import { cameraMap, dot } from './geometry.js';
import { sectionOnCurve } from './curved.js';
import { circle, pathOf, stroke } from './marks.js';
import { handles, outline, readout, section } from './shapes.js';

const colors = { ruler: '#ffe97a', angle: '#ffe97a', profile: '#ffe97a', circle: '#9be37f', rectangle: '#9be37f', polygon: '#9be37f',
  polyline: '#ffe97a', point: '#ffffff', note: '#ffffff' };
const colorOf = (m, viewer) => m.color || m.labels?.length && viewer.schema?.labels.find(l => l.id === m.labels[0])?.color
  || colors[m.kind] || '#ff9ad5';

/** How a pane sees the world: to the screen, and how far a point lies from its plane; of the 3D pane, 0. */
export function sight(pane, view) {
  const [w, h] = pane.size;
  if (!pane.is3d) return pane.map(view);
  const map = cameraMap(view, pane.viewer.bounds(view), w, h);
  return { ...map, toScreen: p => { const s = map.toScreen(p); return s && [s[0], s[1], 0]; } };
}

/** Half the thickness within which a point counts as lying in a slice, µm. */
const reachOf = (viewer, view) => Math.max(Math.min(...viewer.volume(view).voxelUm) / 2, view.slabUm / 2) + 1e-6;

/**
 * What a pane shows of a measurement: lines on the screen, whether it lies in the slice and time that are shown, and whether it is
 * shown at all. What lies near the slice is shown fainter, what is far is not, unless it is selected.
 */
export function seen(m, pane, view, map, isSelected) {
  const viewer = pane.viewer, solid = m.kind === 'sphere' || m.kind === 'box';
  let here = true, lines;
  if (pane.is3d) lines = outline(m);
  else if (solid) {
    lines = map.depthUm === undefined ? section(m, map) : sectionOnCurve(m, map);
    here = lines.length > 0;
    if (!here && isSelected) lines = outline(m);
  } else {
    lines = outline(m);
    const off = Math.max(...m.pointsUm.map(p => Math.abs(map.toScreen(p)[2]))), reach = reachOf(viewer, view);
    here = off <= reach;
    if (off > 20 * reach && !isSelected) return null;
  }
  const onScreen = lines.map(l => ({ closed: l.closed, points: l.points.map(map.toScreen) })).filter(l => l.points.every(Boolean));
  if (!onScreen.length) return null;
  return { lines: onScreen, isNow: here && Math.abs(m.hours - view.hours) < 1e-9 && m.modality === view.modality };
}

/** Distance of a place on the screen from what is seen of a measurement, px. */
export function distance(shape, x, y) {
  let least = Infinity;
  for (const { points, closed } of shape.lines) {
    if (points.length === 1) least = Math.min(least, Math.hypot(points[0][0] - x, points[0][1] - y));
    for (let i = closed ? 0 : 1; i < points.length; i++) {
      const a = points[(i + points.length - 1) % points.length], b = points[i], dx = b[0] - a[0], dy = b[1] - a[1];
      const t = Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy || 1)));
      least = Math.min(least, Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy));
    }
  }
  return least;
}

/** Handles of a measurement that a pane shows: those near its plane; of a box, those whose axis lies in it. */
export function handlesIn(m, pane, view, map) {
  const reach = 4 * reachOf(pane.viewer, view);
  const isIn = h => pane.is3d || (h.axis ? Math.abs(dot(h.axis, map.normal)) < .7 && section(m, map).length > 0
    : Math.abs(h.screen[2]) <= reach);
  return handles(m).map(h => ({ ...h, screen: map.toScreen(h.at) })).filter(h => h.screen && isIn(h));
}

/** Draws everything that is measured, and asks for its labels. */
export function drawMeasurements(g, measure, pane, view, labels) {
  const map = sight(pane, view);
  for (const m of measure.shown()) {
    const isSelected = m.id === view.selected || m.isDraft, isHovered = m.id !== undefined && m.id === measure.hovered;
    const shape = seen(m, pane, view, map, isSelected), isClear = shape?.isNow || m.isDraft;
    if (!shape || !isSelected && !pane.viewer.shows(m.labels)) continue;
    g.save();
    g.globalAlpha = isClear ? 1 : isSelected || isHovered ? .75 : .4;
    const dash = isClear ? [] : [5, 4], width = isSelected || isHovered ? 2.5 : 1.75, color = colorOf(m, pane.viewer);
    for (const { points, closed } of shape.lines) stroke(g, pathOf(points, closed), color, width, dash);
    if (m.kind === 'point' || m.kind === 'note') dotAt(g, shape.lines[0].points[0], color);
    if (m.kind === 'ruler' || m.kind === 'profile') endTicks(g, shape.lines[0].points, color);
    if (isSelected && (!pane.is3d || m.isDraft)) for (const { screen } of handlesIn(m, pane, view, map)) handle(g, screen);
    if (m.kind === 'note') noteText(g, m, pane, shape.lines[0].points, color, isSelected || isHovered, labels);
    g.restore();
    if (m.kind === 'note') continue;
    const text = m.isDraft ? draftText(m, pane.viewer, view) : plateText(m, isSelected || isHovered, pane.viewer, view);
    const [x, y, radius] = anchor(shape.lines);
    if (text) labels.add(text, x, y, radius, isClear ? '#fff' : '#c8c8c8', isSelected || isHovered);
  }
}

/** A place on a profile. */
export function drawSpot(g, at, pane, view) {
  const screen = sight(pane, view).toScreen(at);
  if (screen) stroke(g, circle(screen[0], screen[1], 6), '#fff', 2);
}

const geometry = (m, viewer, view) => readout(m, Math.min(...viewer.volume(view).voxelUm));

const draftText = (m, viewer, view) => [geometry(m, viewer, view), m.isUnsent ? 'not saved yet' : ''].filter(Boolean).join(' · ');

// All numbers of what is selected; the first of the others. What the server has not measured yet has those of geometry.
const plateText = (m, isWhole, viewer, view) => [
  m.label, isWhole ? m.text : m.text.split(' · ')[0], m.isUnmeasured ? geometry(m, viewer, view) : '',
  m.isSaved === false || m.isWaiting ? 'not saved' : '',
].filter(Boolean).join(' · ');

// A label stands beside what is closed, and beside the rightmost point of what is not.
function anchor(lines) {
  const points = lines.flatMap(l => l.points);
  if (!lines.some(l => l.closed)) return [...points.reduce((a, p) => p[0] > a[0] ? p : a).slice(0, 2), 6];
  const [low, high] = [Math.min, Math.max].map(f => [0, 1].map(k => f(...points.map(p => p[k]))));
  return [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, Math.max(high[0] - low[0], high[1] - low[1]) / 2 + 3];
}

function endTicks(g, points, color) {
  const [a, b] = [points[0], points.at(-1)], l = Math.hypot(b[0] - a[0], b[1] - a[1]);
  if (l < 8) return;
  const nx = -(b[1] - a[1]) / l * 5, ny = (b[0] - a[0]) / l * 5;
  for (const p of [a, b]) stroke(g, pathOf([[p[0] - nx, p[1] - ny], [p[0] + nx, p[1] + ny]]), color, 1.75);
}

function dotAt(g, [x, y], color) {
  stroke(g, circle(x, y, 5), color, 1.75);
  g.fillStyle = color;
  g.fill(circle(x, y, 1.75));
}

// A note's text on its plate, in lines of at most `noteWidth` pixels, at the end of its leader.
function noteText(g, m, pane, points, color, isWhole, labels) {
  const isUnsaved = m.isSaved === false || m.isWaiting || m.isUnsent, said = `${isUnsaved ? '(not saved) ' : ''}${m.note ?? ''}`;
  const { lines, width } = wrapped(g, said, isWhole ? 16 : 5), [px, py] = points[0];
  if (!lines.length) return;
  let [x, y] = points[1] ?? [px + 26, py - 26];
  const w = width + 14, h = 16 * lines.length + 8;
  // Inside the pane, clear of its slider and of the bars at its foot.
  x = Math.max(2, Math.min(labels.width - w - (pane.is3d ? 4 : 44), x < px ? x - w : x));
  y = Math.max(2, Math.min(labels.height - h - 44, y < py ? y - h : y));
  if (!points[1]) stroke(g, pathOf([[px + 4, py - 4], [px + 26, py - 26]]), color, 1.5);
  g.fillStyle = 'rgba(0,0,0,.84)';
  g.beginPath();
  g.roundRect(x, y, w, h, 4);
  g.fill();
  g.fillStyle = color;
  g.fillRect(x, y + 3, 3, h - 6);
  g.fillStyle = '#fff';
  g.textAlign = 'left';
  lines.forEach((line, i) => g.fillText(line, x + 9, y + 16 + 16 * i));
  (m.plate ??= new Map()).set(pane.index, [x, y, w, h]);
  labels.reserve(x, y, w, h);
}

const noteWidth = 210;

function wrapped(g, text, most) {
  g.font = '12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
  const wide = t => g.measureText(t).width, lines = [];
  for (const paragraph of text.trim().split('\n')) {
    let line = '';
    for (let word of paragraph.split(' ')) {
      const joined = line ? `${line} ${word}` : word;
      if (wide(joined) <= noteWidth) { line = joined; continue; }
      if (line) lines.push(line);
      // A word that is longer than a line is broken where it must be.
      while (wide(word) > noteWidth) {
        let n = 1;
        while (wide(word.slice(0, n + 1)) <= noteWidth) n++;
        lines.push(word.slice(0, n));
        word = word.slice(n);
      }
      line = word;
    }
    lines.push(line);
  }
  if (lines.length > most) lines.splice(most - 1, Infinity, `${lines[most - 1].slice(0, 28)}…`);
  return { lines: text.trim() ? lines : [], width: Math.ceil(Math.max(0, ...lines.map(wide))) };
}

function handle(g, [x, y]) {
  const dot = circle(x, y, 4.5);
  stroke(g, dot, '#000', 1.5);
  g.fillStyle = '#fff';
  g.fill(dot);
}
