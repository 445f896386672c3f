// Finer scans of a small field inside the scan that is shown: their outlines in slices and in 3D, the way in and back, which scan a pixel
// is of, and what pieces in them were judged to be. Loaded where a dataset has such scans.
import { add, cross, dot, length, slicePlane, sub } from './geometry.js';
import { circle, pathOf, stroke } from './marks.js';

// CSS pixels that a voxel of the finer scan is wide where it takes the place of the scan around it: NestedFields.LeastPixels on the server.
const leastPixels = 0.25;
const fills = 0.86, divesBelow = 0.7, outlineColor = '#f2f2f2';
// Circles of verdicts that no longer hold: sparse dashes, whatever the verdict, and thin.
const staleDash = [3, 9];
const mostLabels = 60;
// The badge's look is here, so that pages without finer scans need not load it.
const badgeLook = 'position: absolute; left: 8px; bottom: 42px; padding: 0 7px; border-radius: 3px; background: #000000d6; '
  + 'color: #fff; font: 12px/20px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; '
  + 'pointer-events: none; z-index: 3';
// A letter and a dash beside the colour, so that verdicts are told apart without it.
const verdicts = {
  lithium: { letter: 'L', color: '#35c9e8', dash: [] }, void: { letter: 'V', color: '#f0b040', dash: [7, 3] },
  crack: { letter: 'C', color: '#f2f2f2', dash: [2, 3] }, unsure: { letter: '?', color: '#b4b4b4', dash: [1, 4] },
};

const at = (m, p) => [0, 4, 8].map(r => m[r] * p[0] + m[r + 1] * p[1] + m[r + 2] * p[2] + m[r + 3]);
const cornersOf = f => Array.from({ length: 8 }, (_, i) => at(f.matrix, [4, 2, 1].map((bit, k) => i & bit ? f.shape[k] : 0)));
const edges = Array.from({ length: 8 }, (_, i) => [1, 2, 4].filter(b => !(i & b)).map(b => [i, i | b])).flat();
const placeOf = address => address.replace(/&v=[^&]*/, '');
const um = v => `${+v.toPrecision(2)} µm`;

/** Whether a point of the world lies in a finer scan. */
function holds(f, p) {
  const origin = at(f.matrix, [0, 0, 0]), d = sub(p, origin);
  const [a, b, c] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map(e => sub(at(f.matrix, e), origin));
  const volume = dot(a, cross(b, c));
  return [dot(d, cross(b, c)), dot(d, cross(c, a)), dot(d, cross(a, b))].every((v, i) => v / volume >= 0 && v / volume < f.shape[i]);
}

export class Nested {
  constructor(viewer) {
    Object.assign(this, { viewer, left: null, pieces: null, url: null });
    this.badges = viewer.panes.filter(p => !p.is3d).map(pane => {
      const badge = pane.element.appendChild(document.createElement('div'));
      badge.className = 'volume-badge';
      badge.style.cssText = badgeLook;
      // On a phone the buttons that switch panes stand below.
      if (viewer.isPhone) Object.assign(badge.style, { top: '88px', bottom: 'auto' });
      badge.hidden = true;
      return { pane, badge };
    });
  }

  /** Finer scans inside the scan of a view. */
  fieldsOf(view) {
    return (this.viewer.scene.nested ?? []).filter(f => f.around === view.modality && f.aroundHours === view.hours);
  }

  /** The finer scan that slices of a view show inside its outline, as the server decides it; or undefined. */
  shownIn(view) {
    const { nested, umPerPixel } = view;
    if (!nested || view.compare?.mode === 'difference') return undefined;
    const field = this.fieldsOf(view).find(f => f.modality === nested.modality);
    return field && (nested.atEveryZoom || umPerPixel > 0 && field.voxelUm >= leastPixels * umPerPixel) ? field : undefined;
  }

  isInside(p, view = this.viewer.view) { return this.fieldsOf(view).some(f => holds(f, p)); }

  // Scans of one acquisition lie in one box, which is drawn once with all their names.
  boxesOf(view) {
    const boxes = new Map();
    for (const f of this.fieldsOf(view)) {
      const key = cornersOf(f).flat().map(v => Math.round(v / f.voxelUm)).join();
      if (boxes.has(key)) boxes.get(key).fields.push(f);
      else boxes.set(key, { fields: [f], corners: cornersOf(f), isPlaced: f.isPlaced });
    }
    return [...boxes.values()];
  }

  nameOf(box) {
    const [f] = box.fields, names = box.fields.map(x => x.modality).join(', ');
    return `${names}, ${um(f.voxelUm)}${f.isPlaced ? '' : ', not registered'}`;
  }

