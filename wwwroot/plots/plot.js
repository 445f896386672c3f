// Draws the plots of a page (Plots/Plot.razor) and answers the pointer and the keys over them. The library is fetched with the first plot.
import { render, leastHeight, fullDomain, format, points } from './marks.js';
import { file, download } from './files.js';
import { Handles } from './handles.js';

const drawn = new WeakMap();
let library = null;

// Both are written for <script> and set a global; as modules they do the same, and no policy for inline script or eval is needed.
const load = () => library ??= import('../lib/d3.min.js').then(() => import('../lib/plot.umd.min.js'))
  .catch(error => { library = null; throw error; });

/**
 * Draws, or draws again, what the text describes. Tells `owner` of chosen points, of the point under the pointer and of stretches whose
 * ends were moved if asked to; without that, stretches have no handles.
 */
export async function show(figure, text, owner = null, tellsPoints = false, tellsHover = false, tellsSpans = false) {
  await load();
  if (!figure?.isConnected) return;
  const data = JSON.parse(text), before = drawn.get(figure);
  if (before) before.update(data);
  else drawn.set(figure, new Drawing(figure, data, { owner, tellsPoints, tellsHover, tellsSpans }));
}

/** Forgets a plot that leaves the page. */
export function hide(figure) { drawn.get(figure)?.end(); drawn.delete(figure); }

/** Shows the whole range again. */
export function reset(figure) { drawn.get(figure)?.zoom(null); }

/** Saves the plot as it is zoomed, on white: 'svg', or 'png' at four times its size. */
export async function save(figure, kind) {
  const drawing = drawn.get(figure);
  if (drawing) download(await file(figure, drawing.picture(), kind), `${drawing.data.fileName}.${kind}`);
}

/** Saves a text as a file; what it starts with tells spreadsheets that it is UTF-8. */
export function saveText(name, type, text) { download(new Blob(['\ufeff', text], { type: `${type};charset=utf-8` }), name); }

