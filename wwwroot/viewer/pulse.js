// Whether the server answers. A lost connection says so by itself; one that is merely silent is found by asking.
const tick = 400, interval = 800;
// While pictures are on their way an answer waits behind them, and nobody says that they are exact; at rest it comes at once.
const patience = { atRest: 1500, moving: 6000 };

export class Pulse {
  constructor(viewer) {
    Object.assign(this, { viewer, asked: 0, askedAt: 0, isJoined: false, isSilent: false });
    this.timer = setInterval(() => this.ask(), tick);
    document.addEventListener('connectionchange', () => this.show(), { signal: viewer.ended.signal });
  }

  get isOnline() { return this.isJoined && (window.connection?.isOnline ?? true); }

  joined() {
    this.isJoined = true;
    this.askedAt = 0;
    window.connection?.set('hub', true);
    this.viewer.exactness();
  }

  lost() {
    this.isJoined = false;
    window.connection?.set('hub', false);
    this.show();
  }

  show() {
    if (!this.viewer.scene) return;
    if (this.isOnline) this.viewer.exactness(); else this.viewer.state('offline', false);
  }

  ask() {
    // Some browsers tell of another ratio of pixels late or not at all.
    this.viewer.arrangement.checkRatio();
    const hub = this.viewer.connection;
    if (hub?.state !== 'Connected' || !this.isJoined && !this.isSilent) return;
    const now = performance.now();
    if (this.askedAt) {
      const since = now - this.askedAt, isLong = since > (this.viewer.isExact ? patience.atRest : patience.moving);
      if (isLong && !document.hidden && !this.isSilent) { this.isSilent = true; this.lost(); }
      return;
    }
    if (now - this.asked < interval) return;
    this.asked = this.askedAt = now;
    hub.invoke('Alive').then(() => {
      this.askedAt = 0;
      if (this.isSilent) { this.isSilent = false; this.joined(); }
    }, () => { this.askedAt = 0; this.isSilent = false; });
  }

  stop() {
    clearInterval(this.timer);
    window.connection?.set('hub', true);
  }
}
