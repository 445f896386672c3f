// The connection to the frame hub. Where a dataset is opened by its address, it begins with the page itself: the hub joins the page's
// session, and pictures come into the skeleton, while Blazor's circuit is still being built. The viewer takes over both.
import { HubConnectionBuilder, HttpTransportType, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';

// What the hub sends: kept until the viewer listens itself.
const names = [
  'frame', 'view', 'dataset', 'sites', 'entries', 'schema', 'edits', 'measurements', 'measuring', 'here', 'loaded', 'address', 'say',
  'closed', 'asks', 'presence', 'left',
];
const mostRatio = 2, panes = 4;

/** A connection that is not started. Without negotiation it takes a trip less, and works by WebSockets only. */
export function newHub(negotiates = true) {
  // In a frame of another site there are no cookies: the page has a ticket in their place.
  const { ticket } = document.getElementById('viewer')?.dataset ?? {}, byTicket = ticket ? { accessTokenFactory: () => ticket } : {};
  return new HubConnectionBuilder()
    .withUrl('/hubs/frames', negotiates ? byTicket : { skipNegotiation: true, transport: HttpTransportType.WebSockets })
    .withHubProtocol(new MessagePackHubProtocol())
    .withAutomaticReconnect({ nextRetryDelayInMilliseconds: c => Math.min(5000, 200 * 2 ** Math.min(c.previousRetryCount, 5)) })
    .configureLogging(LogLevel.None).build();
}

/** The connection that began with the page, once, for the viewer of its session; null where there is none that works. */
export function take(session) {
  const opening = current;
  if (opening?.session !== session) return null;
  current = null;
  return opening.isOver ? null : opening;
}

class Opening {
  held = [];
  frames = new Map();
  isOver = false;

  constructor(boot) {
    Object.assign(this, { boot, session: boot.dataset.session, dataset: boot.dataset.dataset, hub: newHub(false) });
    for (const name of names) this.hub.on(name, (...args) => this.heard(name, args));
    // Whoever takes it over joins anew.
    this.hub.onreconnecting(() => { this.isOver = true; });
    this.hub.onclose(() => { this.isOver = true; });
    this.joined = this.join();
    // What is wrong, the page says, which asks for itself.
    this.joined.catch(() => this.stop());
  }

  async join() {
    await this.hub.start();
    const scene = await this.hub.invoke('Open', this.session, this.dataset, location.search, ...this.layout());
    if (scene === null) throw new Error('This dataset is not open to the visitor.');
    return JSON.parse(scene);
  }

  stop() {
    this.isOver = true;
    this.hub.stop();
  }

  /** Sizes of the skeleton's panes in the order of the hub, which are those of the viewer, and the screen's ratio. */
  layout() {
    const ratio = Math.min(devicePixelRatio, mostRatio), sizes = new Array(2 * panes).fill(0);
    // Another arrangement, which the link asks for, is left to the viewer.
    if (!/[?&](full|compare)=[^&]/.test(location.search)) {
      for (const pane of this.boot.querySelectorAll('[data-boot-pane]')) {
        const at = 2 * pane.dataset.bootPane;
        [sizes[at], sizes[at + 1]] = [pane.clientWidth, pane.clientHeight].map(v => Math.round(v * ratio));
      }
    }
    return [sizes, ratio];
  }

  heard(name, args) {
    if (this.viewer) return;
    if (name === 'frame') this.show(...args); else this.held.push([name, args]);
  }

  async show(stream, number, revision, format, flags, width, height, bytes) {
    let image = null;
    try {
      image = await createImageBitmap(new Blob([bytes], { type: format }));
      // It came while the viewer took over.
      if (this.viewer) { this.viewer.streams[stream].show(number, revision, format, flags, width, height, bytes); return; }
      const last = this.frames.get(stream), place = this.boot.querySelector(`[data-boot-pane="${stream}"]`);
      if (place && !(last?.number > number)) {
        const canvas = last?.canvas ?? place.appendChild(document.createElement('canvas'));
        Object.assign(canvas, { width: image.width, height: image.height });
        canvas.getContext('2d').drawImage(image, 0, 0);
        this.frames.set(stream, { canvas, number, revision, flags });
      }
    } finally {
      image?.close();
      if (!this.viewer && this.hub.state === 'Connected') this.hub.send('Ack', stream, number).catch(() => {});
    }
  }

  /** The viewer listens from here on, and gets what came before: the canvases as they are, and every message in its order. */
  handOver(viewer) {
    this.viewer = viewer;
    for (const [stream, frame] of this.frames) viewer.streams[stream].adopt(frame);
    return this.held;
  }
}

// The skeleton goes when the viewer has its pictures, or another page came in its place.
function watch(boot) {
  const page = new MutationObserver(look);
  page.observe(document.body, { childList: true, subtree: true });
  async function look() {
    const root = document.getElementById('viewer'), notice = document.querySelector('.page .notice, main.notice');
    if (!root && !notice) return;
    page.disconnect();
    try {
      // Not left to the circuit, which would take a trip to ask for it.
      if (root?.dataset.session !== boot.dataset.session) current?.stop();
      if (root) (await import('./viewer.js')).start();
    } finally {
      boot.remove();
    }
  }
  look();
}

const boot = document.querySelector('#boot[data-session]');
let current = boot && new Opening(boot);
if (boot) watch(boot);
