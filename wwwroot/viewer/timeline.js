// Timesteps placed by hour under the voltage curve; scrub by pointer or keys, play, read the curve, and see what is loaded ahead.
import { Curve } from './curve.js';

const ns = 'http://www.w3.org/2000/svg';
/** An SVG element. */
export const el = (name, attributes, text) => {
  const e = document.createElementNS(ns, name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  if (text !== undefined) e.textContent = text;
  return e;
};
// Material Symbols, 24 × 24.
const icons = {
  play: 'M8 5v14l11-7z', pause: 'M6 19h4V5H6v14zm8-14v14h4V5h-4z',
  back: 'M15.41 7.41 14 6l-6 6 6 6 1.41-1.41L10.83 12z', on: 'M10 6 8.59 7.41 13.17 12l-4.58 4.59L10 18l6-6z',
};
const left = 46, right = 22, axisHeight = 26;

export class Timeline {
  constructor(viewer, element) {
    Object.assign(this, { viewer, element, loaded: [], timer: null, at: null });
    element.innerHTML = '<div class="time-buttons"></div>'
      + '<div class="track-place"><div class="track" role="slider" tabindex="0" aria-label="Hours of plating">'
      + '<svg aria-hidden="true"></svg><output></output></div></div>';
    this.buttons = element.firstElementChild;
    this.track = element.lastElementChild.firstElementChild;
    [this.svg, this.value] = this.track.children;
    this.back = this.button('back', 'Timestep before', '←', () => this.go(-1));
    this.play = this.button('play', 'Play', 'Space', () => this.toggle());
    this.on = this.button('on', 'Next timestep', '→', () => this.go(1));
    this.play.classList.add('play');
    this.curve = new Curve(this);
    const options = { signal: viewer.ended.signal };
    this.track.addEventListener('pointerdown', e => { this.track.setPointerCapture(e.pointerId); this.scrub(e); }, options);
    this.track.addEventListener('pointermove', e => { if (e.buttons) this.scrub(e); this.read(e); }, options);
    this.track.addEventListener('pointerleave', () => this.curve.read(null), options);
    this.track.addEventListener('keydown', e => this.key(e), options);
    this.track.addEventListener('blur', () => this.curve.read(null), options);
    this.sized = new ResizeObserver(() => this.draw());
    this.sized.observe(this.track);
  }

  button(icon, name, key, run) {
    const b = this.buttons.appendChild(document.createElement('button'));
    Object.assign(b, { type: 'button', title: `${name} (${key})` });
    b.setAttribute('aria-label', name);
    b.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${icons[icon]}"/></svg>`;
    b.addEventListener('click', run, { signal: this.viewer.ended.signal });
    return b;
  }

  get hours() {
    const { scene, view } = this.viewer;
    return scene.volumes.filter(v => v.modality === view.modality).map(v => v.hours).sort((a, b) => a - b);
  }

  get span() {
    const h = this.hours, curve = this.viewer.scene.voltage?.hours ?? [];
    const low = Math.min(h[0], curve[0] ?? h[0]), high = Math.max(h.at(-1), curve.at(-1) ?? h.at(-1));
    return [low, high > low ? high : low + 1];
  }

  place(hours, width) {
    const [low, high] = this.span;
    return left + (hours - low) / (high - low) * (width - left - right);
  }

  hoursAt(x, width) {
    const [low, high] = this.span;
    return Math.max(low, Math.min(high, low + (x - left) / (width - left - right) * (high - low)));
  }

  scrub(e) {
    const r = this.track.getBoundingClientRect(), x = e.clientX - r.left;
    const near = this.hours.reduce((a, b) => Math.abs(this.place(a, r.width) - x) <= Math.abs(this.place(b, r.width) - x) ? a : b);
    if (near !== this.viewer.view.hours) this.viewer.patch({ hours: near });
  }

  read(e) {
    const r = this.track.getBoundingClientRect();
    this.curve.read(this.hoursAt(e.clientX - r.left, r.width));
  }

  // Arrows choose timesteps; with Shift they read the curve point by point.
  key(e) {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[e.key], to = { Home: 0, End: this.hours.length - 1 }[e.key];
    if (by === undefined && to === undefined || e.ctrlKey || e.altKey || e.metaKey) return;
    e.preventDefault();
    e.stopPropagation();
    if (by !== undefined && e.shiftKey) this.curve.step(by);
    else if (by !== undefined) this.go(by);
    else this.viewer.patch({ hours: this.hours[to] });
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
    const name = this.timer ? 'Pause' : 'Play';
    this.play.querySelector('path').setAttribute('d', icons[this.timer ? 'pause' : 'play']);
    this.play.setAttribute('aria-label', name);
    this.play.title = `${name} (Space)`;
  }

  stop() {
    clearInterval(this.timer);
    this.sized.disconnect();
  }

  draw() {
    const { scene, view } = this.viewer, w = this.track.clientWidth, h = this.track.clientHeight;
    if (!scene || !w) return;
    const hours = this.hours, base = h - axisHeight;
    this.svg.replaceChildren();
    this.curve.draw(w, base - 8);
    this.drawSteps(hours, view.hours, w, base);
    this.viewer.marks?.drawTicks(this.viewer, this, w, base);
    const at = hours.indexOf(view.hours), value = this.curve.textAt(view.hours);
    this.back.disabled = at <= 0;
    this.on.disabled = at === hours.length - 1;
    const aria = { valuemin: hours[0], valuemax: hours.at(-1), valuenow: view.hours,
      valuetext: `${view.hours} hours, scan ${at + 1} of ${hours.length}${value ? `, ${value}` : ''}` };
    for (const [k, v] of Object.entries(aria)) this.track.setAttribute(`aria-${k}`, v);
  }

  drawSteps(hours, shown, w, base) {
    const x = hours.map(t => this.place(t, w)), add = (name, attributes, text) => this.svg.append(el(name, attributes, text));
    add('line', { x1: x[0], x2: x.at(-1), y1: base, y2: base, class: 'rail' });
    hours.forEach((t, i) => {
      if (!this.loaded.includes(t)) return;
      const from = i ? (x[i - 1] + x[i]) / 2 : x[i], to = i + 1 < hours.length ? (x[i] + x[i + 1]) / 2 : x[i];
      add('line', { x1: from, x2: Math.max(to, from + 1), y1: base, y2: base, class: 'loaded' });
    });
    // The number of the timestep shown is always there; others where there is room beside it and the one before.
    const now = hours.indexOf(shown), half = i => 4 + 3.5 * String(hours[i]).length + (i === now ? 8 : 0);
    let last = -Infinity;
    hours.forEach((t, i) => {
      add('circle', { cx: x[i], cy: base, r: i === now ? 7 : 4, class: i === now ? 'step now' : 'step' });
      const isFree = i === now || x[i] - half(i) > last && (now < i || x[i] + half(i) < x[now] - half(now));
      if (!isFree) return;
      add('text', { x: x[i], y: base + 20, 'text-anchor': 'middle', class: i === now ? 'now' : '' }, i === now ? `${t} h` : `${t}`);
      last = x[i] + half(i);
    });
  }
}
