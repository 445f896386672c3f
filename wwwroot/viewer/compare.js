// Two timesteps of one view: each pane has a second picture, of the other timestep, beside the first, over it up to a border that is
// dragged, or in turns with it. Both are drawn by the server from the same view, so that they always show the same place.
import { showsDifference } from './colorbar.js';
import { Pane } from './pane.js';

const names = ['z', 'y', 'x', 'volume'];
const blinkInterval = 700;

export class Compare {
  constructor(viewer, root) {
    Object.assign(this, { viewer, root, timer: null });
    this.panes = [0, 1, 2, 3].map(i => new Pane(viewer, root.querySelector(`[data-other="${i}"]`), i, i + 4));
    this.borders = this.panes.map(pane => this.makeBorder(pane.element));
    this.place(0.5);
  }

  // In each pane a border, all at the same part of its width.
  makeBorder(element) {
    const border = element.appendChild(Object.assign(document.createElement('div'), { className: 'swipe-border', tabIndex: 0 }));
    const said = { role: 'slider', 'aria-label': 'Border between the timesteps', 'aria-valuemin': 0, 'aria-valuemax': 100 };
    for (const [name, value] of Object.entries(said)) border.setAttribute(name, value);
    const options = { signal: this.viewer.ended.signal };
    border.addEventListener('pointerdown', e => { border.setPointerCapture(e.pointerId); e.stopPropagation(); }, options);
    border.addEventListener('pointermove', e => {
      e.stopPropagation();
      if (!border.hasPointerCapture(e.pointerId)) return;
      const r = element.getBoundingClientRect();
      this.place((e.clientX - r.left) / r.width);
    }, options);
    border.addEventListener('keydown', e => {
      const by = { ArrowLeft: -0.02, ArrowRight: 0.02, Home: -1, End: 1 }[e.key];
      if (!by) return;
      e.preventDefault();
      e.stopPropagation();
      this.place(this.at + by);
    }, options);
    return border;
  }

  /** How two timesteps are shown now: side, swipe, blink, difference, or null. */
  get mode() { return this.viewer.view?.compare?.mode ?? null; }

  /** Whether pictures of the other timestep are asked for. */
  get isDrawn() { return this.mode !== null && this.mode !== 'difference'; }

  /** Hours of the scan that is seen in a pane at so many pixels from its left edge. */
  hoursAt(pane, x) {
    const { hours, compare } = this.viewer.view;
    if (!this.isDrawn) return hours;
    const isOther = pane.stream !== pane.index || (this.mode === 'swipe' && x > this.at * pane.size[0])
      || (this.mode === 'blink' && this.root.hasAttribute('data-blink'));
    return isOther ? compare.hours : hours;
  }

  // The border, as a part of each pane's width.
  place(at) {
    this.at = Math.max(0, Math.min(1, at));
    this.root.style.setProperty('--swipe', `${(100 * this.at).toFixed(2)}%`);
    for (const border of this.borders) border.setAttribute('aria-valuenow', Math.round(100 * this.at));
  }

  /** The view changed: shows what it asks for. */
  update(full) {
    const { root, viewer, mode } = this;
    if (mode) root.dataset.compare = mode; else delete root.dataset.compare;
    root.dataset.side = full ?? names[viewer.chosen?.index ?? 3];
    const blinks = mode === 'blink';
    if (blinks && !this.timer) this.timer = setInterval(() => root.toggleAttribute('data-blink'), blinkInterval);
    if (!blinks && this.timer) this.stop();
    const [shown, other] = [viewer.view.hours, viewer.view.compare?.hours].map(h => `${h} h`);
    const isDifference = showsDifference(viewer, viewer.view);
    for (const pane of viewer.panes) pane.element.dataset.time = isDifference && !pane.is3d ? `${shown} − ${other}` : mode ? shown : '';
    for (const pane of this.panes) pane.element.dataset.time = this.isDrawn ? other : '';
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.root.removeAttribute('data-blink');
  }
}
