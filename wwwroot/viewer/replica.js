// This page's own edits of sites until the server has kept them. They lie over what the server tells, are kept in this browser while they
// are not answered, and are sent again with the same keys, to whichever server answers then, so that none is lost and none done twice.
const prefix = 'edit:', slow = 700, together = 50, again = 2000, place = ['zUm', 'yUm', 'xUm'];
// What a site has that nobody has given anything yet.
const blank = { version: 0, labels: [], fields: {}, track: [] };
const told = e => e.message.replace(/^.*HubException: /, '');
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), b => b.toString(16).padStart(2, '0')).join('');

/** Whether this browser keeps edits of a dataset that were never answered. */
export class Replica {
  constructor(marks) {
    const { viewer } = marks, { person, identity } = viewer.root.dataset;
    Object.assign(this, { marks, viewer, start: `${prefix}${person}/${identity}/`, isSending: false, refused: 0, isOnlyHere: false });
    this.pending = this.stored();
  }

  // What an earlier page, or another tab that is closed, could not send. Sent twice it is still done once.
  stored() {
    const found = [];
    for (let i = 0; i < localStorage.length; i++) {
      const name = localStorage.key(i);
      if (!name.startsWith(this.start)) continue;
      try { found.push({ ...JSON.parse(localStorage.getItem(name)), isLate: true }); } catch { localStorage.removeItem(name); }
    }
    return found.sort((a, b) => a.at - b.at);
  }

  /** Puts a new site at a place; its id. */
  add(at, hours, modality) {
    const id = newKey().slice(0, 12), [zUm, yUm, xUm] = at.map(c => Math.round(c * 1000) / 1000);
    this.edit({ do: 'add', id, fields: { zUm, yUm, xUm, hours, modality, radiusUm: 5, status: 'proposed', note: '', label: '' } });
    return id;
  }

  move(site, at) {
    const seen = this.seen(site.id) ?? site, pick = values => Object.fromEntries(place.map((f, i) => [f, values[i]]));
    const fields = pick(at.map(c => Math.round(c * 1000) / 1000));
    this.edit({ do: 'change', id: site.id, base: site.version || undefined, fields, was: pick(place.map(f => seen[f])) });
  }

  remove(site) { this.edit({ do: 'delete', id: site.id, base: site.version || undefined }); }

  seen(id) { return this.over(this.marks.heard).find(s => s.id === id); }

  edit(op) {
    const own = { op: { key: newKey(), kind: 'site', ...op }, at: Date.now() };
    try {
      localStorage.setItem(this.start + own.op.key, JSON.stringify(own));
    } catch {
      this.isOnlyHere = true;
    }
    own.isLive = true;
    this.pending.push(own);
    this.marks.changed();
    setTimeout(() => this.marks.changed(), slow);
    this.flush();
  }

  /** Sites as the server told them with this page's own edits over them. */
  over(sites) {
    if (!this.pending.length) return sites;
    const byId = new Map(sites.map(s => [s.id, s])), now = Date.now();
    for (const { op, at, version } of this.pending) {
      const site = byId.get(op.id), isLate = version === undefined && now - at >= slow;
      if (op.do === 'delete') byId.delete(op.id);
      else if (op.do === 'add' && !site) byId.set(op.id, { ...blank, id: op.id, ...op.fields, label: isLate ? 'not saved' : '' });
      else if (site) byId.set(op.id, { ...site, ...op.fields, label: site.label + (isLate ? ' (not saved)' : '') });
    }
    return [...byId.values()];
  }

  /** The server told more: what it has of this page's edits needs no place over it. */
  heard() {
    this.pending = this.pending.filter(p => p.version === undefined || this.marks.versionOf(p.op.id) < p.version);
  }

  async flush() {
    const { link } = this.viewer;
    if (this.isSending || !link.isConnected) return;
    this.isSending = true;
    let batch = [];
    try {
      while ((batch = this.pending.filter(p => p.version === undefined).slice(0, together)).length) {
        const ops = batch.map(p => ({ ...p.op, seenNow: p.isLive && !p.isLate || undefined }));
        const answers = JSON.parse(await link.hub.invoke('Edit', JSON.stringify(ops)));
        answers.forEach((answer, i) => this.answered(batch[i], answer));
        this.marks.changed();
      }
    } catch (e) {
      for (const p of batch) p.isLate = true;
      // A server that is busy, or has not let this page join yet, is asked again; a lost connection when it is back.
      if (link.isConnected) {
        if (!/Join a session/.test(e.message)) this.viewer.tell(`Not saved yet: ${told(e)}`);
        setTimeout(() => this.flush(), again);
      }
    }
    this.isSending = false;
  }

  answered(own, { outcome, version, why }) {
    localStorage.removeItem(this.start + own.op.key);
    if (outcome === 'refused') this.viewer.tell(`Not saved: ${why}`);
    own.version = version ?? 0;
    if (outcome === 'refused' || outcome === 'unchanged') this.pending = this.pending.filter(p => p !== own);
    this.heard();
  }

  /** What is only here is lost where the browser keeps nothing and the page is left. */
  get isAtRisk() { return this.isOnlyHere && this.pending.some(p => p.version === undefined); }
}
