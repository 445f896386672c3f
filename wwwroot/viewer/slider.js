// The slider at a slice pane's edge and the readout above it: where the slice lies, dragged, stepped and typed, turned slices too.
import { add, depthOf, dot, follows } from './geometry.js';
import { bandColor } from './band.js';
import { decimals, sliceTitle } from './overlay.js';
import { parseNumber } from './numbers.js';

const names = ['z', 'y', 'x'], page = 10;
const make = (parent, name, fields = {}, attributes = {}) => {
  const e = parent.appendChild(Object.assign(document.createElement(name), fields));
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  return e;
};

export class SliceSlider {
  constructor(pane) {
    const { viewer, element } = pane, options = { signal: viewer.ended.signal };
    Object.assign(this, { viewer, pane, name: names[pane.index] });
    this.head = make(element, 'div', { className: 'slice-head' });
    this.at = make(this.head, 'button', { type: 'button', title: `Position of the ${this.name} slice; type another` });
    this.deep = make(this.head, 'button', { type: 'button', title: 'Depth from the interface; type another' });
    this.inBand = make(this.head, 'span', { className: 'in-band', textContent: 'in the band', hidden: true });
    this.track = make(element, 'div', { className: 'slice-slider', tabIndex: 0, title: `Slice through ${this.name} (↑ ↓, wheel)` },
      { role: 'slider', 'aria-orientation': 'vertical', 'aria-label': `Slice through ${this.name}, µm` });
    make(this.track, 'i', { className: 'rail' });
    this.extent = make(this.track, 'i', { className: 'extent' });
    this.extent.style.background = bandColor;
    this.thumb = make(this.track, 'b');
    const keepOff = e => e.stopPropagation();
    for (const e of [this.head, this.track]) {
      for (const type of ['pointerdown', 'pointerup', 'dblclick']) e.addEventListener(type, keepOff, options);
    }
    this.track.addEventListener('pointerdown', e => { this.track.setPointerCapture(e.pointerId); this.drag(e); }, options);
    this.track.addEventListener('pointermove', e => { if (this.track.hasPointerCapture(e.pointerId)) this.drag(e); }, options);
    this.track.addEventListener('keydown', e => this.key(e), options);
    this.track.addEventListener('focus', () => { viewer.active = pane; }, options);
    this.at.addEventListener('click', () => this.type(false), options);
    this.deep.addEventListener('click', () => this.type(true), options);
  }

  /** The slice's way through the volume along its normal: from where to where, where it is, and a voxel's length along it, µm. */
  range(view = this.viewer.view) {
    const { normal } = this.pane.map(view), b = this.viewer.bounds(view), voxel = this.viewer.volume(view).voxelUm;
    let [low, high] = [0, 0];
    normal.forEach((n, i) => { const ends = [n * b.low[i], n * b.high[i]]; low += Math.min(...ends); high += Math.max(...ends); });
    const step = normal.reduce((sum, n, i) => sum + Math.abs(n) * voxel[i], 0);
    return { low, high, at: dot(view.focus, normal), step, normal };
  }

  /** Moves the slice to a place along its normal, within the volume. */
  go(at, range = this.range()) {
    const to = Math.max(range.low, Math.min(range.high, at));
    if (Math.abs(to - range.at) > 1e-9) this.pane.patch({ focus: this.placed(to, range) });
  }

  // Rounding may leave a coordinate a trifle outside, which the server would show as no slice at all.
  placed(to, range) {
    const b = this.viewer.bounds(), moved = add(this.viewer.view.focus, range.normal, to - range.at);
    const focus = this.viewer.keepingDepth(moved, range.normal);
    return this.isStraight ? focus.map((c, i) => Math.max(b.low[i], Math.min(b.high[i], c))) : focus;
  }

  // Along an axis, also of slices that are turned about it.
  get isStraight() { return this.range().normal.some(n => Math.abs(n) > 1 - 1e-9); }

  get isCurved() { return follows(this.viewer.view, this.pane.index, this.viewer.scene.depth); }

  // A pointer chooses the middles of voxels, in which a slice is the stored values.
  drag(e) {
    const r = this.track.getBoundingClientRect(), range = this.range(), inset = 10;
    const share = Math.max(0, Math.min(1, (e.clientY - r.top - inset) / Math.max(1, r.height - 2 * inset)));
    const voxels = Math.max(1, Math.round((range.high - range.low) / range.step));
    this.go(range.low + (Math.min(voxels - 1, Math.floor(share * voxels)) + .5) * range.step, range);
  }

