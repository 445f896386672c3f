// The voltage (or another measured series) over time: an axis with its unit, a scale that shows the drop at a short, and its value under
// the pointer or at a key.
import { el } from './timeline.js';

const top = 8, spike = 3, noise = 1e-12;

// Some four round values from low to high.
function ticksOf(low, high, isLog) {
  if (isLog) {
    const ticks = [];
    for (let e = Math.ceil(Math.log10(low) - 1e-9); 10 ** e <= high * 1.0001; e++) ticks.push(+(10 ** e).toPrecision(3));
    return ticks.length >= 2 ? ticks.filter((_, i) => i % Math.ceil(ticks.length / 4) === 0) : [low, high].map(v => +v.toPrecision(2));
  }
  const raw = (high - low) / 4, power = 10 ** Math.floor(Math.log10(raw)), step = power * [1, 2, 5, 10].find(m => m * power >= raw * 0.999);
  return Array.from({ length: 8 }, (_, i) => (Math.ceil(low / step - 1e-9) + i) * step).filter(v => v <= high + step * 1e-6)
    .map(v => +v.toPrecision(12));
}

/**
 * From where to where the axis goes. A few values far above all others, as before plating began, would flatten the rest: they are cut off,
 * and the axis says so. What is lowest is always on the axis, since a short is a drop; the axis begins at zero where the values come near
 * it.
 */
function rangeOf(values) {
  const sorted = [...values].sort((a, b) => a - b), at = q => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  const [low, high] = [sorted[0], sorted.at(-1)], middle = at(0.5), typical = at(0.98), spread = Math.max(typical - at(0.02), noise);
  const isSpiked = high - typical > spike * spread && high > middle, most = isSpiked ? typical + 0.5 * spread : high;
  const least = low > 0 && low < 0.5 * most ? 0 : low, room = Math.max(most - least, Math.abs(most) * 1e-3, noise);
  return { low: least, high: most + 0.06 * room, cut: isSpiked ? high : null };
}

export class Curve {
  constructor(timeline) {
    Object.assign(this, { timeline, at: null, isLog: localStorage.getItem('curve-scale') === 'log' });
    // Beside the slider and not in it, since a slider has no parts of its own for those who do not see it.
    const scale = Object.assign(document.createElement('button'), { type: 'button', className: 'scale' });
    this.scale = timeline.track.parentElement.appendChild(scale);
    const options = { signal: timeline.viewer.ended.signal };
    const keep = e => { if (e.key !== 'Escape') e.stopPropagation(); };
    for (const type of ['pointerdown', 'pointermove', 'keydown']) this.scale.addEventListener(type, keep, options);
    this.scale.addEventListener('click', () => {
      this.isLog = !this.isLog;
      localStorage.setItem('curve-scale', this.isLog ? 'log' : 'linear');
      this.timeline.draw();
    }, options);
  }

  get series() { return this.timeline.viewer.scene.voltage; }

  get quantity() { return this.series.unit.split('_'); }

  // Zero and below have no place on a logarithmic scale; they lie at its foot, which a tick names.
  get least() { return this.series.values.reduce((a, v) => v > 0 && v < a ? v : a, Infinity); }

