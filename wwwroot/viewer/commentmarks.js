// Pins of threads of comments in the panes, where their authors looked. Loaded with the first comment that the visitor may read.
import { cameraMap } from './geometry.js';
import { pathOf, stroke } from './marks.js';

const height = 18, tail = 6, near = 4, font = '600 11px system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
let pins = [], page = null, ended = null;

/** Shows pins: [{ id, site: id of what the thread is about or empty, at: [z, y, x] in µm, count, isNew, words }]. */
export function show(json, dotnet) {
  pins = JSON.parse(json);
  page = dotnet;
  if (window.dendrite) window.dendrite.comments = { drawSlice, drawVolume };
  begin();
  window.dendrite?.overlays();
}

/** Takes the pins away. */
export function end() {
  pins = [];
  page = null;
  ended?.abort();
  ended = null;
  if (window.dendrite) {
    delete window.dendrite.comments;
    window.dendrite.overlays();
  }
}

// A pin is asked before whatever lies below it.
function begin() {
  if (ended) return;
  ended = new AbortController();
  const panes = document.getElementById('panes'), options = { capture: true, signal: ended.signal };
  const pinAt = e => {
    const viewer = window.dendrite, pane = viewer?.panes.find(p => p.element.contains(e.target));
    if (!pane || e.target.closest('button')) return null;
    const box = pane.element.getBoundingClientRect(), [x, y] = [e.clientX - box.left, e.clientY - box.top];
    const map = pane.is3d ? cameraMap(viewer.view, viewer.bounds(viewer.view), ...pane.size) : pane.map();
    const here = placed(viewer, viewer.view, map, pane.is3d);
    // The place itself stays free, for what is grabbed or marked there.
    return here.findLast(p => Math.abs(x - p.x) <= p.wide / 2 + near && y <= p.y - tail && y >= p.y - height - tail - near)?.pin ?? null;
  };
  panes?.addEventListener('pointerdown', e => {
    const pin = e.button === 0 && window.dendrite?.tool !== 'mark' ? pinAt(e) : null;
    if (!pin) return;
    e.stopPropagation();
    e.preventDefault();
    page?.invokeMethodAsync('Open', pin.id);
  }, options);
  panes?.addEventListener('pointermove', e => {
    const pin = e.buttons ? null : pinAt(e);
    panes.title = pin?.words ?? '';
  }, options);
}

// The list is another whenever a site of it is.
let known = { sites: null, byId: null };
function siteOf(sites, id) {
  if (known.sites !== sites) known = { sites, byId: new Map(sites.map(s => [s.id, s])) };
  return known.byId.get(id);
}

// Where a pin stands at the time shown. That of a site stands where the site is drawn, wherever it was followed or moved to; where there is
// no such site any more, as where a view is commented on, it stands where its author looked.
function placeOf(viewer, pin) {
  const site = pin.site && siteOf(viewer.siteMarks.sites, pin.site);
  if (!site) return pin.at;
  const { zUm, yUm, xUm } = viewer.siteMarks.placed(site, viewer.view.hours);
  return [zUm, yUm, xUm];
}

// Where pins stand in a pane: in a slice those of places that lie in it, within two voxels or its thickness.
function placed(viewer, view, map, isVolume) {
  const found = [], reach = Math.max(2 * Math.min(...viewer.volume(view).voxelUm), view.slabUm / 2);
  for (const pin of pins) {
    const p = map.toScreen(placeOf(viewer, pin));
    if (!p || (!isVolume && Math.abs(p[2]) > reach)) continue;
    found.push({ pin, x: p[0], y: p[1], wide: 14 + 7 * String(pin.count).length });
  }
  return found;
}

function draw(g, found, labels) {
  for (const { pin, x, y, wide } of found) {
    const [left, top] = [Math.round(x - wide / 2), Math.round(y - height - tail)], path = new Path2D();
    path.roundRect(left, top, wide, height, 5);
    const point = pathOf([[x - 4, y - tail], [x, y], [x + 4, y - tail]]);
    stroke(g, point, '#fff', 1);
    stroke(g, path, '#fff', 1);
    g.fillStyle = pin.isNew ? '#fff' : 'rgba(0,0,0,.84)';
    g.fill(path);
    g.fillStyle = pin.isNew ? '#000' : '#fff';
    g.font = font;
    g.textAlign = 'center';
    g.textBaseline = 'alphabetic';
    g.fillText(String(pin.count), x, top + 13);
    labels?.reserve(left, top, wide, height + tail);
  }
}

const drawSlice = (g, viewer, view, map, labels) => draw(g, placed(viewer, view, map, false), labels);
const drawVolume = (g, viewer, view, map, labels) => draw(g, placed(viewer, view, map, true), labels);