class Drawing {
  constructor(figure, data, told) {
    Object.assign(this, { figure, data, ...told });
    Object.assign(this, { domain: null, hit: null, telling: false, wasDrag: false, isLate: false, marked: null });
    this.ended = new AbortController();
    this.handles = new Handles(this);
    this.area = figure.querySelector('.plot-area');
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.area);
    // What shows the same axis elsewhere marks a place here: its detail is the place, or null.
    figure.addEventListener('plotmark', e => { this.marked = e.detail; this.markPlace(); }, { signal: this.ended.signal });
    this.update(data);
  }

  end() { this.ended.abort(); this.resized.disconnect(); }

  // Where the axes mean something else now, a zoom means nothing.
  update(data) {
    if (this.data.x.label !== data.x.label || this.data.y.label !== data.y.label || this.data.x.scale !== data.x.scale
      || this.data.y.scale !== data.y.scale) this.domain = null;
    this.data = data;
    this.width = 0;
    this.draw();
  }

  get size() { return [Math.floor(this.area.clientWidth), Math.floor(this.area.clientHeight)]; }

  draw() {
    this.area.style.minHeight = `${leastHeight(this.data, this.size[0])}px`;
    const [width, height] = this.size;
    if (width < 60 || height < 60 || width === this.width && height === this.height) return;
    // A drawing would take the handle away that somebody holds.
    if (this.handles.moving) { this.isLate = true; return; }
    [this.width, this.height] = [width, height];
    const focused = this.area.contains(document.activeElement), handle = this.handles.focused;
    this.shown = render(this.data, this.domain ?? fullDomain(this.data), width, height);
    this.hits = this.data.series.flatMap((s, series) => points(s).map(p => ({ ...p, series, kind: s.kind })));
    const { svg } = this.shown;
    svg.setAttribute('tabindex', '0');
    svg.setAttribute('role', 'group');
    // The viewer leaves the arrow keys to what says so.
    svg.setAttribute('data-own-arrows', '');
    svg.setAttribute('aria-label', `${this.data.title}. Arrow keys read the values.`);
    svg.classList.toggle('clickable', this.tellsPoints);
    this.tip ??= Object.assign(document.createElement('div'), { className: 'plot-tip', hidden: true });
    this.tip.setAttribute('role', 'status');
    this.place = node('g', { class: 'plot-pointer' });
    this.pointer = node('g', { class: 'plot-pointer' });
    svg.append(this.place, this.pointer);
    this.area.replaceChildren(svg, this.tip);
    this.figure.toggleAttribute('data-zoomed', this.domain !== null);
    this.listen(svg);
    if (focused && !handle) svg.focus({ preventScroll: true });
    if (this.tellsSpans) this.handles.draw(focused ? handle : null);
    this.markPlace();
    this.pointAgain();
  }

  /** Draws what came while a handle was held. */
  drawLate() {
    if (!this.isLate) return;
    this.isLate = false;
    this.width = 0;
    this.draw();
  }

  markPlace() {
    if (!this.shown) return;
    const { x, frame, domain } = this.shown, at = this.marked;
    const isSeen = typeof at === 'number' && at >= domain.x[0] && at <= domain.x[1], px = isSeen ? x.apply(at) : 0;
    this.place.replaceChildren(...(isSeen
      ? [node('line', { class: 'plot-place', x1: px, x2: px, y1: frame.top, y2: frame.bottom, stroke: 'var(--plot-ink)' })] : []));
  }

  // A drawing of the same data under a resting pointer shows what was pointed at before.
  pointAgain() {
    const { hit } = this, { x } = this.shown.domain;
    const again = hit && this.hits.find(p => p.series === hit.series && p.i === hit.i && p.y != null && p.x >= x[0] && p.x <= x[1]);
    if (!again) return this.point(null);
    this.hit = again;
    this.shown.svg.classList.add('on-point');
    this.mark(again);
  }

  // The whole plot on its own, for a file.
  picture() { return render(this.data, this.domain ?? fullDomain(this.data), Math.max(this.width, 480), Math.max(this.height, 220)).svg; }

  zoom(domain) {
    this.domain = domain;
    this.width = 0;
    this.draw();
  }

  listen(svg) {
    // The listeners end with the SVG, which the next drawing replaces.
    const at = e => { const box = svg.getBoundingClientRect(); return [e.clientX - box.left, e.clientY - box.top]; };
    let from = null;
    svg.addEventListener('pointerdown', e => {
      this.figure.setAttribute('data-by-pointer', '');
      if (e.button === 0 && e.isPrimary) { from = at(e); svg.setPointerCapture(e.pointerId); }
    });
    svg.addEventListener('pointermove', e => {
      const place = at(e);
      if (from && this.isDrag(from, place)) { this.point(null); this.select(from, place); } else this.point(this.nearest(...place));
    });
    svg.addEventListener('pointerup', e => {
      const place = at(e);
      if (from && this.isDrag(from, place)) this.zoomTo(from, place);
      else if (from) this.point(this.nearest(...place));
      this.wasDrag = from !== null && this.isDrag(from, place);
      from = null;
    });
    // The second click of a double click, which shows the whole range, chooses nothing.
    svg.addEventListener('click', e => { if (e.detail < 2 && !this.wasDrag) this.choose(this.nearest(...at(e))); });
    svg.addEventListener('pointercancel', () => { from = null; this.point(null); });
    svg.addEventListener('pointerleave', () => { if (!from) this.point(null); });
    svg.addEventListener('dblclick', () => this.zoom(null));
    svg.addEventListener('wheel', e => {
      // Without Ctrl the wheel scrolls the panel that the plot stands in.
      if (!e.ctrlKey && !e.metaKey) return;
      e.preventDefault();
      this.zoomAt(...at(e), 1.0015 ** e.deltaY);
    }, { passive: false });
    svg.addEventListener('keydown', e => this.key(e));
    // An SVG that is replaced loses the focus too; that says nothing.
    svg.addEventListener('blur', () => { if (svg === this.shown.svg) this.point(null); });
  }

  isDrag([x0, y0], [x1, y1]) { return Math.hypot(x1 - x0, y1 - y0) > 5; }

  // A drag along one axis selects a range of it; a drag across both a rectangle.
  selection([x0, y0], [x1, y1]) {
    const { left, right, top, bottom } = this.shown.frame, into = (v, a, b) => Math.min(Math.max(v, a), b);
    const wide = Math.abs(x1 - x0), tall = Math.abs(y1 - y0);
    const [ax, bx] = wide < 0.25 * tall ? [left, right] : [into(Math.min(x0, x1), left, right), into(Math.max(x0, x1), left, right)];
    const [ay, by] = tall < 0.25 * wide ? [top, bottom] : [into(Math.min(y0, y1), top, bottom), into(Math.max(y0, y1), top, bottom)];
    return { ax, bx, ay, by };
  }

  select(from, to) {
    const { ax, bx, ay, by } = this.selection(from, to);
    const area = { x: ax, y: ay, width: bx - ax, height: by - ay };
    this.pointer.replaceChildren(node('rect', { ...area, fill: 'var(--plot-ink)', 'fill-opacity': 0.12, stroke: 'var(--plot-soft)' }));
  }

  zoomTo(from, to) {
    const { ax, bx, ay, by } = this.selection(from, to), { x, y } = this.shown;
    if (bx - ax > 3 && by - ay > 3) this.zoom({ x: [x.invert(ax), x.invert(bx)], y: [y.invert(by), y.invert(ay)] });
    else this.point(null);
  }

  zoomAt(px, py, factor) {
    const { x, y, frame } = this.shown, around = (a, b, c) => [c + (a - c) * factor, c + (b - c) * factor];
    const [ax, bx] = around(frame.left, frame.right, px), [ay, by] = around(frame.top, frame.bottom, py);
    const flat = this.data.series.every(s => s.kind !== 'scatter');
    this.zoom({ x: [x.invert(ax), x.invert(bx)], y: flat ? this.shown.domain.y : [y.invert(by), y.invert(ay)] });
  }

  // The point that a pointer means: the bar under it, of a cloud the nearest point, of curves the nearest in the horizontal.
  nearest(px, py) {
    const { x, y, frame } = this.shown;
    if (px < frame.left - 8 || px > frame.right + 8 || py < frame.top - 8 || py > frame.bottom + 8) return null;
    let best = null, least = Infinity;
    for (const p of this.hits) {
      const value = p.kind === 'band' ? null : p.y;
      if (value == null || p.x == null) continue;
      const cx = x.apply(p.x), dx = p.to == null ? cx - px : px < cx ? cx - px : Math.max(0, px - x.apply(p.to));
      const dy = p.kind === 'bars' ? 0 : (y.apply(value) - py) * (p.kind === 'scatter' ? 1 : 0.2);
      const distance = Math.hypot(dx, dy);
      if (distance < least) [best, least] = [p, distance];
    }
    return best && least < (best.kind === 'scatter' ? 40 : Infinity) ? best : null;
  }

  key(e) {
    this.figure.removeAttribute('data-by-pointer');
    const seen = this.hits.filter(p => p.kind !== 'band' && p.y != null);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 0, ArrowUp: 0 }[e.key], from = this.hit ? seen.indexOf(this.hit) : -1;
    if (step) this.point(seen[Math.min(Math.max(from < 0 ? 0 : from + step, 0), seen.length - 1)] ?? null);
    else if (e.key === 'Home' || e.key === 'End') this.point(seen.at(e.key === 'Home' ? 0 : -1) ?? null);
    else if (step === 0) this.point(this.sibling(seen, e.key === 'ArrowDown' ? 1 : -1));
    else if (e.key === 'Enter' && this.hit) this.choose(this.hit);
    else if (e.key === 'Escape' && (this.hit || this.domain)) this.hit ? this.point(null) : this.zoom(null);
    else return;
    e.preventDefault();
    e.stopPropagation();
  }

  // The point of the next series that is nearest to the present one.
  sibling(seen, step) {
    const series = [...new Set(seen.map(p => p.series))], now = series.indexOf(this.hit?.series ?? series[0]);
    const other = series[(now + step + series.length) % series.length], x = this.hit?.x ?? seen[0]?.x;
    return seen.filter(p => p.series === other).reduce((a, b) => a && Math.abs(a.x - x) <= Math.abs(b.x - x) ? a : b, null);
  }

  /** Points at a value: a mark in the plot, what it says beside it, and word of it to whoever listens. */
  point(hit) {
    const changed = hit !== this.hit;
    this.hit = hit;
    this.shown.svg.classList.toggle('on-point', hit !== null);
    if (!hit) {
      this.pointer.replaceChildren();
      this.tip.hidden = true;
    } else if (changed || this.tip.hidden) this.mark(hit);
    if (!changed) return;
    const detail = hit && { series: hit.series, index: hit.i, x: hit.x, y: hit.y, id: this.data.series[hit.series].id?.[hit.i] ?? null };
    this.figure.dispatchEvent(new CustomEvent('plothover', { bubbles: true, detail }));
    this.tell();
  }

  // One message at a time; the newest point is told when the one before has arrived.
  async tell() {
    if (!this.tellsHover || this.telling) return;
    this.telling = true;
    try {
      for (let told = undefined; told !== this.hit && !this.ended.signal.aborted;) {
        told = this.hit;
        await this.owner.invokeMethodAsync('HoverAsync', told ? told.series : -1, told ? told.i : -1);
      }
    } catch { /* The circuit is gone; there is nobody to tell. */ } finally { this.telling = false; }
  }

  tellSpan({ id, from, to }) { this.owner.invokeMethodAsync('MoveSpanAsync', id, from, to).catch(() => {}); }

  choose(hit) {
    if (hit && this.tellsPoints) this.owner.invokeMethodAsync('ChooseAsync', hit.series, hit.i).catch(() => {});
  }

  mark(hit) {
    const { x, y, frame } = this.shown, s = this.data.series[hit.series];
    const left = x.apply(hit.x), right = hit.to == null ? left : x.apply(hit.to), cx = (left + right) / 2;
    const cy = Math.max(frame.top, Math.min(frame.bottom, y.apply(hit.y)));
    const bar = { x: left, y: cy, width: right - left, height: Math.max(1, frame.bottom - cy) };
    this.pointer.replaceChildren(
      node('line', { x1: cx, x2: cx, y1: frame.top, y2: frame.bottom, stroke: 'var(--plot-soft)', 'stroke-dasharray': '2 3' }),
      hit.to == null ? node('circle', { cx, cy, r: 4.5, fill: s.color, stroke: 'var(--plot-ground)', 'stroke-width': 1.5 })
        : node('rect', { ...bar, fill: 'none', stroke: 'var(--plot-ink)' }));
    this.say(cx, cy, s.text?.[hit.i] ?? this.words(s, hit));
  }

  /** Shows words beside a place of the drawing, or hides them. */
  say(cx, cy, words) {
    this.tip.hidden = cx === null;
    if (cx === null) return;
    this.tip.textContent = words;
    const { offsetWidth: w, offsetHeight: h } = this.tip;
    this.tip.style.left = `${Math.min(Math.max(0, cx < this.width / 2 ? cx + 10 : cx - w - 10), Math.max(0, this.width - w))}px`;
    this.tip.style.top = `${Math.min(Math.max(0, cy - h - 10), Math.max(0, this.height - h))}px`;
  }

  words(s, { i, x, y, to, low, high }) {
    const a = this.data.x, b = this.data.y, unit = axis => axis.unit ? ' ' + axis.unit : '';
    const place = to == null ? format(a, x) : `${format(a, x)}–${format(a, to)}`;
    const interval = low == null || high == null ? '' : ` (${format(b, low)}–${format(b, high)})`;
    return `${a.name} ${place}${unit(a)}\n${this.data.series.length > 1 && s.name ? s.name : b.name} ${format(b, y)}${interval}${unit(b)}`;
  }
}

function node(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
