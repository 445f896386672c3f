// Who presents is followed by all who did not say otherwise, after a moment in which they can.
const comesIn = 4000;

export class Invitation {
  constructor(together) {
    Object.assign(this, { together, declined: new Set(), id: null, timer: 0, isFollowed: false });
  }

  end() { this.stay(); }

  /** The page that presents; null for none, and where its person said "Not now". */
  get by() { return this.id && !this.declined.has(this.id) ? this.together.roster.find(this.id) : null; }

  /** Whether it is followed in a moment. */
  get isComing() { return !!this.timer; }

  accept(id) { this.declined.delete(id); }

  decline(id) {
    this.declined.add(id);
    this.stay();
  }

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
    for (const id of this.declined) if (!roster.find(id)?.isPresenting) this.declined.delete(id);
    const by = roster.all.find(o => o.isPresenting && !o.isUnseen);
    if (!by && this.isFollowed && follow.id === this.id) follow.leave();
    if ((by?.id ?? null) === this.id) return;
    this.stay();
    Object.assign(this, { id: by?.id ?? null, isFollowed: false });
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
