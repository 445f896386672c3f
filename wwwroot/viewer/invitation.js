// Who presents is followed by all who did not say otherwise, after a moment in which they can.
const comesIn = 4000;

// So long a page that presented and is gone may be loaded anew; its presentation is the same then.
const returnsWithin = 15_000;

export class Invitation {
  constructor(together) {
    // Pages whose presentation was declined, each with when that is forgotten: while it goes on, never.
    Object.assign(this, { together, declined: new Map(), id: null, timer: 0, isFollowed: false, resumedAs: null });
  }

  end() { this.stay(); }

  /** The page that presents; null for none, and where its person said "Not now". */
  get by() { return this.id && !this.declined.has(this.id) ? this.together.roster.find(this.id) : null; }

  /** Whether it is followed in a moment. */
  get isComing() { return !!this.timer; }

  accept(id) { this.declined.delete(id); }

  decline(id) {
    this.declined.set(id, Infinity);
    this.stay();
  }

  /** A page took another's place: whoever said no to that one's presentation said it to this one's. */
  replaced(was, id) { if (this.declined.delete(was)) this.declined.set(id, performance.now() + returnsWithin); }

  /** The page is followed again, which was followed as it presented before it was loaded anew. */
  resumed(id) { this.resumedAs = id; }

  /** The view stays here; false where it would have anyway. */
  stay() {
    const wasComing = this.isComing;
    clearTimeout(this.timer);
    this.timer = 0;
    return wasComing;
  }

  /** Looks who presents now. */
  update() {
    const { together } = this, { roster, follow } = together;
    // "Not now" is said to one presentation; the next one asks again.
    const now = performance.now();
    for (const [id, until] of this.declined) {
      const page = roster.find(id);
      if (page?.isPresenting) this.declined.set(id, Infinity);
      else if (until === Infinity && !page) this.declined.set(id, now + returnsWithin);
      else if (until === Infinity || now > until) this.declined.delete(id);
    }
    const by = roster.all.find(o => o.isPresenting && !o.isUnseen);
    if (!by && this.isFollowed && follow.id === this.id) follow.leave();
    if ((by?.id ?? null) === this.id) return;
    this.stay();
    Object.assign(this, { id: by?.id ?? null, isFollowed: !!by && by.id === this.resumedAs && follow.id === by.id, resumedAs: null });
    const isBusy = follow.id || together.isPresenting || document.querySelector('.mud-dialog, dialog[open]')
      || document.activeElement?.matches('input, textarea');
    if (by && together.followsPresentations && !this.declined.has(by.id) && !isBusy) this.timer = setTimeout(() => this.come(), comesIn);
  }

  come() {
    this.timer = 0;
    this.isFollowed = true;
    this.together.follow.start(this.id);
  }
}
