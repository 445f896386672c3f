// The panes as one PNG at twice the screen's pixels, with marks, scale bars and a caption line.
import { formatVoxel } from './geometry.js';
import { label } from './overlay.js';

export function saveFigure(viewer, scale = 2) {
  const panes = viewer.panes.filter(p => p.size[0] > 0);
  const area = viewer.root.querySelector('#panes').getBoundingClientRect(), caption = 26;
  const canvas = Object.assign(document.createElement('canvas'), { width: area.width * scale, height: (area.height + caption) * scale });
  const g = canvas.getContext('2d');
  g.scale(scale, scale);
  g.fillStyle = '#1b1b1b';
  g.fillRect(0, 0, area.width, area.height + caption);
  for (const pane of panes) {
    const r = pane.element.getBoundingClientRect();
    g.save();
    g.beginPath();
    g.rect(r.left - area.left, r.top - area.top, r.width, r.height);
    g.clip();
    g.translate(r.left - area.left, r.top - area.top);
    g.drawImage(pane.canvas, 0, 0, r.width, r.height);
    pane.paint(g, r.width, r.height);
    g.restore();
  }
  const v = viewer.view;
  const window = v.window.map(w => +w.toPrecision(5)).join('–'), voxel = formatVoxel(viewer.volume().voxelUm);
  const text = `${viewer.scene.name} · ${v.modality} · ${v.hours} h · window ${window} · band ${v.band.join('–')} µm · ${voxel}`;
  label(g, text, 10, area.height + 17);
  canvas.toBlob(blob => {
    const a = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: `${viewer.scene.dataset}-${v.hours}h.png` });
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 5000);
  });
}
