// The transfer function over the histogram. Points are dragged, added and removed here; the panel beside it gives the selected one in
// numbers. The panel tells the histogram, the selected point and the scale of the counts by attributes; a point that is selected here is
// told to it by a field.
const css = c => `#${(c & 0xffffff).toString(16).padStart(6, '0')}`;
const left = 12, right = 34, above = 10, below = 20, mostPoints = 32, leastOpacity = 1e-4;
// Translucent media live below 0.1, so opacity 0–1 is shown by its cube root.
const toHeight = a => Math.cbrt(a), toOpacity = h => h ** 3;
const opacityMarks = [0.001, 0.01, 0.1, 0.5, 1];

/** Round values between two, some so many apart. */
export function ticks(low, high, wanted) {
  const rough = (high - low) / Math.max(1, wanted), power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find(m => m * power >= rough) * power, list = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) list.push(i * step || 0);
  return { step, list };
}

/** A value as an axis has it: as many decimals as its step needs, or a power of ten. */
export function label(value, step) {
  const size = Math.max(Math.abs(value), step);
  if (size >= 1e6 || size < 1e-3) return value === 0 ? '0' : value.toExponential(Math.max(0, digits(value, step))).replace('e+', 'e');
  const most = Math.max(0, -Math.floor(Math.log10(step)));
  return value.toLocaleString('en', { maximumFractionDigits: most }).replaceAll(',', '\u202f');
}

const digits = (value, step) => Math.min(3, Math.max(0, Math.floor(Math.log10(Math.abs(value))) - Math.floor(Math.log10(step))));

export class TransferEditor {
  constructor(viewer, element) {
    Object.assign(this, { viewer, element });
    this.canvas = element.appendChild(document.createElement('canvas'));
    element.addEventListener('pointerdown', e => this.down(e));
    element.addEventListener('pointermove', e => this.move(e));
    element.addEventListener('pointerup', () => { this.dragging = false; });
    element.addEventListener('pointercancel', () => { this.dragging = false; });
    element.addEventListener('dblclick', e => this.insert(...this.fromScreen(...this.local(e)), this.near(e)));
    element.addEventListener('contextmenu', e => { e.preventDefault(); this.remove(this.near(e)); });
    element.addEventListener('keydown', e => this.key(e));
    new ResizeObserver(() => this.draw()).observe(element);
    const told = { attributes: true, attributeFilter: ['data-histogram', 'data-linear', 'data-selected'] };
    new MutationObserver(() => this.draw()).observe(element, told);
    this.draw();
  }

  get points() { return this.viewer.view.transfer; }
  get size() { return [this.element.clientWidth, this.element.clientHeight]; }
  get selected() { return Number(this.element.dataset.selected ?? -1); }
  get range() { const h = this.histogram; return [h.least, h.most]; }

  get histogram() {
    const { histogram } = this.element.dataset;
    if (!histogram) return this.viewer.scene.histogram;
    if (histogram !== this.text) [this.text, this.parsed] = [histogram, JSON.parse(histogram)];
    return this.parsed;
  }

  select(i) {
    this.element.dataset.selected = i;
    const field = this.element.parentElement?.querySelector('[data-transfer-selected]');
    if (!field) return;
    field.value = i;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }

  across(value) { const [least, most] = this.range; return left + (value - least) / (most - least) * (this.size[0] - left - right); }
  up(height) { const h = this.size[1]; return h - below - height * (h - above - below); }
  toScreen([value, , opacity]) { return [this.across(value), this.up(toHeight(opacity))]; }

  fromScreen(x, y) {
    const [w, h] = this.size, [least, most] = this.range, unit = v => Math.max(0, Math.min(1, v));
    const opacity = toOpacity(unit((h - below - y) / (h - above - below)));
    return [least + unit((x - left) / (w - left - right)) * (most - least), opacity < leastOpacity ? 0 : opacity];
  }

  local(e) { const r = this.element.getBoundingClientRect(); return [e.clientX - r.left, e.clientY - r.top]; }

  // Fingers need more room than a mouse.
  near(e) {
    const [x, y] = this.local(e);
    let best = -1, d = e.pointerType === 'touch' ? 22 : 12;
    this.points.forEach((p, i) => {
      const [px, py] = this.toScreen(p), away = Math.hypot(px - x, py - y);
      if (away < d) [best, d] = [i, away];
    });
    return best;
  }

  down(e) {
    if (e.button !== 0) return;
    this.select(this.near(e));
    this.dragging = this.selected >= 0;
    this.element.setPointerCapture(e.pointerId);
  }

  move(e) { if (this.dragging) this.set(this.selected, ...this.fromScreen(...this.local(e))); }

  key(e) {
    const i = this.selected, p = this.points[i];
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    const count = this.points.length, step = e.shiftKey ? 5 : 1;
    if (e.key === 'PageDown') this.select((i + 1) % count);
    else if (e.key === 'PageUp') this.select(i <= 0 ? count - 1 : i - 1);
    else if (e.key === 'Insert') this.insertAfter(i);
    else if (p && (e.key === 'Delete' || e.key === 'Backspace')) this.remove(i);
    else if (p && by) {
      const [least, most] = this.range, height = Math.max(0, Math.min(1, toHeight(p[2]) + by[1] * step / 50));
      this.set(i, p[0] + by[0] * step * (most - least) / 200, by[1] ? toOpacity(height) : p[2]);
    } else return;
    e.preventDefault();
    e.stopPropagation();
  }

