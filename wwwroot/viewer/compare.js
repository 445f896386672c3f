// Two timesteps of one view, or two scans of one place: each pane has a second picture, of the other, beside the first, over it up to a
// border that is dragged, in the squares of a checkerboard or around the pointer, or in turns with it. Both are drawn by the server from
// the same view, so that they always show the same place.
// While landmarks are placed, the picture beside is that of the volume they are placed in, at a place of its own.
import { showsDifference } from './colorbar.js';
import { Pane } from './pane.js';

const names = ['z', 'y', 'x', 'volume'];
// Pixels: side of a square of the checkerboard, radius of the loupe; panes.css draws them by --square and --loupe.
const blinkInterval = 700, square = 96, loupe = 96;
// Pixels that labels keep off: on either side of the border, and where the hours stand.
const borderReach = 14, hoursTop = 36, hoursHeight = 50;

// What belongs to the scan, and not to a volume beside it that landmarks are placed in.
const scanOnly = { followsInterface: false, overlay: null, threshold: null, compare: null, nested: null, landmarks: null };

export class Compare {
  constructor(viewer, root) {
    Object.assign(this, { viewer, root, timer: null });
    this.panes = [0, 1, 2, 3].map(i => new Pane(viewer, root.querySelector(`[data-other="${i}"]`), i, i + 4));
    this.borders = this.panes.map(pane => this.makeBorder(pane.element));
    this.place(0.5);
    root.style.setProperty('--square', `${square}px`);
    root.style.setProperty('--loupe', `${loupe}px`);
  }

  // In each pane a border, all at the same part of its width.
  makeBorder(element) {
    const border = element.appendChild(Object.assign(document.createElement('div'), { className: 'swipe-border', tabIndex: 0 }));
    const said = { role: 'slider', 'aria-label': 'Border between the two that are compared', 'aria-valuemin': 0, 'aria-valuemax': 100 };
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

  /** How two are shown now: side, swipe, blink, difference, checker, loupe, or null. */
  get mode() {
    const { view } = this.viewer;
    return view?.landmarks ? 'side' : view?.compare?.mode ?? null;
  }

  /** Whether pictures of the other timestep are asked for. */
  get isDrawn() { return this.mode !== null && this.mode !== 'difference'; }

  /** Whether 3D stands beside two slices and shows where they are. */
  get hasOverview() { return this.mode === 'side' && this.root.hasAttribute('data-inside') && this.root.dataset.side !== 'volume'; }

  /** A view as the other picture shows it. */
  otherOf(view) {
    if (view.landmarks) return { ...view, ...view.landmarks, ...scanOnly };
    const { hours, inside } = view.compare ?? {};
    // 3D shows no scan inside an outline: beside the picture stands an overview of the whole.
    const [az, elevation, , ...target] = view.camera;
    return inside ? { ...view, nested: inside, camera: [az, elevation, 0, ...target] } : view.compare ? { ...view, hours } : view;
  }

  /** Whether the other picture is seen in a pane at a pixel. */
  isOtherAt(pane, x, y) {
    if (pane.stream !== pane.index) return true;
    if (!this.isDrawn || this.viewer.view.landmarks) return false;
    const isOdd = (Math.floor(x / square) + Math.floor(y / square)) % 2 === 1;
    return { swipe: x > this.at * pane.size[0], blink: this.root.hasAttribute('data-blink'), checker: isOdd, loupe: !pane.is3d }[this.mode]
      ?? false;
  }

  /** Hours of the scan that is seen in a pane at a pixel. */
  hoursAt(pane, x, y = 0) {
    const { hours, compare, landmarks } = this.viewer.view;
    return this.isOtherAt(pane, x, y) ? (landmarks ?? compare).hours : hours;
  }

  /** The pointer is over a pane: the loupe goes with it. */
  hover(pane, x, y, isOver) {
    if (this.mode !== 'loupe') return;
    for (const p of this.panes) p.element.classList.toggle('looks', isOver && p.index === pane.index);
    this.root.style.setProperty('--loupe-x', `${x}px`);
    this.root.style.setProperty('--loupe-y', `${y}px`);
  }

  /** What lies over a pane's picture, as x, y, width, height: the border, and the hours on either side of it or at the left. */
  boxes(pane) {
    const { time } = pane.element.dataset, [width, height] = pane.size, wide = time ? 16 + 8 * time.length : 0;
    if (this.mode !== 'swipe') return time ? [[8, hoursTop, wide, hoursHeight]] : [];
    const x = this.at * width;
    return [[x - borderReach, 0, 2 * borderReach, height], [x - borderReach - wide, hoursTop, 2 * (borderReach + wide), hoursHeight]];
  }

  // The border, as a part of each pane's width.
  place(at) {
    this.at = Math.max(0, Math.min(1, at));
    if (this.mode === 'swipe') this.viewer.overlays();
    this.root.style.setProperty('--swipe', `${(100 * this.at).toFixed(2)}%`);
    for (const border of this.borders) border.setAttribute('aria-valuenow', Math.round(100 * this.at));
  }

  /** The view changed: shows what it asks for. */
  update(full) {
    const { root, viewer, mode } = this;
    if (mode) root.dataset.compare = mode; else delete root.dataset.compare;
    root.toggleAttribute('data-over', this.isDrawn && mode !== 'side');
    const { compare, nested, landmarks } = viewer.view, chosen = viewer.chosen?.index ?? 3;
    // Finer scans lie in slices; beside their two pictures the 3D picture shows where.
    root.dataset.side = full ?? names[compare?.inside && chosen === 3 ? viewer.arrangement.slice : chosen];
    root.toggleAttribute('data-inside', Boolean(compare?.inside));
    const blinks = mode === 'blink';
    if (blinks && !this.timer) this.timer = setInterval(() => root.toggleAttribute('data-blink'), blinkInterval);
    if (!blinks && this.timer) this.stop();
    const [shown, other] = landmarks ? [`${viewer.view.modality} ${viewer.view.hours} h`, `${landmarks.modality} ${landmarks.hours} h`]
      : compare?.inside ? [nested?.modality ?? viewer.view.modality, compare.inside.modality]
      : [viewer.view.hours, compare?.hours].map(h => `${h} h`);
    const isDifference = showsDifference(viewer, viewer.view);
    const isPlain = pane => pane.is3d && compare?.inside;
    for (const pane of viewer.panes)
      pane.element.dataset.time = isPlain(pane) ? '' : isDifference && !pane.is3d ? `${shown} − ${other}` : mode ? shown : '';
    for (const pane of this.panes) pane.element.dataset.time = !this.isDrawn ? '' : isPlain(pane) ? 'overview' : other;
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.root.removeAttribute('data-blink');
  }
}
