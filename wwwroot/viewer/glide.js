// A view that goes over into another: places, zoom and camera move within a moment, everything else changes at once. The server draws each
// of the views between as of any other movement.
import { cameraFrame } from './geometry.js';

const duration = 450, reduced = matchMedia('(prefers-reduced-motion: reduce)');
const mix = (a, b, t) => a + (b - a) * t, mixAll = (a, b, t) => a.map((v, i) => mix(v, b[i], t));
const grow = (a, b, t) => Math.exp(mix(Math.log(a), Math.log(b), t));
const turn = (a, b, t) => a + (((b - a) % 360 + 540) % 360 - 180) * t;
const ease = t => t < .5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2;

export class Glide {
  constructor(viewer, patch) { Object.assign(this, { viewer, patch, frame: 0 }); }

  get isRunning() { return this.frame !== 0; }

  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.done?.();
    this.done = null;
  }

  /** Goes to a view of which the fields are given that differ; resolved when it is there, or was stopped. */
  to(fields, within = duration) {
    this.stop();
    const from = this.viewer.view, over = this.between(from, { ...from, ...fields }), moving = Object.keys(over(0));
    if (!moving.some(f => f in fields) || reduced.matches || document.hidden) { this.patch(fields); return Promise.resolve(); }
    const at = performance.now(), still = Object.fromEntries(Object.entries(fields).filter(([f]) => !moving.includes(f)));
    if (Object.keys(still).length) this.patch(still);
    this.fields = fields;
    const step = now => {
      const t = Math.min(1, Math.max(0, now - at) / within);
      if (t < 1) {
        this.frame = requestAnimationFrame(step);
        this.patch(Object.fromEntries(Object.entries(over(ease(t))).filter(([f]) => f in fields)));
        return;
      }
      this.frame = 0;
      this.patch(this.fields);
      this.done?.();
      this.done = null;
    };
    this.frame = requestAnimationFrame(step);
    return new Promise(done => { this.done = done; });
  }

  /** The view that is gone to moved on meanwhile. */
  retarget(fields) { this.fields = { ...this.fields, ...fields }; }

  // From the share of the way to the fields that move.
  between(a, b) {
    const { viewer } = this, zoom = v => viewer.umPerPixel(v, Math.max(0, viewer.panes.findIndex(p => !p.is3d && p.size[0] > 0)));
    const camera = v => {
      const [w, h] = viewer.panes[3].size, f = cameraFrame(v, viewer.bounds(v), h > 0 ? w / h : 1);
      return [v.camera[0], v.camera[1], f.distance, ...f.center];
    };
    const [za, zb, ca, cb] = [zoom(a), zoom(b), camera(a), camera(b)];
    return t => ({
      focus: mixAll(a.focus, b.focus, t), center: mixAll(a.center, b.center, t), umPerPixel: grow(za, zb, t),
      window: mixAll(a.window, b.window, t),
      rotation: a.rotation.map((v, i) => turn(v, b.rotation[i], t)), roll: a.roll.map((v, i) => turn(v, b.roll[i], t)),
      camera: [turn(ca[0], cb[0], t), mix(ca[1], cb[1], t), grow(ca[2], cb[2], t), ...mixAll(ca.slice(3), cb.slice(3), t)],
    });
  }
}
