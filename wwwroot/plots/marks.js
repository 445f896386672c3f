// What a plot's description becomes in Observable Plot: scales, axes and marks. Nothing here touches the page but for measuring text.

const fontSize = 11;
const labelHeight = 18, legendRow = 16, marginBottom = 36, leastInner = 64;
const drawnTo = { line: 'linear', step: 'step-after' };
let ruler = null;

/** Width of a text in pixels. */
function textWidth(text) {
  ruler ??= document.createElement('canvas').getContext('2d');
  ruler.font = `${fontSize}px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(text).width;
}

/** A value with the digits that it justifies; four significant ones where nothing is said. */
export function format(axis, value) {
  if (value == null || !isFinite(value)) return '–';
  if (axis.decimals != null) return grouped(value.toFixed(axis.decimals));
  const rounded = Number(value.toPrecision(4)), size = Math.abs(rounded);
  return rounded === 0 || size >= 1e-4 && size < 1e7 ? grouped(rounded) : signed(rounded.toExponential());
}

/** The points of a series as objects; a line of more than `most` keeps the least and the largest of each stretch, so peaks stay. */
export function points(series, most = Infinity) {
  const all = series.x.map((x, i) => ({ i, x, y: series.y?.[i], to: series.to?.[i], low: series.low?.[i], high: series.high?.[i] }));
  if (series.kind !== 'line' || all.length <= most) return all;
  const kept = [], step = Math.ceil(2 * all.length / most);
  for (let i = 0; i < all.length; i += step) {
    const part = all.slice(i, i + step);
    const low = part.reduce((a, b) => b.y < a.y ? b : a), high = part.reduce((a, b) => b.y > a.y ? b : a);
    kept.push(...(low.i < high.i ? [low, high] : low === high ? [low] : [high, low]));
  }
  return kept;
}

/** What both axes reach over before anybody zooms: all data, zero under bars, round numbers at the ends of the vertical one. */
export function fullDomain(data) {
  const xs = [], ys = [];
  for (const s of data.series) {
    for (const p of points(s)) {
      xs.push(p.x, p.to);
      ys.push(p.y, p.low, p.high);
    }
    if (s.kind === 'bars' && data.y.scale === 'linear') ys.push(0);
  }
  const hasBars = data.series.some(s => s.kind === 'bars');
  const x = span(data.x, xs, hasBars || data.series.every(s => s.kind !== 'scatter') ? 0 : 0.04);
  const y = span(data.y, ys, data.spans.some(s => s.text) ? 0.14 : 0.04);
  if (hasBars && data.y.scale === 'linear' && Math.min(...ys.filter(v => v != null)) >= 0) y[0] = 0;
  return { x, y };
}

// The ends of the values, with some air, unless they are given.
function span(axis, values, air) {
  const log = axis.scale === 'logarithmic', seen = values.filter(v => v != null && isFinite(v) && (!log || v > 0));
  let [low, high] = d3.extent(seen);
  if (low === undefined) [low, high] = log ? [1, 10] : [0, 1];
  if (low === high) [low, high] = log ? [low / 2, high * 2] : low === 0 ? [0, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
  // A curve that comes near zero is seen from zero.
  if (!log && air > 0 && low > 0 && low < 0.3 * high) low = 0;
  const pad = log ? 0 : air * (high - low);
  return [axis.min ?? (low === 0 ? 0 : low - pad), axis.max ?? (log ? high * 1.05 : high + pad)];
}

/** The same domain, grown in one direction until a unit is as long on both axes. */
function equalized({ x, y }, width, height) {
  const perX = (x[1] - x[0]) / width, perY = (y[1] - y[0]) / height, per = Math.max(perX, perY);
  const grow = ([a, b], length) => { const m = (a + b) / 2, half = per * length / 2; return [m - half, m + half]; };
  return { x: perX < per ? grow(x, width) : x, y: perY < per ? grow(y, height) : y };
}

// Ticks of very large or small values are written in thousands, millions and so on, and the axis says so.
function ticksOf(axis, domain) {
  const most = Math.max(...domain.map(Math.abs));
  if (axis.scale === 'logarithmic') return { label: axis.label, write: v => power(v) };
  const third = most >= 1e5 || most > 0 && most < 1e-2 ? 3 * Math.floor(Math.log10(most) / 3) : 0;
  const unit = third === 0 ? axis.unit : `10${raised(third)}${axis.unit ? ' ' + axis.unit : ''}`;
  return { label: unit ? `${axis.name}, ${unit}` : axis.name, write: v => grouped(Number((v / 10 ** third).toPrecision(6))) };
}

const raised = n => String(n).replace(/[-0-9]/g, c => '⁰¹²³⁴⁵⁶⁷⁸⁹'[c] ?? '⁻');
const signed = v => String(v).replace('-', '−');
// From five digits on, thousands stand apart by a narrow space that no line breaks at.
const grouped = v => signed(v).replace(/\d{5,}(?=$|\.)/, digits => digits.replace(/\B(?=(\d{3})+$)/g, '\u202f'));

// 1, 10, 100 and their like; what lies between is not written.
function power(v) {
  const exponent = Math.round(Math.log10(v));
  if (Math.abs(v / 10 ** exponent - 1) > 1e-9) return '';
  return exponent >= -2 && exponent <= 4 ? grouped(Number(v.toPrecision(6))) : '10' + raised(exponent);
}

/** Names of series, stretches and instants that a legend tells: those of series where there are several. */
export function legend(data) {
  const named = data.series.filter(s => s.name);
  return named.length > 1 ? named.map(s => ({ name: s.name, color: s.color, kind: s.kind, dashed: s.dashed })) : [];
}

/** Lines of the legend that fit the width, each with the place of its entries. */
function legendLines(entries, width) {
  const lines = [];
  let x = Infinity;
  for (const entry of entries) {
    const wide = textWidth(entry.name) + 29;
    if (x + wide > width && (x > 0 || !lines.length)) { lines.push([]); x = 0; }
    lines.at(-1).push({ ...entry, x });
    x += wide;
  }
  return lines;
}

const marginTopOf = (data, lines) => 22 + lines.length * legendRow + (data.events.some(e => e.text) ? 10 : 0);

/** The least height that leaves room for the curves below a legend of many names. */
export const leastHeight = (data, width) => marginTopOf(data, legendLines(legend(data), width)) + leastInner + marginBottom;

/** Draws. Returns the SVG, with `scales` to go from values to pixels and back. */
export function render(data, domain, width, height) {
  const lines = legendLines(legend(data), width), marginTop = marginTopOf(data, lines), marginRight = 14;
  const yTicks = ticksOf(data.y, domain.y), inner = height - marginTop - marginBottom;
  const scale = data.y.scale === 'logarithmic' ? d3.scaleLog(domain.y, [0, 1]) : d3.scaleLinear(domain.y, [0, 1]);
  const yCount = Math.max(2, Math.floor(inner / 34));
  const marginLeft = Math.ceil(Math.max(16, ...scale.ticks(yCount).map(v => textWidth(yTicks.write(v))))) + 12;
  if (data.equal) domain = equalized(domain, width - marginLeft - marginRight, inner);
  const xTicks = ticksOf(data.x, domain.x);
  const type = axis => axis.scale === 'logarithmic' ? 'log' : 'linear';
  const grid = { stroke: 'var(--plot-grid)', strokeOpacity: 1 };
  const text = { fill: 'var(--plot-soft)', fontSize };
  const svg = Plot.plot({
    width, height, marginTop, marginBottom, marginLeft, marginRight,
    style: { background: 'none', overflow: 'visible', fontSize, fontFamily: 'inherit', fontVariantNumeric: 'tabular-nums' },
    x: { type: type(data.x), domain: domain.x }, y: { type: type(data.y), domain: domain.y },
    marks: [
      ...data.spans.map(s => Plot.rectX([s], { x1: s.from, x2: s.to, fill: s.color, fillOpacity: 0.14, clip: true })),
      Plot.gridY({ ...grid, ticks: yCount }),
      ...(data.series.some(s => s.kind === 'scatter') ? [Plot.gridX(grid)] : []),
      Plot.axisY({ ...text, ticks: yCount, tickSize: 0, tickPadding: 6, tickFormat: yTicks.write,
        label: yTicks.label, labelArrow: 'none', labelAnchor: 'top', labelOffset: marginLeft - 2 }),
      Plot.axisX({ ...text, ticks: Math.max(2, Math.floor((width - marginLeft) / 64)), tickSize: 4, tickFormat: xTicks.write,
        label: xTicks.label, labelArrow: 'none', labelAnchor: 'center' }),
      ...data.series.flatMap(s => marks(s, data, domain, width)),
      Plot.ruleY([data.y.scale === 'linear' && domain.y[0] <= 0 && domain.y[1] >= 0 ? 0 : domain.y[0]], { stroke: 'var(--plot-soft)' }),
      ...data.events.filter(e => e.x >= domain.x[0] && e.x <= domain.x[1]).flatMap(e => [
        Plot.ruleX([e.x], { stroke: e.color, strokeDasharray: '4 3', clip: true }),
        ...(e.text ? [Plot.text([e], { x: e.x, text: e => e.text, frameAnchor: 'top', dy: -6, dx: side(e, domain) * 4, fontSize,
          fill: e.color, textAnchor: side(e, domain) > 0 ? 'start' : 'end', stroke: 'var(--plot-ground)', strokeWidth: 3 })] : []),
      ]),
      ...data.spans.filter(s => s.text && s.to > domain.x[0] && s.from < domain.x[1]).map(s => Plot.text([s], {
        x: (Math.max(s.from, domain.x[0]) + Math.min(s.to, domain.x[1])) / 2, text: s => s.text, frameAnchor: 'top', dy: 4, fill: s.color,
        fontSize, stroke: 'var(--plot-ground)', strokeWidth: 3 })),
    ],
  });
  drawLegend(svg, lines);
  // Names of marks are for scripts: the SVG is named as a whole, and a group without a role must not be.
  for (const g of svg.querySelectorAll('g[aria-label]')) {
    g.dataset.mark = g.getAttribute('aria-label');
    g.removeAttribute('aria-label');
  }
  return { svg, domain, x: svg.scale('x'), y: svg.scale('y'),
    frame: { left: marginLeft, right: width - marginRight, top: marginTop, bottom: height - marginBottom } };
}

// The name of an instant stands on the side that has room.
const side = (e, { x }) => e.x - x[0] > 0.6 * (x[1] - x[0]) ? -1 : 1;

function marks(s, data, domain, width) {
  const all = points(s, 4 * width), at = { x: p => p.x, y: p => p.y, clip: true };
  const faint = p => data.selected == null || !s.id?.includes(data.selected) || s.id[p.i] === data.selected ? 1 : 0.35;
  const floor = data.y.scale === 'logarithmic' ? domain.y[0] : 0;
  const dashed = s.dashed ? { strokeDasharray: '6 4' } : {};
  const errors = () => Plot.ruleX(all.filter(p => p.low != null && p.high != null),
    { x: p => p.to == null ? p.x : (p.x + p.to) / 2, y1: p => Math.max(p.low, domain.y[0]), y2: p => p.high,
      stroke: s.kind === 'bars' ? 'var(--plot-ink)' : s.color, strokeWidth: 1.25, clip: true });
  // A dot at the edge is whole, so dots are chosen rather than clipped.
  const isSeen = p => p.y != null && p.x >= domain.x[0] && p.x <= domain.x[1] && p.y >= domain.y[0] && p.y <= domain.y[1];
  const dots = r => Plot.dot(all.filter(isSeen), { ...at, r, fill: s.color, fillOpacity: faint, clip: false });
  if (s.kind === 'band') {
    return [Plot.areaY(all, { x: p => p.x, y1: p => p.low, y2: p => p.high, fill: s.color, fillOpacity: 0.25, clip: true })];
  }
  if (s.kind === 'bars') {
    const inset = all.length > width / 8 ? 0 : 0.5, shapeRendering = inset ? undefined : 'crispEdges';
    return [Plot.rectY(all.filter(p => p.y != null), { x1: p => p.x, x2: p => p.to, y1: floor, y2: p => p.y, fill: s.color,
      fillOpacity: faint, insetLeft: inset, insetRight: inset, shapeRendering, clip: true }), errors()];
  }
  if (s.kind === 'scatter') return [errors(), dots(2.75)];
  const line = Plot.lineY(all, { ...at, curve: drawnTo[s.kind], stroke: s.color, strokeWidth: 1.75, ...dashed });
  return [line, errors(), ...(s.markers ? [dots(3)] : [])];
}

function drawLegend(svg, lines) {
  const make = (name, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const group = make('g', { 'aria-label': 'legend', 'font-size': fontSize, 'text-anchor': 'start' });
  group.setAttribute('transform', `translate(0 ${labelHeight})`);
  lines.forEach((line, row) => line.forEach(entry => {
    const x = entry.x + 2, y = row * legendRow + 8;
    if (entry.kind === 'line' || entry.kind === 'step') {
      const stroke = { stroke: entry.color, 'stroke-width': 2, ...(entry.dashed && { 'stroke-dasharray': '5 3' }) };
      group.append(make('line', { x1: x, x2: x + 15, y1: y, y2: y, ...stroke }));
    } else if (entry.kind === 'scatter') group.append(make('circle', { cx: x + 8, cy: y, r: 3.5, fill: entry.color }));
    else {
      const fill = { fill: entry.color, 'fill-opacity': entry.kind === 'band' ? 0.3 : 1 };
      group.append(make('rect', { x: x + 2, y: y - 5, width: 12, height: 10, rx: 2, ...fill }));
    }
    const text = make('text', { x: x + 20, y: y + 4, fill: 'var(--plot-soft)' });
    text.textContent = entry.name;
    group.append(text);
  }));
  svg.append(group);
}
