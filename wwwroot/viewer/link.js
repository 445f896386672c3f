// The connection to the frame hub: begun by the page that opened the dataset or anew, joined again whenever it was lost.
import { askedOf } from './embedaddress.js';
import { newHub, take } from './opening.js';

const openingPatience = 10_000, again = { refused: 2000, lost: 1000 };
const told = e => e.message.replace(/^.*HubException: /, '');

export class Link {
  constructor(viewer) {
    Object.assign(this, { viewer, hub: null, isClosed: false, path: location.pathname });
  }

  // Another page may be open already while the server has not yet said that this one ends.
  get isLeft() { return this.viewer.ended.signal.aborted || location.pathname !== this.path; }

  get isConnected() { return this.hub?.state === 'Connected'; }

  stop() { this.hub?.stop(); }

  // The hub reconnects for as long as the page is open; each time it joins the same session, and begins it again where the
  // server forgot it, from the address bar. The connection that began with the page has joined it, or is about to.
  async connect() {
    const { viewer } = this, opening = take(viewer.root.dataset.session);
    if (opening && await this.takeOver(opening) || viewer.ended.signal.aborted) return;
    this.hub = newHub();
    this.follow(this.hub);
    this.listen(this.hub);
    await this.begin();
  }

  // False where that connection could not begin: refused, or the server is away, or WebSockets do not pass.
  async takeOver(opening) {
    const { viewer } = this;
    this.hub = opening.hub;
    viewer.state('connecting', false);
    // A proxy may hold a WebSocket back without a word.
    const tooLong = new Promise(done => setTimeout(done, openingPatience));
    const scene = await Promise.race([opening.joined, tooLong]).catch(() => null);
    if (!scene || opening.isOver || viewer.ended.signal.aborted) {
      opening.stop();
      return false;
    }
    viewer.opened(scene);
    this.follow(opening.hub);
    const heard = new Map();
    this.listen({ on: (name, handler) => { heard.set(name, handler); opening.hub.on(name, handler); } });
    for (const [name, args] of opening.handOver(viewer)) heard.get(name)(...args);
    return true;
  }

  follow(hub) {
    const { viewer } = this;
    hub.onreconnecting(() => viewer.pulse.lost());
    hub.onreconnected(() => this.begin());
    hub.onclose(() => {
      if (viewer.ended.signal.aborted || this.isClosed) return;
      viewer.pulse.lost();
      setTimeout(() => this.begin(), again.lost);
    });
  }

  // What the hub sends; opening.js has the names too.
  listen(hub) {
    const { viewer } = this;
    hub.on('frame', (stream, ...frame) => viewer.streams[stream].show(...frame));
    hub.on('view', (json, revision, awaited) => viewer.changes.heardOf(JSON.parse(json), revision, awaited));
    hub.on('dataset', json => viewer.datasetChanged(JSON.parse(json)));
    hub.on('sites', (json, number) => viewer.siteMarks.receive(JSON.parse(json), number));
    hub.on('entries', json => viewer.siteMarks.entries(JSON.parse(json)));
    hub.on('schema', json => viewer.schemaChanged(JSON.parse(json)));
    hub.on('edits', json => viewer.steps.counted(JSON.parse(json)));
    viewer.measure.listen(hub);
    for (const name of ['here', 'asks', 'presence', 'left', 'theirs', 'pointed', 'presents'])
      hub.on(name, (...args) => viewer.heard(name, args));
    hub.on('loaded', hours => { viewer.timeline.loaded = hours; viewer.timeline.draw(); });
    hub.on('address', (query, revision, lacks) => {
      if (this.isLeft) return;
      history.replaceState(history.state, '', `${location.pathname}?${query}${this.isEmbedded ? askedOf(location.search) : ''}`);
      viewer.changes.addressed = revision;
      // Once, not with each move.
      if (lacks && lacks !== this.lacks) viewer.tell(`The address has no room for the ${lacks}; a bookmark or a shared link keeps it.`);
      this.lacks = lacks;
    });
    hub.on('say', (stream, text) => { viewer.streams[stream].note.textContent = text; viewer.exactness(); });
    // The page is asked for again, so that the server says why: a link that ended, a changed password, a role that was taken away.
    hub.on('closed', why => {
      if (this.isLeft) return;
      this.isClosed = true;
      if (this.isEmbedded) this.showClosed();
      else if (why) location.replace(`/gone?why=${why}`);
      else location.reload();
    });
  }

  async begin() {
    const { viewer, hub } = this;
    if (viewer.ended.signal.aborted || this.isClosed) return;
    try {
      if (hub.state === 'Disconnected') {
        if (!viewer.scene) viewer.state('connecting', false);
        await hub.start();
      }
      if (hub.state === 'Connected') await this.join();
    } catch { setTimeout(() => this.begin(), again.refused); }
  }

  async join() {
    const { session, dataset } = this.viewer.root.dataset;
    this.viewer.siteMarks.joins();
    let json;
    try {
      json = await this.hub.invoke('Join', session, dataset, location.search);
    } catch (e) {
      if (/not open to you/.test(e.message) && !this.isLeft) {
        this.isClosed = true;
        if (this.isEmbedded) this.showClosed(); else location.replace('/gone');
      }
      throw e;
    }
    this.viewer.opened(JSON.parse(json));
  }

  get isEmbedded() { return 'ticket' in this.viewer.root.dataset; }

  // In a frame no other page may be shown.
  showClosed() {
    this.viewer.end();
    const text = Object.assign(document.createElement('main'), { className: 'notice' });
    text.append(Object.assign(document.createElement('h1'), { textContent: 'This view is not open any more' }));
    document.body.replaceChildren(text);
  }

  send(method, ...args) { if (this.isConnected) this.hub.send(method, ...args).catch(() => {}); }

  /** What the hub answers; null where it refuses, which the line of readouts then tells. */
  async call(method, ...args) {
    try {
      return await this.hub.invoke(method, ...args);
    } catch (e) {
      this.viewer.tell(told(e));
      return null;
    }
  }

  /** As invoke; a refusal by a connected hub is told and gives undefined, a lost connection throws. */
  async ask(method, ...args) {
    try {
      return await this.hub.invoke(method, ...args);
    } catch (e) {
      if (!this.isConnected) throw e;
      this.viewer.tell(told(e));
      return undefined;
    }
  }
}
