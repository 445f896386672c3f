// This page's own edits of sites and of what is drawn until the server has kept them. They lie over what the server tells, are kept in this
// browser while they are not answered, and are sent again with the same keys, to whichever server answers then, so that none is lost and
// none done twice.
import { join, split } from './chains.js';
import { OwnEdits } from './ownedits.js';
import { Refused } from './refused.js';

const prefix = 'edit:', slow = 700, together = 50, again = 2000;
// What was kept for longer is not sent by itself any more: who comes back after that has forgotten it, and others have gone on.
const longestMs = 7 * 86_400_000;
// Bytes of a call, and of one operation at most: the server takes 192 KiB.
const callBytes = 100 << 10, mostBytes = 190 << 10;
const encoder = new TextEncoder();
// What a site, and what is drawn, has that nobody has given anything yet.
const blanks = {
  site: { version: 0, labels: [], fields: {}, track: [] },
  measurement: { version: 0, labels: [], fields: {}, label: '', color: '', note: '', text: '', isSaved: true },
};
const told = e => e.message.replace(/^.*HubException: /, '');
const kindOf = op => op.kind ?? 'site';
// A shape that is drawn or changed: the server measures it before it is kept, which may take long.
const isShape = op => op.fields?.pointsUm !== undefined;

/** Whether this browser keeps edits of a dataset that were never answered. */
export class Replica {
  constructor(marks) {
    const { viewer } = marks, { person, identity } = viewer.root.dataset, of = `${person}/${identity}/`;
    // of: whose edits of what; drafts of fields begin so too.
    // isLocked: the dataset is not open to be edited, so what waits is neither sent nor shown as if it were done.
    // sending: whether a call with a shape (true), and one with other edits (false), is on its way.
    // kept: when edits of this page were made that the server keeps, in the order in which it took them.
    Object.assign(this, { marks, viewer, of, start: prefix + of, sending: new Set(), kept: [], isOnlyHere: false });
    this.isLocked = !viewer.mayEdit;
    const stored = this.stored();
    this.pending = stored.filter(own => !own.why);
    this.refused = new Refused(this, stored.filter(own => own.why));
    this.own = new OwnEdits(this);
  }

  /** The server took back the newest edit of this page, or made it again. */
  stepped(isUndone) {
    if (isUndone) this.kept.pop();
    else this.kept.push(performance.now());
  }

  newKey() { return Array.from(crypto.getRandomValues(new Uint8Array(12)), b => b.toString(16).padStart(2, '0')).join(''); }

  // What an earlier page, or another tab that is closed, could not send. Sent twice it is still done once.
  stored() {
    const found = [];
    for (let i = 0; i < localStorage.length; i++) {
      const name = localStorage.key(i);
      if (!name.startsWith(this.start)) continue;
      try {
        const own = { ...JSON.parse(localStorage.getItem(name)), isLate: true, isSent: true };
        if (Date.now() - own.at > longestMs) own.why ??= `Nobody answered since ${new Date(own.at).toLocaleDateString()}.`;
        found.push(own);
      } catch {
        localStorage.removeItem(name);
      }
    }
    return found.sort((a, b) => a.at - b.at);
  }

  /** A site or an annotation with this page's own edits over it; undefined where it is not there. */
  seen(kind, id) {
    const isSite = kind === 'site', list = isSite ? this.marks.heard : this.viewer.measure.told;
    // What was cut or joined is of two sites.
    const isAlone = !this.pending.some(p => p.op.other);
    return this.lay(kind, isAlone ? list.filter(m => m.id === id) : list).find(m => m.id === id);
  }

  /** Keeps an operation, shows it, and sends it as soon as a server answers. */
  edit(op, more) {
    const own = { op: { key: this.newKey(), ...op }, at: Date.now(), ...more };
    try {
      localStorage.setItem(this.start + own.op.key, JSON.stringify(own));
    } catch {
      this.isOnlyHere = true;
    }
    Object.assign(own, { isLive: true, made: performance.now() });
    this.pending.push(own);
    this.marks.changed();
    setTimeout(() => this.marks.changed(), slow);
    this.refused.draw();
    this.flush();
    this.viewer.steps.tell();
  }

  /** What no server has answered. */
  get waiting() { return this.pending.filter(p => p.version === undefined); }

  /** Says whether the dataset is open to be edited now. */
  lock(isLocked) {
    this.isLocked = isLocked;
    this.marks.changed();
    this.refused.draw();
  }

