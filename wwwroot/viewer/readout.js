// The line below the panes: what lies under the pointer, as stored, and what was refused; while there is neither, where the crosshair is.
import { formatVoxel } from './geometry.js';
import { decimals } from './overlay.js';

const interval = 50, toldFor = 4000;
const placeOf = ([z, y, x], n) => `z <b>${z.toFixed(n)}</b> · y <b>${y.toFixed(n)}</b> · x <b>${x.toFixed(n)}</b> µm`;

export class Readout {
  constructor(viewer) {
    Object.assign(this, { viewer, point: null, probing: false, told: -1e9, element: viewer.root.querySelector('#status') });
  }

  /** Says a sentence, which stays a moment. */
  tell(text) {
    this.element.textContent = text;
    this.element.dataset.told = 'true';
    this.told = performance.now();
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => { this.clear(); this.hover(this.point, this.hours, this.isUnknown); }, toldFor);
  }

  /** The pointer is over a point of a slice, µm; null over 3D, over a control, outside, and where a slice has no interface to follow. */
  hover(point, hours, isUnknown) {
    Object.assign(this, { point, hours, isUnknown });
    if (!point) {
      this.clear();
      if (isUnknown && !this.isTelling) this.element.textContent = 'no interface was found here';
      return;
    }
    if (this.probing) return;
    this.probing = true;
    setTimeout(() => this.probe(), interval);
  }

  get isTelling() { return performance.now() - this.told < toldFor; }

  clear() {
    if (this.isTelling) return;
    delete this.element.dataset.told;
    this.element.innerHTML = this.rest();
  }

  /** The crosshair moved, or another scan is shown. */
  moved() { if (!this.point && !this.isUnknown) this.clear(); }

  // A value is that of the place under the pointer alone.
  rest() {
    const { viewer } = this;
    if (!viewer.scene || !viewer.view) return '';
    const volume = viewer.volume(), { focus } = viewer.view, n = decimals(Math.min(...volume.voxelUm));
    const depth = viewer.scene.depth.isKnown ? ` · depth <b>${viewer.depthOf(focus).toFixed(n)}</b> µm` : '';
    return `${placeOf(focus, n)}${depth}<span class="voxel"> · ${formatVoxel(volume.voxelUm)}</span>`;
  }

  async probe() {
    const { viewer, point: at } = this;
    if (!at || viewer.connection.state !== 'Connected' || this.isTelling) { this.probing = false; return; }
    const hours = this.hours ?? viewer.view.hours, hit = await viewer.call('ProbeAt', ...at, hours);
    const inside = await viewer.nested?.valuesAt(at, hours) ?? '';
    this.probing = false;
    // The pointer may have left the slice while the server read the voxel.
    if (!this.point || this.isTelling) return;
    const volume = viewer.volume(), n = decimals(Math.min(...volume.voxelUm)), place = placeOf(at, n);
    if (!hit) this.element.innerHTML = `${place} · outside the volume`;
    else {
      const value = Number.isInteger(hit.value) ? hit.value.toLocaleString('en').replaceAll(',', '\u202f') : hit.value.toPrecision(6);
      const depth = viewer.scene.depth.isKnown ? ` · depth <b>${hit.depthUm.toFixed(n)}</b> µm` : '';
      // Where two timesteps are compared, the value is of one of them.
      const when = viewer.view.compare && !viewer.view.compare.inside ? ` at <b>${hours}</b> h` : '';
      const what = inside ? viewer.view.modality : 'value';
      this.element.innerHTML = `${place}${depth} · ${what} <b>${value}</b>${when}${inside} · `
        + `voxel ${hit.z}, ${hit.y}, ${hit.x} · ${formatVoxel(volume.voxelUm)}`;
    }
    if (this.point !== at) this.hover(this.point, this.hours);
  }
}