  draw(width, height) {
    const { series } = this, { svg } = this.timeline;
    const mayBeLog = series && this.least < Infinity && this.least < rangeOf(series.values).high / 3;
    this.scale.hidden = !mayBeLog;
    this.timeline.element.classList.toggle('no-curve', !series);
    if (!series?.values.length) return;
    const range = rangeOf(series.values), isLog = this.isLog && mayBeLog, low = isLog ? this.least * 0.8 : range.low;
    const scale = v => isLog ? Math.log(Math.max(v, low) / low) / Math.log(range.high / low) : (v - low) / (range.high - low);
    this.y = v => height - Math.max(0, Math.min(1, scale(v))) * (height - top);
    this.size = [width, height];
    this.scale.textContent = isLog ? 'log' : 'lin';
    this.scale.title = isLog ? 'Logarithmic scale; choose the linear one' : 'Linear scale; choose the logarithmic one';
    const ends = [this.timeline.place(this.timeline.span[0], width), this.timeline.place(this.timeline.span[1], width)];
    const group = svg.appendChild(el('g', { class: 'curve' }));
    // The values at both ends are told: that at the top with the unit, that at the foot where no tick is near it.
    const [quantity, unit] = this.quantity, ticks = ticksOf(low, range.high, isLog);
    let last = Infinity;
    for (const tick of [...this.y(ticks[0]) < height - 13 ? [low] : [], ...ticks]) {
      const y = this.y(tick);
      if (tick !== low) group.append(el('line', { x1: ends[0], x2: ends[1], y1: y, y2: y, class: 'grid' }));
      if (last - y < 13 || y < top + 14) continue;
      last = y;
      group.append(el('text', { x: ends[0] - 10, y: y + 4, 'text-anchor': 'end' }, `${+tick.toPrecision(3)}`));
    }
    group.append(el('text', { x: 4, y: top + 4, class: 'unit' }, `${+range.high.toPrecision(2)} ${unit ?? quantity}`));
    for (const points of this.pieces(width)) group.append(el('polyline', { points: points.join(' ') }));
    if (range.cut !== null) {
      const text = `↑ up to ${+range.cut.toPrecision(3)} ${unit ?? ''}`;
      group.append(el('text', { x: ends[0] + 6, y: top + 6, class: 'cut' }, text));
    }
    this.mark = svg.appendChild(el('g', { class: 'reading' }));
    this.read(this.at);
  }

  // Over a hole of the curve nothing was measured, so nothing is drawn.
  pieces(width) {
    const { hours, values, holesAfter } = this.series, holes = new Set(holesAfter ?? []), pieces = [[]];
    hours.forEach((t, i) => {
      pieces.at(-1).push(`${this.timeline.place(t, width).toFixed(1)},${this.y(values[i]).toFixed(1)}`);
      if (holes.has(i)) pieces.push([]);
    });
    return pieces;
  }

  /** The measured point nearest to a time, or -1 in a hole of the curve. */
  nearest(hours) {
    const t = this.series.hours;
    let [a, b] = [0, t.length - 1];
    while (b - a > 1) { const m = (a + b) >> 1; if (t[m] <= hours) a = m; else b = m; }
    if ((this.series.holesAfter ?? []).includes(a) && hours > t[a] && hours < t[b]) return -1;
    return Math.abs(t[a] - hours) <= Math.abs(t[b] - hours) ? a : b;
  }

  textAt(hours) {
    if (!this.series?.values.length) return '';
    const i = this.nearest(hours), unit = this.quantity[1] ?? '';
    return i < 0 ? 'not measured' : `${+this.series.values[i].toPrecision(4)} ${unit}`;
  }

  /** Shows the value at a time; null shows none. */
  read(hours) {
    this.at = hours;
    const { value } = this.timeline;
    if (!this.mark) return;
    this.mark.replaceChildren();
    value.hidden = hours === null;
    if (hours === null) { value.textContent = ''; return; }
    const i = this.nearest(hours), [width, height] = this.size, t = i < 0 ? hours : this.series.hours[i], x = this.timeline.place(t, width);
    this.mark.append(el('line', { x1: x, x2: x, y1: top, y2: height + 4 }));
    if (i >= 0) this.mark.append(el('circle', { cx: x, cy: this.y(this.series.values[i]), r: 4 }));
    value.textContent = `${+t.toFixed(3)} h · ${this.textAt(hours)}`;
    // On the side that has room.
    value.style.transform = x > width / 2 ? `translateX(calc(${x - 10}px - 100%))` : `translateX(${x + 10}px)`;
  }

  step(by) {
    if (!this.series?.hours.length) return;
    const i = Math.max(0, this.nearest(this.at ?? this.timeline.viewer.view.hours)), t = this.series.hours;
    this.read(t[Math.max(0, Math.min(t.length - 1, i + by))]);
    this.timeline.track.setAttribute('aria-valuetext', this.timeline.value.textContent);
  }
}
