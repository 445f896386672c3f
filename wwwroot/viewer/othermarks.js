// Where others are, drawn over the pictures: pointers with names, and faintly what of a slice each sees. A camera is drawn of whom one
// points at in the bar.
import { add, cameraFrame, slicePlane } from './geometry.js';
import { circle, pathOf, plateWidth, stroke } from './marks.js';

const faint = .38, away = .5, tagHeight = 18;

export function drawOthers(g, together, pane, view, toScreen, map) {
  const { roster, follow, hovered, viewer } = together;
  const seen = roster.all.filter(o => !o.isUnseen && o.view && o.person !== together.person);
  for (const other of seen) {
    const isWith = other.id === follow.id || other.follows === together.me;
    g.globalAlpha = other.isFaded ? .35 : 1;
    if (!isWith && !pane.is3d) drawRectangle(g, viewer, pane, other, view, toScreen, other.person === hovered ? 1 : faint);
    if (pane.is3d && other.person === hovered && !isWith) drawCamera(g, viewer, other, toScreen, map);
    g.globalAlpha = 1;
  }
  for (const other of seen) if (other.shown && other.cursor) drawPointer(g, together, pane, other, view, toScreen);
}

// What of this slice pane they see: the corners of their pane, in the world, on this picture.
function drawRectangle(g, viewer, pane, other, view, toScreen, alpha) {
  const [w, h] = other.sizes.slice(2 * pane.index, 2 * pane.index + 2), theirs = other.view;
  if (!(w > 0 && h > 0) || theirs.followsInterface) return;
  const b = viewer.bounds(theirs), size = b.high.map((v, i) => v - b.low[i]), [across, down] = [[2, 1], [2, 0], [1, 0]][pane.index];
  const um = theirs.umPerPixel > 0 ? theirs.umPerPixel : 1.04 * Math.max(size[across] / w, size[down] / h);
  const plane = slicePlane(theirs, pane.index), [wide, tall] = [w / 2 * um, h / 2 * um];
  const corner = (x, y) => add(add(plane.middle, plane.right, x * wide), plane.down, y * tall);
  const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(c => toScreen(corner(...c)));
  if (!corners.every(Boolean)) return;
  g.globalAlpha *= alpha;
  stroke(g, pathOf(corners, true), other.color, 1.5, [6, 4]);
}

function drawCamera(g, viewer, other, toScreen, map) {
  const [w, h] = other.sizes.slice(6, 8), f = cameraFrame(other.view, viewer.bounds(other.view), h > 0 ? w / h : 1);
  const near = f.distance * .25, tall = near * Math.tan(Math.PI / 12), wide = tall * (h > 0 ? w / h : 1);
  const middle = add(f.eye, f.back, -near), eye = toScreen(f.eye);
  const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([x, y]) => toScreen(add(add(middle, f.right, x * wide), f.down, y * tall)));
  const at = toScreen(f.center);
  if (at) stroke(g, circle(at[0], at[1], 6), other.color, 2);
  if (!eye || !corners.every(Boolean)) return;
  stroke(g, pathOf(corners, true), other.color, 1.5);
  for (const c of corners) stroke(g, pathOf([eye, c]), other.color, 1);
}

function drawPointer(g, together, pane, other, view, toScreen) {
  const { viewer, roster } = together, s = toScreen(other.shown);
  if (!s) return;
  const isThere = other.pane === pane.index, reach = 2 * Math.min(...viewer.volume(view).voxelUm), isNear = Math.abs(s[2]) <= reach;
  if (!isThere && !isNear) return;
  const [x, y] = s;
  g.globalAlpha = (other.isFaded ? .35 : 1) * (isThere && !pane.is3d && !isNear ? away : 1);
  if (isThere) {
    const arrow = pathOf([[x, y], [x + 4.5, y + 14], [x + 7.5, y + 8.5], [x + 13.5, y + 7.5]], true);
    g.lineJoin = 'round';
    g.strokeStyle = 'rgba(0,0,0,.7)';
    g.lineWidth = 4;
    g.stroke(arrow);
    g.strokeStyle = '#fff';
    g.lineWidth = 2;
    g.stroke(arrow);
    g.fillStyle = other.color;
    g.fill(arrow);
  } else {
    stroke(g, circle(x, y, 4), other.color, 2);
  }
  const text = tagOf(roster, other, view, s[2], isThere && !pane.is3d && !isNear), [right, down] = isThere ? [12, 14] : [7, 6];
  tag(g, other, text, x + right, y + down, pane.size);
  g.globalAlpha = 1;
}

// Their name; and where they look at another time, another scan, or another slice than this page, that.
function tagOf(roster, other, view, off, isAway) {
  const { hours, modality } = other.view, more = [];
  if (modality !== view.modality) more.push(`in ${modality}`);
  if (hours !== view.hours) more.push(`at ${+hours.toFixed(2)} h`);
  if (isAway) more.push(`${Math.abs(off).toFixed(0)} µm ${off > 0 ? 'on' : 'back'}`);
  return [roster.nameOf(other), ...more].join(' ');
}

// White on their colour would have too little contrast for text: the colour is a bar beside it.
function tag(g, other, text, x, y, [w, h]) {
  const width = plateWidth(g, text) + 4;
  x = Math.max(2, Math.min(x, w - width - 2));
  y = Math.max(2, Math.min(y, h - tagHeight - 2));
  g.fillStyle = 'rgba(0,0,0,.84)';
  g.beginPath();
  g.roundRect(x, y, width, tagHeight, 4);
  g.fill();
  g.fillStyle = other.color;
  g.beginPath();
  g.roundRect(x, y, 4, tagHeight, [4, 0, 0, 4]);
  g.fill();
  g.font = '12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
  g.textAlign = 'left';
  g.textBaseline = 'alphabetic';
  g.fillStyle = '#fff';
  g.fillText(text, x + 9, y + 13);
}