  /** Forgets what this browser keeps of an edit. */
  forget(own) { localStorage.removeItem(this.start + own.op.key); }

  /** Gives up an edit. */
  drop(own) {
    this.forget(own);
    this.pending = this.pending.filter(p => p !== own);
  }

  /**
   * Gives up this page's newest edit where no server has heard of it and nothing was done since some moment.
   * @returns The edit, which `edit` does anew; null where a server may have done it, or there is none.
   */
  takeBack(since) {
    const own = this.untold(since);
    if (!own) return null;
    this.drop(own);
    if (own.draft) this.untype(own);
    this.viewer.tell('The last edit, which was not sent yet, is taken back.');
    this.marks.changed();
    return own;
  }

  /**
   * This page's newest edit where no server has heard of it, and nothing was done since some moment; null where there is none, or a later
   * one was kept, as one of a site that went before a shape.
   */
  untold(since) {
    const own = this.pending.at(-1);
    return own && !own.isSent && own.made >= since && own.made > (this.kept.at(-1) ?? 0) ? own : null;
  }

  /** Does again what was taken back. */
  redo({ op: { key: _, ...op }, draft, text }) {
    if (draft) this.type(draft, text);
    this.edit(op, draft && { draft, text });
  }

  // A field whose text was taken back has the text before it. Its draft would be saved with the next connection.
  untype({ draft }) {
    const earlier = this.waiting.findLast(p => p.draft === draft)?.text;
    if (earlier === undefined) window.dendriteDrafts.drop(draft);
    this.type(draft, earlier);
  }