  set(i, value, opacity) {
    const next = this.points.map(p => [...p]);
    const low = i > 0 ? next[i - 1][0] : -Infinity, high = i + 1 < next.length ? next[i + 1][0] : Infinity;
    next[i] = [Math.min(high, Math.max(low, value)), next[i][1], opacity];
    this.change(next);
  }

  insert(value, opacity, over = -1) {
    if (over >= 0 || this.points.length >= mostPoints) return;
    const at = this.points.findIndex(p => p[0] > value), before = this.points[at < 0 ? this.points.length - 1 : Math.max(0, at - 1)];
    const next = [...this.points], place = at < 0 ? next.length : at;
    next.splice(place, 0, [value, before[1], opacity]);
    this.change(next);
    this.select(place);
  }

  insertAfter(i) {
    const at = i < 0 ? this.points.length - 1 : i, a = this.points[at], b = this.points[at + 1] ?? [this.range[1], 0, a[2]];
    this.insert((a[0] + b[0]) / 2, (a[2] + b[2]) / 2);
  }

  remove(i) {
    if (i < 0 || this.points.length <= 1) return;
    this.change(this.points.filter((_, k) => k !== i));
    this.select(Math.min(i, this.points.length - 1));
  }

  change(transfer) {
    this.viewer.patch({ transfer });
    this.draw();
  }

  draw() {
    const [w, h] = this.size, ratio = devicePixelRatio;
    if (!w || !this.viewer.scene) return;
    Object.assign(this.canvas, { width: w * ratio, height: h * ratio });
    const g = this.canvas.getContext('2d'), style = getComputedStyle(document.documentElement);
    const color = name => style.getPropertyValue(name).trim();
    g.scale(ratio, ratio);
    g.font = `11px ${getComputedStyle(this.element).fontFamily}`;
    this.drawAxes(g, color);
    this.drawCounts(g, color);
    this.drawFunction(g, color);
  }

  // Values below; lines of opacity, numbered at the right.
  drawAxes(g, color) {
    const [w, h] = this.size, [least, most] = this.range, { step, list } = ticks(least, most, (w - left - right) / 64);
    g.fillStyle = color('--soft');
    g.strokeStyle = color('--line');
    g.lineWidth = 1;
    g.textBaseline = 'alphabetic';
    list.forEach(value => {
      const x = this.across(value), text = label(value, step), half = g.measureText(text).width / 2;
      g.fillRect(x, h - below, 1, 4);
      g.fillText(text, Math.max(1, Math.min(w - 2 * half - 1, x - half)), h - 4);
    });
    g.textBaseline = 'middle';
    g.beginPath();
    opacityMarks.forEach(a => {
      const y = Math.round(this.up(toHeight(a))) + .5;
      g.moveTo(left, y);
      g.lineTo(w - right, y);
      g.fillText(String(a), w - right + 4, y);
    });
    g.stroke();
  }

  drawCounts(g, color) {
    const { bins } = this.histogram, scale = this.element.dataset.linear === undefined ? Math.log1p : n => n;
    const most = scale(Math.max(1, ...bins)), floor = this.up(0), wide = (this.size[0] - left - right) / bins.length;
    g.fillStyle = color('--soft');
    g.globalAlpha = .45;
    bins.forEach((n, i) => { const bar = scale(n) / most * (floor - above); g.fillRect(left + i * wide, floor - bar, wide + .6, bar); });
    g.globalAlpha = 1;
  }

  drawFunction(g, color) {
    const [w] = this.size, shape = this.points.map(p => this.toScreen(p)), floor = this.up(0);
    if (!shape.length) return;
    g.save();
    g.beginPath();
    g.rect(left, 0, w - left - right, floor + 8);
    g.clip();
    const fill = g.createLinearGradient(left, 0, w - right, 0);
    const place = x => Math.max(0, Math.min(1, (x - left) / (w - left - right)));
    this.points.forEach((p, i) => fill.addColorStop(place(shape[i][0]), css(p[1]) + '70'));
    const path = new Path2D();
    path.moveTo(Math.min(left, shape[0][0]), shape[0][1]);
    shape.forEach(([x, y]) => path.lineTo(x, y));
    path.lineTo(Math.max(w - right, shape.at(-1)[0]), shape.at(-1)[1]);
    g.strokeStyle = color('--ink');
    g.lineWidth = 1.5;
    g.stroke(path);
    path.lineTo(w - right, floor);
    path.lineTo(left, floor);
    g.fillStyle = fill;
    g.fill(path);
    g.restore();
    shape.forEach(([x, y], i) => {
      if (x < left - 1 || x > w - right + 1) return;
      g.beginPath();
      g.arc(x, y, i === this.selected ? 7 : 5, 0, 2 * Math.PI);
      g.fillStyle = css(this.points[i][1]);
      g.fill();
      g.lineWidth = i === this.selected ? 3 : 2;
      g.strokeStyle = color(i === this.selected ? '--accent' : '--ink');
      g.stroke();
    });
  }
}
