// What colours mean: a bar with the window's values in slices, and a legend of classes where classes are shown.
import { plate, plateWidth } from './marks.js';

/** Whether slices show the difference of two timesteps: where both were scanned. The server decides by the same rule. */
export const showsDifference = (viewer, view) => view.compare?.mode === 'difference' && view.compare.hours !== view.hours
  && viewer.scene.volumes.some(v => v.modality === view.modality && v.hours === view.compare.hours);

// Differences have a colour map of their own, whose ends stand for half of the window's width.
const meaningOf = (viewer, view) => {
  if (!showsDifference(viewer, view)) return { map: view.colorMap, from: view.window[0], to: view.window[1], name: unit };
  const most = Math.abs(view.window[1] - view.window[0]) / 2;
  return { map: 'diverging', from: -most, to: most, name: 'difference' };
};

const barWidth = 156, barHeight = 8, swatch = 10, unit = 'grey value';
const css = rgb => `#${(rgb & 0xffffff).toString(16).padStart(6, '0')}`;

/** A value with its thousands apart, with no more digits than tell the ends of a window apart; whole where both ends are. */
function formatValue(value, step) {
  const digits = step > 0 ? Math.max(0, Math.min(6, Math.ceil(-Math.log10(step)))) : 0;
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9)) return value.toExponential(2);
  const [whole, part] = Math.abs(value).toFixed(digits).split('.');
  return (value < 0 ? '\u2212' : '') + whole.replace(/\B(?=(\d{3})+$)/g, '\u202f') + (part ? `.${part}` : '');
}

// On a phone the buttons that switch panes stand below: 44 pixels high, 48 above the panes' edge (viewer.css).
const lift = viewer => viewer.isPhone ? 92 : 0;

/** The scan's own labels that a view shows in colours, as [name, colour]; null where it shows grey levels. */
function labelsOf(viewer, view) {
  const { overlay } = view;
  if (overlay?.modality !== view.modality || overlay.hours !== null || !viewer.scene.labels?.length) return null;
  const colors = new Set(overlay.transfer.filter(p => p[2] > 0).map(p => p[1]));
  return viewer.scene.labels.filter(l => colors.has(l.color)).map(l => [l.meaning, l.color]);
}

/** The bar at a slice's lower right corner, which a panel may switch off; of labels, what their colours mean. */
export function drawColorBar(g, viewer, view, width, height, labels) {
  if (!viewer.showsColors || width < 320 || height < 120) return;
  const classes = showsDifference(viewer, view) ? null : labelsOf(viewer, view);
  if (classes) { drawClasses(g, viewer, classes, width, height, labels); return; }
  const { map, from, to, name } = meaningOf(viewer, view);
  const isWhole = Number.isInteger(from) && Number.isInteger(to), step = isWhole ? 1 : Math.abs(to - from) / 500;
  const [low, high] = [formatValue(from, step), formatValue(to, step)];
  const isOneLine = low.length + high.length < 14, tall = isOneLine ? 32 : 45, x = width - barWidth - 16, y = height - tall - lift(viewer);
  g.fillStyle = 'rgba(0,0,0,.84)';
  g.beginPath();
  g.roundRect(x - 6, y - 6, barWidth + 12, tall, 3);
  g.fill();
  const ramp = g.createLinearGradient(x, 0, x + barWidth, 0), stops = viewer.scene.colorMaps?.[map] ?? [0, 0xffffff];
  stops.forEach((c, i) => ramp.addColorStop(i / (stops.length - 1), css(c)));
  g.fillStyle = ramp;
  g.fillRect(x, y, barWidth, barHeight);
  g.strokeStyle = '#fff';
  g.lineWidth = 1;
  g.strokeRect(x - .5, y - .5, barWidth + 1, barHeight + 1);
  g.font = '11px system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
  g.fillStyle = '#fff';
  g.textAlign = 'left';
  g.fillText(low, x, y + 21);
  g.textAlign = 'right';
  g.fillText(high, x + barWidth, y + 21);
  g.textAlign = 'center';
  g.fillText(name, x + barWidth / 2, y + (isOneLine ? 21 : 34));
  labels.reserve(x - 6, y - 6, barWidth + 12, tall);
}

/** Which classes a 3D picture shows, as [name, colour]; [] where colours stand for values. */
function classesOf(viewer, view) {
  const { overlay } = view, classes = [], own = labelsOf(viewer, view);
  if (own) classes.push(...own);
  else if (overlay) {
    const shown = overlay.transfer.filter(p => p[2] > 0.01), colors = [...new Set(shown.map(p => p[1]))];
    const isMask = overlay.modality === 'lithium-mask';
    const name = isMask ? 'mask' : { lithium: 'new dark volume', voids: 'pristine void' }[overlay.modality]
      ?? `${overlay.modality}${overlay.hours === null ? '' : `, ${overlay.hours} h`}`;
    if (isMask && colors.length === 3) classes.push(...['kept', 'added', 'removed'].map((what, i) => [`mask, ${what}`, colors[i]]));
    else if (colors.length <= 1) classes.push([name, colors[0] ?? 0xffffff]);
    else classes.push([`${name}, in ${colors.length} colours`, colors]);
  }
  if (overlay?.replaces) return classes;
  const preset = Object.entries(viewer.scene.presets).find(([, points]) => JSON.stringify(points) === JSON.stringify(view.transfer));
  if (preset && view.mode === 'composite') classes.push(...viewer.scene.legends[preset[0]].map(c => [c.meaning, c.color]));
  return classes;
}

/** The legend at the 3D picture's lower right corner. */
export function drawLegend(g, viewer, view, width, height, labels) {
  if (viewer.showsColors) drawClasses(g, viewer, classesOf(viewer, view), width, height, labels);
}

function drawClasses(g, viewer, classes, width, height, labels) {
  let y = height - 26 - lift(viewer);
  for (const [name, colors] of classes.toReversed()) {
    const list = Array.isArray(colors) ? colors.slice(0, 6) : [colors], left = list.length * (swatch + 2) + 2;
    const wide = plateWidth(g, name) + left, x = width - wide - 10;
    plate(g, '', x, y, '#fff', wide);
    list.forEach((c, i) => {
      g.fillStyle = css(c);
      g.fillRect(Math.round(x) + 5 + i * (swatch + 2), y + 4, swatch, swatch);
    });
    g.fillStyle = '#fff';
    g.fillText(name, Math.round(x) + 5 + left, y + 13);
    labels.reserve(x, y, wide, 18);
    y -= 21;
  }
}