  type(draft, text) {
    for (const field of document.querySelectorAll('[data-draft]')) {
      if (field.dataset.draft !== draft) continue;
      field.value = text ?? field.dataset.draftSaved ?? '';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }

  /** Sites as the server told them with this page's own edits over them, which wait to be saved (isWaiting) where that takes long. */
  over(sites) { return this.lay('site', sites, true); }

  /** The same of what is drawn. */
  overDrawn(drawn) { return this.lay('measurement', drawn, true); }

  lay(kind, marks, isShown) {
    const pending = this.isLocked ? [] : this.pending.filter(p => kindOf(p.op) === kind);
    if (!pending.length) return marks;
    const byId = new Map(marks.map(m => [m.id, m])), now = Date.now();
    for (const { op, at, version } of pending) {
      const mark = byId.get(op.id) ?? (op.do === 'add' ? { ...blanks[kind], id: op.id } : null);
      const isLate = isShown && version === undefined && now - at >= slow, waits = isLate && { isWaiting: true };
      if (op.do === 'delete') byId.delete(op.id);
      else if (op.do === 'split' || op.do === 'join') this.rearrange(byId, op, waits);
      else if (mark) byId.set(op.id, { ...mark, ...op.fields, ...(isShape(op) && { text: '', isUnmeasured: true }), ...waits });
    }
    return [...byId.values()];
  }

  // Two sites that are cut or joined. What the server told may be of after it already.
  rearrange(byId, op, waits) {
    const site = byId.get(op.id), other = byId.get(op.other);
    if (op.do === 'join' && site && other) {
      byId.set(op.id, { ...join(site, other), ...waits });
      byId.delete(op.other);
    }
    const parts = op.do === 'split' && site && !other ? split(site, op.hours) : null;
    if (!parts) return;
    byId.set(op.id, { ...parts[0], ...waits });
    byId.set(op.other, { ...parts[1], id: op.other, version: 0, label: '', ...waits });
  }

  // The version that the server told of what an operation edits; of what it told is gone, the last or more.
  versionOf(op) {
    return kindOf(op) === 'site' ? this.marks.versionOf(op.id) : this.viewer.measure.list.versionOf(op.id);
  }

  /** The server told more: what it has of this page's edits needs no place over it. */
  heard() {
    this.pending = this.pending.filter(p => p.version === undefined || this.versionOf(p.op) < p.version);
  }

  /** Until all that was sent is answered, what is sent again too; or the line was lost, or the dataset is not open to be edited. */
  async settled() {
    const isOpen = () => this.sending.size > 0 || this.viewer.link.isConnected && !this.isLocked && this.waiting.some(p => p.isSent);
    while (isOpen()) await new Promise(done => setTimeout(done, 20));
  }

  // What waits and may go now: the oldest shape, or other edits. All go in the order in which they were done, so that they are taken back
  // in it; only where a shape is not measured soon, what was done to others since goes before it.
  ready(ofShape) {
    const { waiting } = this, held = new Set(), ready = [];
    if (ofShape) return waiting.slice(0, waiting.length && isShape(waiting[0].op) ? 1 : 0);
    for (const own of waiting) {
      if (!isShape(own.op)) {
        if (!held.has(own.op.id)) ready.push(own);
        continue;
      }
      const isSlow = performance.now() - own.sentAt >= slow;
      if (!isSlow && !held.size) break;
      held.add(own.op.id);
    }
    return ready;
  }

  // What a call takes of it, and its text. An operation that no call takes would be refused for ever, with all that waits behind it: it is
  // given up here. The text of a field stays a draft.
  next(ofShape) {
    const batch = [], texts = [];
    let bytes = 0;
    for (const own of this.ready(ofShape)) {
      const text = JSON.stringify({ ...own.op, seenNow: own.isLive && !own.isLate || undefined }), size = encoder.encode(text).length;
      if (size > mostBytes) {
        const { label } = this.seen(kindOf(own.op), own.op.id) ?? {};
        const why = `the edit${label ? ` of ${label}` : ''} has ${Math.ceil(size / 1024)} KiB, and ${mostBytes >> 10} KiB is the most.`;
        this.answered(own, { outcome: 'refused', why });
        continue;
      }
      if (batch.length === together || batch.length && bytes + size > callBytes) break;
      batch.push(own);
      texts.push(text);
      bytes += size;
    }
    return { batch, json: `[${texts.join()}]` };
  }

  /** Sends what may go. */
  async flush() { await Promise.all([this.flushOf(true), this.flushOf(false)]); }

  async flushOf(ofShape) {
    const { link } = this.viewer;
    if (this.sending.has(ofShape) || this.isLocked || !link.isConnected) return;
    this.sending.add(ofShape);
    let batch = [], json, fresh = [];
    try {
      while (({ batch, json } = this.next(ofShape)).batch.length) {
        fresh = batch.filter(p => !p.isSent);
        for (const p of batch) Object.assign(p, { isSent: true, sentAt: p.sentAt ?? performance.now() });
        if (ofShape) setTimeout(() => this.flushOf(false), slow);
        const answers = JSON.parse(await link.hub.invoke('Edit', json));
        answers.forEach((answer, i) => this.answered(batch[i], answer));
        this.marks.changed();
        this.flushOf(!ofShape);
      }
      this.marks.changed();
    } catch (e) {
      for (const p of batch) p.isLate = true;
      // A server that is busy, or has not let this page join yet, is asked again; a lost connection when it is back.
      if (link.isConnected) {
        const [, seconds] = /ask again in (\d+) s/.exec(e.message) ?? [];
        // Of too many edits none is done, so that they can be taken back still.
        if (seconds) for (const p of fresh) p.isSent = false;
        if (/not open to you/.test(e.message)) this.lock(true);
        else if (!/Join a session/.test(e.message)) this.viewer.tell(`Not saved yet, and sent again by itself: ${told(e)}`);
        // Each goes on by itself, so that no two that wait ask twice as often.
        if (!this.isLocked) setTimeout(() => this.flushOf(ofShape), seconds ? 1000 * seconds : again);
      }
    }
    this.sending.delete(ofShape);
  }

  answered(own, { outcome, version, why }) {
    if (outcome === 'refused') this.refuse(own, why);
    else this.forget(own);
    // The text of a field stays a draft where it was refused, so that it can be mended.
    if (outcome !== 'refused' && own.draft) window.dendriteDrafts.saved(own.draft, own.text, own.text);
    own.version = version ?? 0;
    if (outcome === 'accepted' || outcome === 'merged') this.kept.push(own.made ?? 0);
    if (outcome === 'refused' || outcome === 'unchanged') this.pending = this.pending.filter(p => p !== own);
    this.heard();
  }

  // It stands in the list, also after the page was loaded again, until somebody has read it.
  refuse(own, why) {
    own.why = why;
    const { op, at, draft, text } = own;
    try {
      localStorage.setItem(this.start + op.key, JSON.stringify({ op, at, draft, text, why }));
    } catch {
      // In the list of this page it is all the same.
    }
    this.viewer.tell(`Not saved: ${why}`);
    if (op.do === 'add' && this.viewer.view?.selected === op.id) this.viewer.patch({ selected: '' });
    this.refused.add(own);
  }

  /** What is only here is lost where the browser keeps nothing and the page is left. */
  get isAtRisk() { return this.isOnlyHere && this.waiting.length > 0; }
}
