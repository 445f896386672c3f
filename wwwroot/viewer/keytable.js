// Every key of the viewer: what it does, and how help says it. A new tool gets its row here.
import { kinds } from './shapes.js';

export function keyTable(viewer) {
  const tool = (key, name, does) => ({ key, does, group: 'Tools', run: () => viewer.choose(name) });
  const arrow = (key, shows, to, dx, dy) => ({
    key, shift: true, shows: `Shift ${shows}`, does: `Turn 3D, or move the slice, ${to}`, group: 'Panes', run: () => viewer.nudge(dx, dy),
  });
  return [
    tool('V', 'navigate', 'Move: drag pans or orbits, click sets the crosshair'),
    tool('W', 'window', 'Window and level (or drag with the right button)'),
    tool('T', 'turn', 'Turn the slices (or Shift and drag)'),
    tool('N', 'site', 'Mark a nucleation site'),
    tool('I', 'interface', 'Correct the interface, or the cell’s outline'),
    { ...tool('D', 'brush', 'Brush, while a mask is corrected; Ctrl erases'), group: 'Mask' },
    { key: '[', does: 'Smaller brush', group: 'Mask', run: () => viewer.brush?.resize(1 / 1.2) },
    { key: ']', does: 'Larger brush (or Alt and wheel)', group: 'Mask', run: () => viewer.brush?.resize(1.2) },
    ...Object.entries(kinds).map(([name, k]) => ({ ...tool(k.key, name, `${k.name}: ${k.hint}`), group: 'Measure' })),
    { key: 'Enter', does: 'End a polygon', group: 'Measure', run: () => viewer.measure.end() },
    { key: 'Escape', shows: 'Esc', does: 'Close what is open, leave a field, back to moving', group: 'Tools', run: () => viewer.leave() },
    { key: 'F', does: 'Fit everything', group: 'View', run: () => viewer.fit() },
    { key: 'G', does: 'Full screen', group: 'View', run: () => dendriteShell.fullScreen() },
    { key: '\\', does: 'Show or hide the panel', group: 'View', run: () => dendriteShell.togglePanel() },
    { key: 'R', does: 'Slices along the axes again', group: 'View', run: () => viewer.patch({ rotation: [0, 0, 0] }) },
    { key: 'B', does: 'Show or hide the band', group: 'View', run: () => viewer.patch({ bandVisible: !viewer.view.bandVisible }) },
    { key: 'C', does: 'Show or hide the colour bar and the legend', group: 'View', run: () => viewer.toggleColors() },
    { key: 'X', does: 'Fill the view with a pane, and back (or double-click)', group: 'View',
      run: () => viewer.maximize(viewer.view.maximized ? null : viewer.chosen?.index ?? 3) },
    { key: 'P', does: 'Make a figure: PNG, SVG or PDF', group: 'View',
      run: () => document.querySelector('[data-opens="figure"]')?.click() },
    { key: 'D', does: 'Bookmarks: keep this view, or open one that is kept', group: 'View',
      run: () => document.querySelector('[data-opens="bookmarks"]')?.click() },
    { key: ' ', shows: 'Space', does: 'Play or pause', group: 'Time', run: () => viewer.timeline.toggle() },
    { key: 'ArrowRight', shows: '→', does: 'Next timestep', group: 'Time', run: () => viewer.timeline.go(1) },
    { key: 'ArrowLeft', shows: '←', does: 'Timestep before', group: 'Time', run: () => viewer.timeline.go(-1) },
    { key: 'ArrowUp', shows: '↑', does: 'Slice back (or wheel)', group: 'Panes', run: () => viewer.chosenSlice?.step(-1) },
    { key: 'ArrowDown', shows: '↓', does: 'Slice on (or wheel)', group: 'Panes', run: () => viewer.chosenSlice?.step(1) },
    { key: 'PageUp', shows: 'Page ↑', does: 'Ten slices back', group: 'Panes', run: () => viewer.chosenSlice?.step(-10) },
    { key: 'PageDown', shows: 'Page ↓', does: 'Ten slices on', group: 'Panes', run: () => viewer.chosenSlice?.step(10) },
    { key: 'J', does: 'Jump to a slice: type its position', group: 'Panes', run: () => viewer.chosenSlice?.slider.type(false) },
    arrow('ArrowLeft', '←', 'left', -1, 0), arrow('ArrowRight', '→', 'right', 1, 0),
    arrow('ArrowUp', '↑', 'up', 0, -1), arrow('ArrowDown', '↓', 'down', 0, 1),
    { key: '+', does: 'Zoom in (or Ctrl and wheel; wheel in 3D)', group: 'Panes', run: () => viewer.chosen?.zoom(1 / 1.2) },
    { key: '-', does: 'Zoom out', group: 'Panes', run: () => viewer.chosen?.zoom(1.2) },
    { key: 'Delete', does: 'Delete the selected site or measurement', group: 'Tools',
      run: () => viewer.measure.remove() || viewer.view.selected && viewer.call('DeleteSite', viewer.view.selected) },
    { key: '?', does: 'These keys', group: 'View', run: () => viewer.keys.help() },
  ];
}
