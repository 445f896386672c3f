// The marks of sites: all that the server tells, what this page did and the server has not kept yet, one that is dragged, and one that a
// link leads to.
const idle = 4000, patience = 300, behind = 3000;

export class SiteMarks {
  constructor(viewer) {
    // heard: the sites as the server told them. versions: the newest of each, deleted ones included. number: the last entry of the journal.
    // newest: the last that was heard of. late: what entries told since the whole list was asked for, which may be later than that list.
    Object.assign(this, {
      viewer, heard: [], versions: new Map(), number: -1, newest: -1, isAsking: false, replica: null, moving: null, following: null,
      late: new Map(),
    });
    const isReload = performance.getEntriesByType('navigation')[0]?.type === 'reload';
    // A page that is loaded again keeps what was open, though its address names the site that was selected.
    this.opensSite = new URLSearchParams(location.search).get('site') && !isReload;
  }

  /** The sites as this page shows them. */
  get sites() { return this.shown ??= this.replica?.over(this.heard) ?? this.heard; }

  set sites(sites) {
    this.heard = sites;
    this.shown = null;
  }

  versionOf(id) { return this.versions.get(id) ?? 0; }

  joined() {
    // Who may only look hears of the edits that this browser keeps; a page of an earlier state has none.
    if (!this.viewer.mayEdit && ('kept' in this.viewer.root.dataset || !this.replica && !this.isKept())) return;
    // Not beside the first pictures; but before the line may break.
    setTimeout(() => this.begin(), this.replica || this.isKept() ? 0 : idle);
  }

  // Whether this browser keeps edits of this dataset that no server answered.
  isKept() {
    const { person, identity } = this.viewer.root.dataset;
    return Object.keys(localStorage).some(k => k.startsWith(`edit:${person}/${identity}/`));
  }

  async begin() {
    if (this.viewer.ended.signal.aborted) return null;
    this.loading ??= import('./replica.js').then(m => { this.replica = new m.Replica(this); });
    try { await this.loading; } catch {
      this.loading = null;
      this.viewer.tell('The server cannot be reached, and this page was not ready to keep edits without it.');
      return null;
    }
    this.replica.lock(!this.viewer.mayEdit);
    this.replica.flush();
    return this.replica;
  }

  /** Does what ownedits.js has, whether or not a server hears it now; what it answers, or null. */
  async own(edit, ...args) { return (await this.begin())?.own[edit](...args) ?? null; }

  /** Marks a site at a place in the timestep shown; its id, or null. */
  add(at) {
    const { viewer } = this, scan = viewer.volume(viewer.view);
    return this.own('add', at, scan.hours, scan.modality);
  }

  remove(id) { return this.own('remove', 'site', id); }

  /** The page joins, perhaps another server: it hears the whole list, with the last entry that is in it. */
  joins() {
    this.asked();
    this.number = this.newest = -1;
  }

  /** The whole list is asked for: what entries tell from here on may be later than it. */
  asked() { this.late.clear(); }

  /** All sites as they were after an entry of the journal. A list that is older than what is known is left. */
  receive(sites, number) {
    if (number < this.number) return;
    this.number = number;
    const byId = new Map(sites.map(s => [s.id, s]));
    for (const s of this.late.values()) {
      if (byId.get(s.id)?.version > s.version) continue;
      if (s.deleted) byId.delete(s.id); else byId.set(s.id, s);
    }
    for (const s of byId.values()) this.versions.set(s.id, s.version);
    this.took([...byId.values()]);
    this.catchUp();
  }

  /** Entries of the journal, in their order; where one is missing, what came since is asked for. */
  entries(entries) {
    for (const entry of entries) {
      if (entry.number <= this.number) continue;
      this.newest = Math.max(this.newest, entry.number);
      this.take(entry);
      if (entry.states && this.number >= 0 && entry.number === this.number + 1) this.number = entry.number;
    }
    this.catchUp();
  }

  // What is missing of what was heard of is asked for soon: where servers share their messages, it may be on its way, as the whole list is
  // to a page that joins.
  catchUp(wait = patience) {
    if (this.newest <= this.number || this.catching) return;
    this.catching = setTimeout(() => {
      this.catching = null;
      if (this.newest > this.number) this.ask();
    }, wait);
  }

