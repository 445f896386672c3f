// The marks of sites: all that the server tells, one that is dragged, and one that a link leads to.
export class SiteMarks {
  constructor(viewer) {
    Object.assign(this, { viewer, sites: [], moving: null });
    const isReload = performance.getEntriesByType('navigation')[0]?.type === 'reload';
    // A page that is loaded again keeps what was open, though its address names the site that was selected.
    this.opensSite = new URLSearchParams(location.search).get('site') && !isReload;
  }

  receive(sites) {
    this.sites = sites;
    const moved = this.moving && sites.find(s => s.id === this.moving.id);
    this.jump();
    if (this.moving?.version !== undefined && (!moved || moved.version !== this.moving.version)) this.moving = null;
    this.viewer.overlays();
  }

  // A link to a site that says nothing of where to look leads there, in a timestep in which the site is.
  jump() {
    const { viewer } = this;
    if (!this.opensSite || !viewer.scene) return;
    this.opensSite = false;
    const query = new URLSearchParams(location.search), site = this.sites.find(s => s.id === query.get('site'));
    if (!site || query.get('at')) return;
    const at = [site.zUm, site.yUm, site.xUm], { hours, modality } = viewer.view;
    viewer.patch({ focus: at, center: at, selected: site.id, hours: Math.max(site.hours, hours), modality: site.modality || modality });
    viewer.steps.done.length = 0;
    viewer.steps.tell();
  }

  /** A site where it is drawn: one that is dragged is under the pointer. */
  placed(site) {
    if (this.moving?.id !== site.id) return site;
    const [zUm, yUm, xUm] = this.moving.at;
    return { ...site, zUm, yUm, xUm };
  }

  move(id, at) {
    this.moving = id === null ? null : { id, at };
    this.viewer.overlays();
  }

  // The mark stays where it was dropped until the list of sites says so too; where that was refused it goes back.
  moved(site, isDone) {
    if (this.moving?.id !== site.id) return;
    const now = this.sites.find(s => s.id === site.id);
    if (isDone && now?.version === site.version) this.moving.version = site.version;
    else this.move(null);
  }
}