  key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) return;
    const range = this.range();
    const to = { ArrowUp: range.at - range.step, ArrowDown: range.at + range.step, PageUp: range.at - page * range.step,
      PageDown: range.at + page * range.step, Home: range.low + range.step / 2, End: range.high - range.step / 2 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    e.stopPropagation();
    // Up and down move the thumb as they say; a step beyond the volume stays at its last slice.
    if (to >= range.low - 1e-9 && to <= range.high + 1e-9) this.go(to, range);
    else this.go(to < range.low ? Math.min(range.at, range.low + range.step / 2) : Math.max(range.at, range.high - range.step / 2), range);
  }

  draw() {
    const { viewer, pane } = this, view = viewer.view, range = this.range(view);
    const share = at => Math.max(0, Math.min(1, (at - range.low) / (range.high - range.low || 1)));
    const title = sliceTitle(viewer, view, pane.index), n = decimals(Math.min(...viewer.volume(view).voxelUm));
    const { at } = title;
    this.set(this.at, at);
    this.set(this.deep, title.depth);
    this.deep.hidden = !title.depth;
    this.inBand.hidden = !title.isInBand;
    this.track.style.setProperty('--at', share(range.at));
    const band = this.bandRange(view, range);
    this.extent.hidden = !band;
    if (band) {
      this.extent.style.setProperty('--from', share(band[0]));
      this.extent.style.setProperty('--to', share(band[1]));
    }
    const text = title.depth ? `${at}, ${title.depth} from the interface${title.isInBand ? ', in the band' : ''}` : at;
    const values = { valuemin: range.low.toFixed(n), valuemax: range.high.toFixed(n), valuenow: range.at.toFixed(n), valuetext: text };
    for (const [k, v] of Object.entries(values)) this.track.setAttribute(`aria-${k}`, v);
  }

  set(e, text) { if (e.textContent !== text) e.textContent = text; }

  // Where along the slider the slice's middle lies in the band, or null where the slider does not go deeper.
  bandRange(view, range) {
    if (!view.bandVisible || !this.goesDeeper(range)) return null;
    const ends = view.band.map(um => this.atDepth(um, range)).sort((a, b) => a - b);
    return ends.every(Number.isFinite) && ends[1] > range.low && ends[0] < range.high ? ends : null;
  }

  goesDeeper({ normal }) { return Math.abs(normal['zyx'.indexOf(this.viewer.scene.depth.axis)]) > 0.05; }

  // The place along the slider at which the slice's middle has a depth, by secant steps.
  atDepth(um, range) {
    const { depth } = this.viewer.scene, { middle } = this.pane.map();
    const off = at => depthOf(depth, add(middle, range.normal, at - range.at)) - um;
    let [a, b] = [range.low, range.high];
    for (let i = 0; i < 6; i++) {
      const [fa, fb] = [off(a), off(b)], c = a - fa * (b - a) / (fb - fa || 1);
      [a, b] = [b, c];
    }
    return b;
  }

  /** Opens a field in the readout's place. Enter takes what is typed, Escape leaves it. */
  type(isDepth) {
    if (this.field) return;
    isDepth ||= this.isCurved;
    const range = this.range(), n = decimals(Math.min(...this.viewer.volume().voxelUm)), { depth } = this.viewer.scene;
    const depthAt = at => depthOf(depth, add(this.pane.map().middle, range.normal, at - range.at));
    const now = isDepth ? depthAt(range.at) : range.at;
    const name = isDepth ? 'Depth from the interface' : `Position along ${this.name}`;
    const box = make(this.head, 'span', { className: 'slice-field' });
    const fields = { type: 'text', inputMode: 'decimal', value: now.toFixed(n) };
    const field = this.field = make(box, 'input', fields, { 'aria-label': `${name}, µm` });
    make(box, 'span', { textContent: 'µm' });
    const error = make(box, 'span', { className: 'slice-error' }, { role: 'alert' });
    this.at.hidden = this.deep.hidden = true;
    field.select();
    const close = isBack => {
      this.field = null;
      box.remove();
      this.at.hidden = false;
      this.draw();
      if (isBack) this.pane.element.focus({ preventScroll: true });
    };
    const take = () => {
      const value = parseNumber(field.value), to = isDepth ? this.atDepth(value, range) : value;
      if (to >= range.low - 1e-9 && to <= range.high + 1e-9) { this.go(to); return true; }
      const ends = [range.low, range.high].map(at => isDepth ? depthAt(at) : at).sort((a, b) => a - b).map(v => v.toFixed(n));
      error.textContent = Number.isNaN(value) ? `“${field.value}” is no number; type one of µm, as 113.5.`
        : `${name} goes from ${ends[0]} to ${ends[1]} µm here; ${field.value.trim()} lies outside.`;
      field.setAttribute('aria-invalid', 'true');
      return false;
    };
    field.addEventListener('keydown', e => {
      if (e.key !== 'Enter' && e.key !== 'Escape') return;
      e.preventDefault();
      e.stopPropagation();
      if (e.key === 'Escape' || take()) close(true);
    });
    // What is wrong stays to be mended; what is right is taken as by Enter.
    field.addEventListener('blur', () => { if (this.field === field && take()) close(false); });
    field.focus();
  }
}
