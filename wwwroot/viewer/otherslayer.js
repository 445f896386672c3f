// The picture of others over each pane: a canvas of its own, which is there only while there is something to draw.
import { cameraMap } from './geometry.js';
import { drawOthers } from './othermarks.js';

export class OthersLayer {
  constructor(together) {
    Object.assign(this, { together, viewer: together.viewer, canvases: new Map() });
  }

  remove() { this.canvases.forEach(canvas => canvas.remove()); }

  paint() { for (const pane of this.viewer.panes) this.paintPane(pane); }

  paintPane(pane) {
    const { viewer, together } = this, [w, h] = pane.size;
    const hasAny = together.showsOthers && together.roster.all.length || together.laser.isOn;
    let layer = this.canvases.get(pane);
    if (!w || !h || !viewer.scene || !hasAny) { if (layer) layer.width = 0; return; }
    if (!layer) {
      layer = Object.assign(document.createElement('canvas'), { className: 'overlay others' });
      pane.overlay.after(layer);
      this.canvases.set(pane, layer);
    }
    const ratio = devicePixelRatio, size = [w, h].map(v => Math.round(v * ratio));
    if (layer.width !== size[0] || layer.height !== size[1]) [layer.width, layer.height] = size;
    const g = layer.getContext('2d');
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, w, h);
    const view = pane.overlayView();
    const map = pane.is3d ? cameraMap(view, viewer.bounds(view), w, h) : pane.map(view);
    // In a slice: pixels and the distance from the plane; in 3D: pixels and 0.
    const toScreen = p => {
      const s = map.toScreen(p);
      return s && (pane.is3d ? [s[0], s[1], 0] : s);
    };
    if (together.showsOthers) drawOthers(g, together, pane, view, toScreen, map);
    together.laser.draw(g, pane, view, toScreen);
  }
}
