// What is measured: everybody's as the server told it, with this page's edits over it, and this page's own of who may not save; and where
// lists and panels show it.
import { add, length, sub } from './geometry.js';

export class MeasurementList {
  // told: everybody's, as the server told them; gone: ids of those that were deleted; kept: this page's alone, of who may not save;
  // running: what the server computes for this page.
  constructor(viewer) {
    Object.assign(this, { viewer, told: [], gone: new Set(), kept: [], running: [], hovered: null, spot: null });
    this.opens = Boolean(viewer.siteMarks.opensSite);
    const options = { signal: viewer.ended.signal };
    const rowOf = e => e.target.closest('[data-measurement]')?.dataset.measurement ?? null;
    viewer.root.addEventListener('pointerover', e => this.hoverRow(rowOf(e)), options);
    viewer.root.addEventListener('pointerleave', () => this.hoverRow(null), options);
    // The place on the picture of the value that the pointer is over in a profile's plot.
    viewer.root.addEventListener('plothover', e => this.point(e.target.closest('.measure-details') ? e.detail : null), options);
  }

  /** Everybody's, as this page shows them. */
  get saved() { return this.viewer.siteMarks.replica?.overDrawn(this.told) ?? this.told; }

  find(id) { return this.saved.find(m => m.id === id) ?? this.kept.find(m => m.id === id); }

  /** The server told what is saved. */
  receive(told) {
    for (const { id } of this.told) this.gone.add(id);
    for (const { id } of told) this.gone.delete(id);
    this.told = told;
    this.isTold = true;
    this.heard();
    this.mounted();
  }

  /** What an entry of the journal left of some. Only that they are gone is taken from it: the others are told with their numbers. */
  entry(states) {
    for (const { id, deleted } of states) if (deleted && !this.told.some(m => m.id === id)) this.gone.add(id);
    this.heard();
  }

  heard() {
    const { replica } = this.viewer.siteMarks;
    replica?.heard();
    replica?.own.paint();
    this.viewer.overlays();
  }

  /** The version that the server told of one; 0 of what it did not tell yet, and no end of what is gone. */
  versionOf(id) { return this.told.find(m => m.id === id)?.version ?? (this.gone.has(id) ? Infinity : 0); }

  /** This page's own list is told; until then an answer stands in for it, so that nothing flickers. */
  keep(measured) {
    const mark = { text: '', ...this.kept.find(m => m.id === measured.id), ...measured, isSaved: false };
    this.kept = [...this.kept.filter(m => m.id !== measured.id), mark];
  }

  /** The pointer is over a value of a profile, or left the plot. */
  point(hit) {
    const m = this.find(this.viewer.view.selected), [from, to] = m?.pointsUm ?? [];
    this.spot = hit && m?.kind === 'profile' ? add(from, sub(to, from), hit.x / length(sub(to, from))) : null;
    this.viewer.overlays();
  }

  hoverRow(id) {
    if (id === this.hovered) return;
    this.hovered = id;
    this.viewer.overlays();
  }

  // Where a panel is open, its tab of measurements shows the result. A sheet on a phone stays as it is.
  showPanel() {
    const { panel } = document.documentElement.dataset, tabs = [...this.viewer.root.querySelectorAll('.panel [role=tab]')];
    const tab = tabs.find(t => t.textContent.trim() === 'Measure');
    if (panel === 'open' && !this.viewer.isPhone && tab?.getAttribute('aria-selected') === 'false') tab.click();
    return tab !== undefined;
  }

  /** A link to a measurement opens its panel, once the view, the measurements and the panel's tabs are there, in whichever order. */
  mounted() {
    if (!this.opens || !this.isTold || !this.viewer.view) return;
    if (!this.find(this.viewer.view.selected) || this.showPanel()) this.opens = false;
  }
}