  // Where a slice cuts a box: a convex polygon in the pane, or nothing.
  cutOf(box, map) {
    const seen = box.corners.map(c => map.toScreen(c)), points = [];
    for (const [i, j] of edges) {
      const [a, b] = [seen[i], seen[j]];
      if ((a[2] < 0) === (b[2] < 0)) continue;
      const f = a[2] / (a[2] - b[2]);
      points.push([a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1])]);
    }
    if (points.length < 3) return null;
    const middle = [0, 1].map(k => points.reduce((s, p) => s + p[k], 0) / points.length);
    const angle = p => Math.atan2(p[1] - middle[1], p[0] - middle[0]);
    return points.sort((p, q) => angle(p) - angle(q));
  }

  drawSlice(g, view, map, width, height, labels) {
    const shown = this.shownIn(view);
    for (const box of this.boxesOf(view)) {
      const cut = this.cutOf(box, map);
      if (!cut) continue;
      const isShown = box.fields.includes(shown);
      stroke(g, pathOf(cut, true), outlineColor, isShown ? 2 : 1.25, box.isPlaced ? [] : [6, 4]);
      // Beside the highest corner that is seen; a box that fills the pane is named by the badge.
      const seen = cut.filter(p => p[0] >= 0 && p[1] >= 0 && p[0] <= width && p[1] <= height).sort((p, q) => p[1] - q[1]);
      // Where scans are compared, each picture has the name of its own.
      if (seen.length && !this.viewer.view.compare?.inside) labels.add(this.nameOf(box), seen[0][0], seen[0][1], 2, outlineColor);
    }
    this.drawPieces(g, view, labels, true, p => {
      const [x, y, off] = map.toScreen(p.centerUm), r = p.radiusUm;
      return Math.abs(off) > r ? null : [x, y, Math.max(5, Math.sqrt(r * r - off * off) / map.um)];
    });
  }

  drawVolume(g, view, map, labels) {
    for (const box of this.boxesOf(view)) {
      const seen = box.corners.map(c => map.toScreen(c)), path = new Path2D();
      for (const [i, j] of edges) {
        if (!seen[i] || !seen[j]) continue;
        path.moveTo(seen[i][0], seen[i][1]);
        path.lineTo(seen[j][0], seen[j][1]);
      }
      stroke(g, path, outlineColor, 1.25, box.isPlaced ? [] : [6, 4]);
      const top = seen.filter(Boolean).sort((a, b) => a[1] - b[1])[0];
      if (top) labels.add(this.nameOf(box), top[0], top[1], 2, outlineColor);
    }
    if (this.viewer.view.compare?.inside) this.drawSlicePlane(g, view, map);
    this.drawPieces(g, view, labels, false, p => {
      const s = map.toScreen(p.centerUm);
      return s && [s[0], s[1], Math.max(4, p.radiusUm / map.umPerPixel * map.distance / s[2])];
    });
  }

  // Where the slice that is compared lies in the whole: its plane in the scan's box, and in it what its pane shows.
  drawSlicePlane(g, view, map) {
    const { viewer } = this, { low, high } = viewer.bounds(view), pane = viewer.panes.find(p => p.index === viewer.arrangement.slice);
    const { normal, right, down } = slicePlane(viewer.view, pane.index), corners = Array.from({ length: 8 }, (_, i) =>
      [4, 2, 1].map((bit, k) => i & bit ? high[k] : low[k]));
    const off = corners.map(c => dot(sub(c, view.focus), normal)), points = [];
    for (const [i, j] of edges) {
      if ((off[i] < 0) === (off[j] < 0)) continue;
      points.push(add(corners[i], sub(corners[j], corners[i]), off[i] / (off[i] - off[j])));
    }
    const middle = points.reduce((s, p) => add(s, p, 1 / points.length), [0, 0, 0]);
    const angle = p => Math.atan2(dot(sub(p, middle), down), dot(sub(p, middle), right));
    const [w, h] = pane.size, screen = pane.map();
    const seen = w > 0 && screen.depthUm === undefined ? [[0, 0], [w, 0], [w, h], [0, h]].map(([x, y]) => screen.toWorld(x, y)) : [];
    for (const [outline, dash] of [[points.sort((p, q) => angle(p) - angle(q)), [2, 4]], [seen, []]]) {
      const path = outline.map(p => map.toScreen(p));
      if (path.length > 2 && path.every(Boolean)) stroke(g, pathOf(path, true), outlineColor, 1, dash);
    }
  }

  drawPieces(g, view, labels, isSlice, place) {
    if (!this.pieces || this.pieces.hours !== view.hours) return;
    let named = 0;
    const { stale } = this.pieces;
    for (const piece of this.pieces.list) {
      const seen = place(piece);
      if (!seen) continue;
      const { letter, color, dash } = verdicts[piece.verdict], isTold = piece.verdict !== 'unsure';
      stroke(g, circle(...seen), color, isTold && !stale ? 1.75 : 1, stale ? staleDash : dash);
      if (isTold || isSlice) if (named++ < mostLabels) labels.add(stale ? `${letter}, stale` : letter, ...seen, color);
    }
  }

  /** Shows what pieces were judged to be, or hides it. */
  async showVerdicts(url) {
    await this.loadVerdicts(this.url === url ? null : url);
    if (this.pieces?.stale) this.viewer.tell(`Stale verdicts. ${this.pieces.stale}`);
  }

  // Circles of the address, or none. Those before stay until others are read; an answer that is no longer wanted is dropped.
  async loadVerdicts(url) {
    this.url = url;
    let pieces = null, problem = null;
    if (url) {
      this.watch ??= this.watchVerdicts();
      try {
        const answer = await fetch(url);
        if (answer.ok) pieces = await answer.json();
        else problem = answer.status === 404 ? 'There is no decision to show; decide again.' : `Verdicts were not sent (${answer.status}).`;
      } catch (e) { problem = `Verdicts could not be read: ${e.message}`; }
      if (this.url !== url) return;
    }
    if (problem) { this.url = null; this.viewer.tell(problem); }
    this.pieces = pieces && {
      ...pieces, list: pieces.pieces.map(p => ({ ...p, radiusUm: Math.cbrt(3 * p.um3 / (4 * Math.PI)) })),
    };
    if (!this.url) { this.watch?.disconnect(); this.watch = null; }
    this.pressVerdicts();
    this.tellScan();
    this.viewer.overlays();
  }

  // While circles are shown: the panel may name another decision, whose table stands beside them then.
  watchVerdicts() {
    const watch = new MutationObserver(() => {
      const now = this.viewer.root.querySelector('[data-verdicts]')?.dataset.verdicts;
      if (!this.url || !now) return;
      // Another version of the same place is read; of another place there are no circles until somebody asks.
      if (now !== this.url) this.loadVerdicts(placeOf(now) === placeOf(this.url) ? now : null);
      else this.pressVerdicts();
    });
    watch.observe(this.viewer.root, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-verdicts'] });
    this.viewer.ended.signal.addEventListener('abort', () => watch.disconnect());
    return watch;
  }

  pressVerdicts() {
    const isShown = String(this.pieces !== null);
    for (const b of this.viewer.root.querySelectorAll('[data-verdicts]')) {
      if (b.getAttribute('aria-pressed') !== isShown) b.setAttribute('aria-pressed', isShown);
    }
  }

  /** Reads verdicts again, which may be stale now. */
  datasetChanged() { if (this.url) this.loadVerdicts(this.url); }

  // The scan that a place of a slice shows.
  scanAt(view, p) {
    const shown = this.shownIn(view);
    return shown && holds(shown, p) ? shown : null;
  }

  /** Says in each slice which scan is seen under the pointer, or where that is elsewhere, at the crosshair. */
  tellScan(pane = null, point = null, isOther = false) {
    const { viewer } = this, { view } = viewer;
    if (!view) return;
    for (const b of this.badges) {
      const isHere = b.pane === pane && point, seen = isHere && isOther ? viewer.compare.otherOf(view) : view;
      const field = this.fieldsOf(view).length ? this.scanAt(seen, isHere ? point : view.focus) : null, { window } = seen.nested ?? {};
      const volume = viewer.volume(seen), short = v => +v.toPrecision(4);
      const text = !this.fieldsOf(view).length ? '' : field
        ? `${field.modality} · ${um(field.voxelUm)}/voxel${viewer.isPhone ? '' : ` · window ${short(window[0])} to ${short(window[1])}`}`
        : `${volume.modality} · ${um(Math.min(...volume.voxelUm))}/voxel`;
      const stale = text && this.pieces?.stale && this.pieces.hours === view.hours ? ' · verdicts are stale' : '';
      if (b.text === text + stale) continue;
      b.badge.textContent = b.text = text + stale;
      b.badge.title = isHere ? 'The scan under the pointer' : 'The scan at the crosshair';
      b.badge.style.boxShadow = field ? 'inset 3px 0 0 #fff' : '';
      b.badge.hidden = !text;
    }
  }

  /** Values of the finer scans at a point, as text after the value of the scan around them. */
  async valuesAt(p, hours) {
    if (!this.isInside(p, { ...this.viewer.view, hours })) return '';
    const found = await this.viewer.call('ProbeNested', ...p, hours) ?? [];
    const text = v => Number.isInteger(v) ? v.toLocaleString('en').replaceAll(',', '\u202f') : v.toPrecision(6);
    return found.map(f => ` · ${f.modality} <b>${text(f.value)}</b>`).join('');
  }

  /** Double click: into the finer scan under the pointer where it is small in the pane. Whether it did. */
  dive(pane, x, y) {
    const { view } = this.viewer;
    // The volume that landmarks are placed in has a place of its own.
    if (view.landmarks) return false;
    const point = pane.is3d ? null : pane.map().toWorld(x, y);
    const box = this.boxesOf(view).find(b => point ? holds(b.fields[0], point) : this.isOver(b, pane, x, y));
    if (!box || this.shareOf(box, pane) > divesBelow) return false;
    this.goInto(box, pane);
    return true;
  }

  // The part of the pane that a box takes, along the side of which it takes more.
  shareOf(box, pane) {
    const [w, h] = pane.size, map = this.mapOf(pane), seen = box.corners.map(c => map.toScreen(c)).filter(Boolean);
    const extent = k => Math.max(...seen.map(p => p[k])) - Math.min(...seen.map(p => p[k]));
    return Math.max(extent(0) / w, extent(1) / h);
  }

  mapOf(pane) { return pane.is3d ? pane.cameraMap() : pane.map(); }

  isOver(box, pane, x, y) {
    const seen = box.corners.map(c => pane.cameraMap().toScreen(c)).filter(Boolean);
    return [[0, x], [1, y]].every(([k, v]) => v >= Math.min(...seen.map(p => p[k])) && v <= Math.max(...seen.map(p => p[k])));
  }

  goInto(box, pane) {
    const { viewer } = this, { view } = viewer, middle = box.corners.reduce((s, c) => add(s, c, 1 / 8), [0, 0, 0]);
    const slices = viewer.panes.filter(p => !p.is3d && p.size[0] > 0), reach = Math.max(...box.corners.map(c => length(sub(c, middle))));
    // In every slice that is seen the whole field is seen.
    const need = p => {
      const m = p.map(), seen = box.corners.map(c => sub(c, middle)), span = v => 2 * Math.max(...seen.map(c => Math.abs(dot(c, v))));
      return Math.max(span(m.right) / p.size[0], span(m.down) / p.size[1]);
    };
    const scale = Math.max(...(slices.length ? slices : [pane]).map(p => p.is3d ? view.umPerPixel : need(p) / fills));
    this.left ??= { umPerPixel: view.umPerPixel, center: view.center, focus: view.focus, camera: view.camera };
    // Where 3D is the overview beside two slices, it stays that.
    const camera = viewer.compare.hasOverview ? view.camera : [...view.camera.slice(0, 2), reach / Math.sin(15 * Math.PI / 180), ...middle];
    viewer.steps.begin();
    viewer.patch({ umPerPixel: scale > 0 ? scale : view.umPerPixel, center: middle, focus: middle, camera });
    viewer.tell(`Inside ${box.fields.map(f => f.modality).join(' and ')}. Esc or Z goes back to the whole.`);
  }

  /** Into the finer scans of the scan shown, or of its time series, and back. */
  toggle() {
    const { viewer } = this;
    if (this.back()) return;
    const [box] = this.boxesOf(viewer.view);
    if (box) { this.goInto(box, viewer.chosen); return; }
    const near = viewer.scene.nested.filter(f => f.around === viewer.view.modality);
    const hours = [...new Set(near.map(f => f.aroundHours))].join(', ');
    viewer.tell(`There is no finer scan inside this one${near.length ? `; there is at ${hours} h` : ''}.`);
  }

  /** Back to where one dived in from. Whether one was inside. */
  back() {
    if (!this.left) return false;
    const { viewer, left } = this;
    this.left = null;
    viewer.steps.begin();
    viewer.patch(left);
    return true;
  }

  /** The view changed: whoever took a dive back, or went elsewhere, is not inside any more. */
  moved() {
    const { view } = this.viewer, { left } = this;
    if (left && JSON.stringify([view.umPerPixel, view.center]) === JSON.stringify([left.umPerPixel, left.center])) this.left = null;
    this.tellScan();
  }
}