  async ask() {
    const { viewer, number } = this;
    if (this.isAsking || viewer.ended.signal.aborted || !viewer.link.isConnected) return;
    this.isAsking = true;
    this.asked();
    let wait = behind;
    try {
      const since = JSON.parse(await viewer.connection.invoke('EntriesSince', number));
      if (since.whole) this.receive(since.whole.site ?? [], since.number);
      else {
        for (const e of since.entries) this.take(e);
        this.number = Math.max(this.number, since.number);
      }
      if (this.number > number) wait = 0;
    } catch { /* Asked again below, or all is heard by joining again. */ }
    this.isAsking = false;
    this.catchUp(wait);
  }

  take({ kind, states }) {
    if (states && kind === 'site') this.merge(states);
    if (states && kind === 'measurement') this.viewer.measure.list.entry(states);
  }

  merge(states) {
    const byId = new Map(this.heard.map(s => [s.id, s]));
    for (const state of states) {
      if (this.versionOf(state.id) >= state.version) continue;
      this.versions.set(state.id, state.version);
      this.late.set(state.id, state);
      if (state.deleted) byId.delete(state.id); else byId.set(state.id, state);
    }
    this.took([...byId.values()]);
  }

  took(sites) {
    this.heard = sites;
    this.replica?.heard();
    this.changed();
    this.jump();
  }

  changed() {
    this.shown = null;
    this.viewer.overlays();
    this.replica?.own.paint();
    // What draws sites through time is loaded where there are any.
    if (this.sites.some(s => s.track?.length)) this.viewer.loadMarks();
    if (this.viewer.marks) this.viewer.timeline.draw();
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

  /** A site where it is drawn: where it is at the hours shown, and one that is dragged is under the pointer. */
  placed(site, hours = this.viewer.view.hours) {
    const at = site.track?.find(p => Math.abs(p.hours - hours) < 1e-6);
    if (at) site = { ...site, zUm: at.zUm, yUm: at.yUm, xUm: at.xUm, at: at.hours };
    if (this.moving?.id !== site.id) return site;
    const [zUm, yUm, xUm] = this.moving.at;
    return { ...site, zUm, yUm, xUm };
  }

  /** The next click says where a site, the selected one unless another is named, is at the timestep shown. */
  follow(id = this.viewer.view.selected) {
    const { viewer } = this, site = this.sites.find(s => s.id === id);
    if (!viewer.mayEdit) return;
    if (!site) { viewer.tell('Select a site first; then say where it is at this timestep.'); return; }
    viewer.choose('site');
    this.following = site.id;
    viewer.tell(`${site.label}: click where it is at ${viewer.view.hours} h, or press Esc.`);
  }

  // Marks a new site, or places the one that is followed. The id of what is to be selected, or null.
  async mark(at) {
    const { viewer } = this, site = this.sites.find(s => s.id === this.following);
    if (!site) return this.add(at);
    const id = await this.own('follow', site.id, viewer.view.hours, at);
    if (id) viewer.choose('navigate');
    return id;
  }

  /** Whether something is selected, and the dataset has a label of a key for it. */
  canLabel(key) {
    const { viewer } = this, { selected } = viewer.view;
    return viewer.mayEdit && !!viewer.schema?.labels.some(l => l.key === key && !l.retired)
      && !!(this.sites.find(s => s.id === selected) ?? viewer.measure.find(selected));
  }

  /** Gives what is selected the label of a key, or takes it away. */
  async label(key) {
    const { viewer } = this, label = viewer.schema?.labels.find(l => l.key === key && !l.retired), { selected } = viewer.view;
    if (!viewer.mayEdit) return;
    const mark = this.sites.find(s => s.id === selected) ?? viewer.measure.find(selected);
    if (!label) viewer.tell(`No label has the key ${key}; labels are defined in the Sites panel.`);
    else if (!mark) viewer.tell(`Select a site or an annotation first; then ${key} labels it ${label.name}.`);
    else await this.own('label', selected, label.id);
  }

  move(id, at) {
    this.moving = id === null ? null : { id, at };
    this.viewer.overlays();
  }

  // The mark stays where it was dropped; where that is refused it goes back.
  async moved(site, at) {
    await this.own('move', site.id, at, site.at);
    if (this.moving?.id === site.id) this.move(null);
  }
}
