// Timesteps placed by hour over the voltage curve; scrub by pointer or keys, play, and see what is loaded ahead.
const ns = 'http://www.w3.org/2000/svg';
const el = (name, attributes, text) => {
  const e = document.createElementNS(ns, name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  if (text !== undefined) e.textContent = text;
  return e;
};

export class Timeline {
  constructor(viewer, element) {
    Object.assign(this, { viewer, element, loaded: [], timer: null });
    element.innerHTML = '<button class="play" type="button" title="Play (Space)" aria-label="Play">▶</button><div class="track" role="slider" tabindex="0" aria-label="Hours of plating"><svg></svg></div>';
    [this.button, this.track] = element.children;
    this.svg = this.track.firstElementChild;
    const options = { signal: viewer.ended.signal };
    this.button.addEventListener('click', () => this.toggle(), options);
    this.track.addEventListener('pointerdown', e => { this.track.setPointerCapture(e.pointerId); this.scrub(e); }, options);
    this.track.addEventListener('pointermove', e => { if (e.buttons) this.scrub(e); }, options);
    this.track.addEventListener('keydown', e => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[e.key];
      if (by) { e.preventDefault(); e.stopPropagation(); this.go(by); }
    }, options);
    new ResizeObserver(() => this.draw()).observe(this.track);
  }

  get hours() { return this.viewer.scene.volumes.filter(v => v.modality === this.viewer.view.modality).map(v => v.hours).sort((a, b) => a - b); }

  get span() {
    const h = this.hours, curve = this.viewer.scene.voltage?.hours ?? [];
    const low = Math.min(h[0], curve[0] ?? h[0]), high = Math.max(h.at(-1), curve.at(-1) ?? h.at(-1));
    return [low, high > low ? high : low + 1];
  }

  place(hours, width) { const [low, high] = this.span; return 16 + (hours - low) / (high - low) * (width - 48); }

  scrub(e) {
    const r = this.track.getBoundingClientRect(), x = e.clientX - r.left;
    const near = this.hours.reduce((a, b) => Math.abs(this.place(a, r.width) - x) <= Math.abs(this.place(b, r.width) - x) ? a : b);
    if (near !== this.viewer.view.hours) this.viewer.patch({ hours: near });
  }

  go(by, wrap = false) {
    const h = this.hours, at = h.indexOf(this.viewer.view.hours) + by;
    const next = h[wrap ? (at + h.length) % h.length : Math.max(0, Math.min(h.length - 1, at))];
    if (next !== this.viewer.view.hours) this.viewer.patch({ hours: next });
  }

  toggle() {
    if (this.timer) { clearInterval(this.timer); this.timer = null; }
    else {
      const h = this.hours;
      if (this.viewer.view.hours === h.at(-1)) this.viewer.patch({ hours: h[0] });
      // A timestep that is not loaded yet is waited for, not skipped.
      this.timer = setInterval(() => {
        const at = h.indexOf(this.viewer.view.hours);
        if (at === h.length - 1) this.toggle();
        else if (this.loaded.includes(h[at + 1])) this.go(1);
      }, 600);
    }
    this.button.textContent = this.timer ? '❚❚' : '▶';
    this.button.setAttribute('aria-label', this.timer ? 'Pause' : 'Play');
  }

  stop() { clearInterval(this.timer); }

  draw() {
    const { scene, view } = this.viewer;
    const w = this.track.clientWidth, h = this.track.clientHeight;
    if (!scene || !w) return;
    const hours = this.hours, base = h - 22;
    this.svg.replaceChildren();
    if (scene.voltage) {
      const v = scene.voltage.values, low = v.reduce((a, b) => Math.min(a, b)), high = v.reduce((a, b) => Math.max(a, b)), top = 6;
      const point = (t, i) => `${this.place(t, w).toFixed(1)},${(base - (v[i] - low) / (high - low || 1) * (base - top)).toFixed(1)}`;
      // Over a hole of the curve nothing was measured, so nothing is drawn.
      const holes = new Set(scene.voltage.holesAfter ?? []), pieces = [[]];
      scene.voltage.hours.forEach((t, i) => {
        pieces.at(-1).push(point(t, i));
        if (holes.has(i)) pieces.push([]);
      });
      for (const points of pieces) {
        const line = { points: points.join(' '), fill: 'none', stroke: 'var(--soft)', 'stroke-width': 1.25, opacity: .75 };
        this.svg.append(el('polyline', line));
      }
      this.svg.append(el('text', { x: this.place(hours[0], w) + 2, y: base - 8 }, scene.voltage.unit.replace('_', ', ')));
    }
    this.svg.append(el('line', { x1: this.place(hours[0], w), x2: this.place(hours.at(-1), w), y1: base, y2: base, stroke: 'var(--line)', 'stroke-width': 4, 'stroke-linecap': 'round' }));
    hours.forEach((t, i) => {
      const x = this.place(t, w), now = t === view.hours;
      if (this.loaded.includes(t)) {
        const from = i ? (this.place(hours[i - 1], w) + x) / 2 : x, to = i + 1 < hours.length ? (x + this.place(hours[i + 1], w)) / 2 : x;
        this.svg.append(el('line', { x1: from, x2: Math.max(to, from + 1), y1: base, y2: base, stroke: 'var(--soft)', 'stroke-width': 4, 'stroke-linecap': 'butt' }));
      }
      this.svg.append(el('circle', { cx: x, cy: base, r: now ? 7 : 4, fill: now ? 'var(--accent)' : 'var(--surface)', stroke: now ? 'var(--accent)' : 'var(--soft)', 'stroke-width': 2 }));
      const crowded = i + 1 < hours.length && this.place(hours[i + 1], w) - x < 24 && !now;
      if (!crowded) this.svg.append(el('text', { x, y: h - 3, 'text-anchor': 'middle', class: now ? 'now' : '' }, now ? `${t} h` : `${t}`));
    });
    this.track.setAttribute('aria-valuemin', hours[0]);
    this.track.setAttribute('aria-valuemax', hours.at(-1));
    this.track.setAttribute('aria-valuenow', view.hours);
    this.track.setAttribute('aria-valuetext', `${view.hours} hours`);
  }
}
