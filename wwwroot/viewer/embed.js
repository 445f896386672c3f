// The viewer in a frame of another site: it begins at the view that the page gives, and shows the page's ticket to the frame hub in place
// of a cookie, which browsers keep from such frames (opening.js).
import { start } from './viewer.js';
import { EmbedTour } from './embedtour.js';
import { askedOf } from './embedaddress.js';

const root = document.getElementById('viewer');
if (root) {
  // The address of the frame is where the connection reads the view from, as in a page of its own. At first it has none.
  if (!new URLSearchParams(location.search).has('v'))
    history.replaceState(null, '', `${location.pathname}?${root.dataset.view}${askedOf(location.search)}`);
  const tour = root.dataset.tour && new EmbedTour(JSON.parse(root.dataset.tour));
  start();
  if (tour) tour.begin(window.dendrite);
}
