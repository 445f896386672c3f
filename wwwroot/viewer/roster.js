// Who is here, as this page hears of them. Each word is good for a while: who is not heard of fades and then is gone; a page that lost its
// connection and came back has the same id, and is the same.
const fadesAfter = 10_000, goneAfter = 30_000;

export class Roster {
  constructor(together) {
    Object.assign(this, { together, pages: new Map(), numbers: new Map() });
  }

  /** All other pages, also those of people who are not seen. */
  get all() { return [...this.pages.values()]; }

  find(id) { return this.pages.get(id); }

  /** Takes a word of a page; true where the page was not known. */
  hear(word) {
    const before = this.pages.get(word.id), isNew = !before;
    const shown = !word.cursor ? null : before?.shown ?? [...word.cursor];
    this.pages.set(word.id, { ...word, heardAt: performance.now(), shown, came: before?.came ?? performance.now() });
    if (!this.numbers.has(word.person)) this.numbers.set(word.person, this.numbers.size + 1);
    return isNew;
  }

  remove(id) { this.pages.delete(id); }

  /** Lets go of who is gone; true where somebody is gone or begins to fade. */
  sweep() {
    const now = performance.now();
    let isChanged = false;
    for (const [id, page] of this.pages) {
      const since = now - page.heardAt, isFaded = since > fadesAfter;
      if (since > goneAfter) this.pages.delete(id);
      isChanged ||= since > goneAfter || isFaded !== !!page.isFaded;
      page.isFaded = isFaded;
    }
    return isChanged;
  }

  nameOf(page) { return page.name ?? `Somebody ${this.numbers.get(page.person)}`; }

  /** People who are seen, each once; the page of theirs that was in use last stands for them. */
  get people() {
    const byPerson = Map.groupBy(this.all.filter(p => !p.isUnseen && p.person !== this.together.person), p => p.person);
    return [...byPerson].map(([person, pages]) => {
      const page = pages.find(p => p.isPresenting) ?? pages.toSorted((a, b) => !!b.cursor - !!a.cursor || b.heardAt - a.heardAt)[0];
      const came = Math.min(...pages.map(p => p.came));
      return { person, pages, page, came, name: this.nameOf(page), isFaded: pages.every(p => p.isFaded) };
    }).sort((a, b) => a.came - b.came);
  }

  /** How many people are here, this page's and those who are not seen among them. */
  get count() { return new Set([this.together.person, ...this.all.map(p => p.person)]).size; }

  /** Where somebody looks, in words. */
  whereOf({ view, pane }) {
    if (!view) return '';
    const { viewer } = this.together, names = ['slice z', 'slice y', 'slice x', '3D'];
    const modality = viewer.scene.volumes.some(v => v.modality !== view.modality) ? `${view.modality}, ` : '';
    return `${modality}${+view.hours.toFixed(2)} h${pane === null ? '' : `, ${names[pane]}`}`;
  }

  // Cursors go to where they were told to be within a moment, so that ten words a second look like a movement.
  ease(now, within) {
    const since = Math.min(100, now - (this.easedAt ?? now));
    this.easedAt = now;
    let isMoving = false;
    for (const page of this.pages.values()) {
      if (!page.cursor || !page.shown) continue;
      const share = since ? 1 - Math.exp(-since / within) : 0, way = page.cursor.map((c, i) => c - page.shown[i]);
      const isThere = Math.hypot(...way) < .01;
      page.shown = isThere ? [...page.cursor] : page.shown.map((c, i) => c + share * way[i]);
      isMoving ||= !isThere;
    }
    return isMoving;
  }
}
