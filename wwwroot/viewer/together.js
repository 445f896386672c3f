// Others who look at the dataset: this page says where its person is while there are any, shows where they are, and follows one of them.
// roster.js keeps who is here, follow.js follows, invitation.js asks to, laser.js points, otherslayer.js draws. The server says who is who.
import { add } from './geometry.js';
import { Follow } from './follow.js';
import { Invitation } from './invitation.js';
import { Laser } from './laser.js';
import { Roster } from './roster.js';
import { OthersLayer } from './otherslayer.js';
import { leave, take } from './reloaded.js';

const interval = 100, beat = 4000, tick = 1000, answerWithin = 250, easing = 60, tellsEvery = 500, tellsSoonest = 40;
const resumesWithin = 15_000;

export class Together {
  constructor(viewer) {
    Object.assign(this, { viewer, me: '', person: '', color: '#fff', name: '', told: '', toldAt: 0, factsAt: 0, cursor: null, pane: null });
    const was = take(viewer.root);
    Object.assign(this, { isPresenting: false, hovered: null, isAlone: true, was: was.session });
    this.settings();
    this.isPresenting = was.presented && this.isSeen;
    this.roster = new Roster(this);
    this.follow = new Follow(this);
    this.laser = new Laser(this);
    this.layer = new OthersLayer(this);
    this.invitation = new Invitation(this);
    this.timer = setInterval(() => this.tick(), tick);
    const options = { signal: viewer.ended.signal };
    document.head.append(Object.assign(document.createElement('link'), {
      rel: 'stylesheet', href: new URL('../../viewer/together.css', import.meta.url).href,
    }));
    viewer.root.addEventListener('pointerover', e => this.point(e.target.closest('[data-person]')?.dataset.person ?? null), options);
    addEventListener('pagehide', () => { leave(viewer.root, this.isPresenting); viewer.connection?.stop(); }, options);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.say({ asks: true }); }, options);
    this.joined();
  }

  end() {
    clearInterval(this.timer);
    clearTimeout(this.telling);
    this.invitation.end();
    this.follow.leave();
    this.laser.release();
    this.layer.remove();
  }

  /** What this browser keeps: whether others are shown, whether its person is seen, whether presentations are followed. */
  settings() {
    const isOn = key => dendriteShell.kept(key) !== 'off';
    Object.assign(this, { showsOthers: isOn('others-shown'), isSeen: isOn('others-seen'), followsPresentations: isOn('presentations') });
    if (!this.isSeen && this.isPresenting) this.present(false);
    if (!this.roster) return;
    this.say();
    this.draw();
    this.tell();
  }

  // The session was joined, perhaps anew: the hub has forgotten whom this page follows and that it presents.
  async joined() {
    const me = await this.viewer.connection.invoke('Me').catch(() => null);
    if (!me) return;
    [this.me, this.person, this.color, this.name] = me;
    if (this.isPresenting) this.present(true);
    this.follow.joined();
    this.say({ asks: true });
  }

  // What the hub sends.
  here() { this.count(); }

  asks(id, was) {
    if (id === this.me) return;
    // It was another page, whose server died perhaps before it could say that it goes.
    if (was) {
      this.left(was);
      if (this.resumes?.was === was) this.resumes.id = id;
      this.invitation.replaced(was, id);
    }
    // Also where nobody was heard before: the word of who asks may have been lost, or may be on its way.
    setTimeout(() => this.say({ answers: true }, true), answerWithin * Math.random());
  }

  presence(json) {
    const word = JSON.parse(json);
    if (word.id === this.me || !this.me) return;
    const isFollower = this.roster.find(word.id)?.follows === this.me, isNew = this.roster.hear(word);
    const asksMe = isNew || word.follows === this.me && !isFollower;
    if (asksMe) this.say({}, true);
    // Timers of pages in the background are slow; what others say is not.
    else if (performance.now() - this.toldAt > beat) this.say({}, true);
    this.follow.rooted();
    if (this.resumes?.id === word.id && performance.now() - this.resumes.at < resumesWithin) {
      if (this.resumes.isInvited) this.invitation.resumed(word.id);
      this.start(word.id);
    }
    this.draw();
    this.tell();
  }

  left(id) {
    const isFollowed = this.follow.id === id, isInvited = this.invitation.isFollowed && this.invitation.id === id;
    this.roster.remove(id);
    this.changed();
    // It may have been loaded anew; who does nothing meanwhile goes on following.
    if (isFollowed) this.resumes = { was: id, at: performance.now(), isInvited };
  }

  theirs(id, number, json, sizes) { this.follow.heard(id, JSON.parse(json), sizes); }

  // The right to present ended.
  presents(isPresenting) {
    if (this.isPresenting && !isPresenting) this.viewer.tell('You do not present any more: you may not annotate this dataset now.');
    this.isPresenting = isPresenting;
    this.tell();
  }

  pointed(id, color, pane, points) { this.laser.heard(id, color, pane, points); }

  /** Says where this page's person is; nothing while nobody else is here. */
  say(more = {}, isNow = false) {
    Object.assign(this.more ??= {}, more);
    if (this.saying) return;
    const wait = isNow ? 0 : Math.max(0, interval - (performance.now() - this.toldAt));
    this.saying = setTimeout(() => { this.saying = 0; this.send(); }, wait);
  }

  send() {
    const { viewer } = this, { answers, ...more } = this.more ?? {}, isAlone = !this.roster.all.length && !answers && !more.asks;
    this.more = null;
    if (!viewer.link.isConnected || !this.me || isAlone && this.isAlone) return;
    this.isAlone = isAlone;
    this.toldAt = performance.now();
    const isShown = this.isSeen && !document.hidden;
    viewer.send('Here', JSON.stringify({
      pane: isShown ? this.pane : null, cursor: isShown ? this.cursor : null, sizes: viewer.panes.flatMap(p => p.size),
      isUnseen: !this.isSeen, follows: this.follow.id ?? this.follow.taking ?? '', isAlone,
      others: this.roster.all.length,
      isFollowed: this.roster.all.some(o => o.follows === this.me), was: more.asks ? this.was : '', ...more,
    }));
  }

  tick() {
    const now = performance.now();
    if (this.roster.sweep()) this.changed();
    // Nobody heard for a beat is nobody here. Said sooner, it would overtake the page's own question on the server.
    if (now - this.toldAt > beat && (this.roster.all.length || !this.isAlone)) this.say({}, true);
    // What the hub did not answer is asked again.
    if (!this.me && this.viewer.link.isConnected) this.joined();
  }

  // Somebody came, went or faded.
  changed() {
    if (!this.roster.all.length) this.say();
    this.follow.rooted();
    this.draw();
    this.tell();
  }

  /** The pointer is over a pane; null where it left. */
  hover(pane, x, y) {
    if (!pane || pane.stream !== pane.index) { this.moved(null, null); return; }
    this.laser.hover(pane, x, y);
    if (!this.roster.all.length) return;
    if (!pane.is3d) { this.moved(pane.index, pane.map().isKnown(x, y) ? pane.map().toWorld(x, y) : null); return; }
    this.pick(pane, x, y, at => this.moved(3, at));
  }

  /** The point seen in 3D at a pixel, one question at a time; where nothing is seen, on the plane through the camera's target. */
  async pick(pane, x, y, done) {
    this.wanted = { pane, x, y, done };
    if (this.isPicking) return;
    this.isPicking = true;
    while (this.wanted) {
      const w = this.wanted, size = w.pane.size.map(Math.round);
      this.wanted = null;
      const inside = [w.x, w.y].map((v, i) => Math.max(0, Math.min(size[i], v)));
      const hit = await this.viewer.connection.invoke('Pick', ...inside, ...size).catch(() => null);
      w.done(hit ?? this.onTarget(w.pane, w.x, w.y));
    }
    this.isPicking = false;
  }

  onTarget(pane, x, y) {
    const m = pane.cameraMap(), [w, h] = pane.size;
    return add(add(m.center, m.right, (x - w / 2) * m.umPerPixel), m.down, (y - h / 2) * m.umPerPixel);
  }

  moved(pane, cursor) {
    if (this.pane === null && pane === null) return;
    Object.assign(this, { pane, cursor: cursor?.map(c => Math.round(c * 1000) / 1000) ?? null });
    this.say();
  }

  /** The view was changed here, by hand: nobody is followed any more. */
  viewChanged() {
    // Once, not with each movement of a drag.
    if (this.player && performance.now() - (this.pausedAt ?? -1e9) > beat) {
      this.pausedAt = performance.now();
      this.player.invokeMethodAsync('PauseAsync');
    }
    this.resumes = null;
    this.follow.leave();
    if (this.invitation.stay()) this.tell();
  }

  get isApplying() { return this.follow.isApplying; }

  // A tour: its component is told of keys and of changes by hand, and says to which view to go.
  playing(component) { this.player = component; }

  go(json) {
    this.pausedAt = null;
    document.querySelector('.tour-words')?.scrollTo(0, 0);
    this.follow.leave();
    this.follow.arrive(this.follow.fieldsOf(JSON.parse(json), [], new Set(['landmarks'])));
  }

  /** The next view of a tour, or the one before; false where none is played. */
  step(by) {
    this.player?.invokeMethodAsync('StepAsync', by);
    return !!this.player;
  }

  /** Escape: true where it ended something. */
  leave() {
    if (this.player) {
      this.player.invokeMethodAsync('LeaveAsync');
      this.player = null;
      return true;
    }
    const { id } = this.follow;
    this.resumes = null;
    this.follow.leave();
    return !!id;
  }

  // What the page's components ask for.
  start(id) {
    this.resumes = null;
    this.invitation.accept(id);
    this.follow.start(id);
  }

  stop() { this.follow.leave(); }

  take(id) { this.follow.take(id); }

  notNow(id) { this.invitation.decline(id); this.tell(); }

  async present(isPresenting) {
    if (isPresenting && !this.isSeen) {
      this.viewer.tell('Who presents is seen by all; switch “Be seen by others” on in Display first.');
      return;
    }
    try {
      await this.viewer.connection.invoke('Present', isPresenting);
      this.isPresenting = isPresenting;
      if (isPresenting) this.follow.leave();
      this.say({}, true);
    } catch (e) {
      // A hub that refused to end it has it go on; one that was lost has forgotten it, and is asked again when it is joined.
      if (isPresenting === this.viewer.link.isConnected) this.isPresenting = false;
      if (this.viewer.link.isConnected) this.refused(e);
    }
    this.tell();
  }

  /** Tells why the hub did not do something. */
  refused(e) { this.viewer.tell(e.message.replace(/^.*HubException: /, '')); }

  followNext() {
    const seen = this.roster.people.map(p => p.page.id), at = seen.indexOf(this.follow.id);
    if (!seen.length) this.viewer.tell('Nobody else is here whom you could follow.');
    else this.start(seen[(at + 1) % seen.length]);
  }

  point(person) {
    if (this.hovered === person) return;
    this.hovered = person;
    this.draw();
  }

  count() {
    const here = this.viewer.root.querySelector('#here'), n = this.roster.count;
    const text = n > 1 ? `${n} here` : '';
    if (here && here.textContent !== text) here.textContent = text;
  }

  /** Tells the page's components who is here, at most twice a second, and only what changed. */
  tell() {
    this.invitation.update();
    this.count();
    if (this.telling) return;
    const wait = Math.max(tellsSoonest, tellsEvery - (performance.now() - this.factsAt));
    this.telling = setTimeout(() => {
      Object.assign(this, { telling: 0, factsAt: performance.now() });
      const { components } = this.viewer, json = JSON.stringify(this.facts());
      if (!components || json === this.told && components === this.toldTo) return;
      Object.assign(this, { told: json, toldTo: components });
      components.invokeMethodAsync('HearAsync', json).catch(() => { this.told = ''; });
    }, wait);
  }

  facts() {
    const { follow, roster, invitation } = this, by = invitation.by, target = roster.find(follow.id);
    const root = this.viewer.root;
    if (target) { root.dataset.following = ''; root.style.setProperty('--person', target.color); } else delete root.dataset.following;
    const nameOf = o => roster.nameOf(o);
    return {
      people: roster.people.map(p => ({
        id: p.page.id, person: p.person, name: p.name, color: p.page.color, where: roster.whereOf(p.page), isFaded: p.isFaded,
        followsMe: p.pages.some(o => o.follows === this.me), isPresenting: p.pages.some(o => o.isPresenting),
        isFollowed: p.pages.some(o => o.id === follow.id),
      })),
      count: roster.count, isPresenting: this.isPresenting, isSeen: this.isSeen,
      following: target ? { name: nameOf(target), color: target.color, isMutual: follow.isMutual } : null,
      invitation: by && by.id !== follow.id && !this.isPresenting
        ? { id: by.id, name: nameOf(by), color: by.color, isComing: invitation.isComing } : null,
    };
  }

  /** Draws the others over all panes, with the browser's next picture. */
  draw() {
    if (this.drawing) return;
    this.drawing = requestAnimationFrame(now => {
      this.drawing = 0;
      const isMoving = this.roster.ease(now, easing), isGlowing = this.laser.fade(now);
      this.layer.paint();
      if (isMoving || isGlowing) this.draw();
    });
  }
}
