// The transfer function over the histogram: drag points, double-click adds one, right-click or Delete removes one.
const css = c => `#${(c & 0xffffff).toString(16).padStart(6, '0')}`;
const pad = 10;
// Opacity 0–1 is shown by its cube root, since translucent media live below 0.1.
const toHeight = a => Math.cbrt(a), toOpacity = h => h ** 3;

export class TransferEditor {
  constructor(viewer, element) {
    Object.assign(this, { viewer, element, selected: -1 });
    this.canvas = element.appendChild(document.createElement('canvas'));
    element.addEventListener('pointerdown', e => this.down(e));
    element.addEventListener('pointermove', e => this.move(e));
    element.addEventListener('pointerup', () => { this.dragging = false; });
    element.addEventListener('dblclick', e => this.insert(e));
    element.addEventListener('contextmenu', e => { e.preventDefault(); this.remove(this.near(e)); });
    element.addEventListener('keydown', e => {
      if (e.key === 'Delete' || e.key === 'Backspace') { this.remove(this.selected); e.stopPropagation(); }
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
      if (by && this.points[this.selected]) {
        e.preventDefault(); e.stopPropagation();
        const p = this.points[this.selected], [least, most] = this.range;
        this.set(this.selected, p[0] + by[0] * (most - least) / 200, toOpacity(Math.max(0, Math.min(1, toHeight(p[2]) + by[1] / 50))));
      }
    });
    new ResizeObserver(() => this.draw()).observe(element);
    this.draw();
  }

  get points() { return this.viewer.view.transfer; }
  get range() { const h = this.viewer.scene.histogram; return [h.least, h.most]; }
  get size() { return [this.element.clientWidth, this.element.clientHeight]; }

  toScreen([value, , opacity]) {
    const [w, h] = this.size, [least, most] = this.range;
    return [pad + (value - least) / (most - least) * (w - 2 * pad), h - pad - toHeight(opacity) * (h - 2 * pad)];
  }

  fromScreen(x, y) {
    const [w, h] = this.size, [least, most] = this.range, unit = v => Math.max(0, Math.min(1, v));
    return [least + unit((x - pad) / (w - 2 * pad)) * (most - least), toOpacity(unit((h - pad - y) / (h - 2 * pad)))];
  }

  local(e) { const r = this.element.getBoundingClientRect(); return [e.clientX - r.left, e.clientY - r.top]; }

  near(e) {
    const [x, y] = this.local(e);
    let best = -1, d = 12;
    this.points.forEach((p, i) => {
      const [px, py] = this.toScreen(p), away = Math.hypot(px - x, py - y);
      if (away < d) [best, d] = [i, away];
    });
    return best;
  }

  down(e) {
    if (e.button !== 0) return;
    this.selected = this.near(e);
    this.dragging = this.selected >= 0;
    this.element.setPointerCapture(e.pointerId);
    this.draw();
  }

  move(e) { if (this.dragging) this.set(this.selected, ...this.fromScreen(...this.local(e))); }

  set(i, value, opacity) {
    const next = this.points.map(p => [...p]);
    const low = i > 0 ? next[i - 1][0] : -Infinity, high = i + 1 < next.length ? next[i + 1][0] : Infinity;
    next[i] = [Math.min(high, Math.max(low, value)), next[i][1], opacity];
    this.viewer.patch({ transfer: next });
    this.draw();
  }

  insert(e) {
    if (this.near(e) >= 0 || this.points.length >= 32) return;
    const [value, opacity] = this.fromScreen(...this.local(e));
    const at = this.points.findIndex(p => p[0] > value), before = this.points[at < 0 ? this.points.length - 1 : Math.max(0, at - 1)];
    const next = [...this.points];
    next.splice(at < 0 ? next.length : at, 0, [value, before[1], opacity]);
    this.viewer.patch({ transfer: next });
    this.draw();
  }

  remove(i) {
    if (i < 0 || this.points.length <= 1) return;
    this.viewer.patch({ transfer: this.points.filter((_, k) => k !== i) });
    this.selected = -1;
    this.draw();
  }

  draw() {
    const [w, h] = this.size, ratio = devicePixelRatio;
    if (!w || !this.viewer.scene) return;
    Object.assign(this.canvas, { width: w * ratio, height: h * ratio });
    const g = this.canvas.getContext('2d'), style = getComputedStyle(document.documentElement);
    g.scale(ratio, ratio);
    const bins = this.viewer.scene.histogram.bins, most = Math.log1p(Math.max(...bins));
    g.fillStyle = style.getPropertyValue('--line');
    bins.forEach((n, i) => { const bar = Math.log1p(n) / most * (h - 2 * pad); g.fillRect(pad + i / bins.length * (w - 2 * pad), h - pad - bar, (w - 2 * pad) / bins.length + .6, bar); });
    const shape = this.points.map(p => this.toScreen(p));
    if (!shape.length) return;
    const fill = g.createLinearGradient(pad, 0, w - pad, 0);
    this.points.forEach((p, i) => fill.addColorStop(Math.max(0, Math.min(1, (shape[i][0] - pad) / (w - 2 * pad))), css(p[1]) + '70'));
    const path = new Path2D();
    path.moveTo(pad, shape[0][1]);
    shape.forEach(([x, y]) => path.lineTo(x, y));
    path.lineTo(w - pad, shape.at(-1)[1]);
    g.strokeStyle = style.getPropertyValue('--ink');
    g.lineWidth = 1.5;
    g.stroke(path);
    path.lineTo(w - pad, h - pad);
    path.lineTo(pad, h - pad);
    g.fillStyle = fill;
    g.fill(path);
    shape.forEach(([x, y], i) => {
      g.beginPath();
      g.arc(x, y, i === this.selected ? 7 : 5, 0, 2 * Math.PI);
      g.fillStyle = css(this.points[i][1]);
      g.fill();
      g.lineWidth = 2;
      g.strokeStyle = style.getPropertyValue('--ink');
      g.stroke();
    });
  }
}
