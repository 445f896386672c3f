// The viewer in a frame of another site: it begins at the view that the page gives, and shows the page's ticket to the frame hub in place
// of a cookie, which browsers keep from such frames (opening.js).
import { start } from './viewer.js';
import { EmbedTour } from './embedtour.js';

const root = document.getElementById('viewer');
if (root) {
  // The address of the frame is where the connection reads the view from, as in a page of its own. One that asks for a tour has none yet.
  const query = new URLSearchParams(location.search), asked = query.get('tour');
  if (!query.has('v')) {
    const kept = asked ? `&tour=${encodeURIComponent(asked)}` : '';
    history.replaceState(null, '', `${location.pathname}?${root.dataset.view}${kept}`);
  }
  const tour = root.dataset.tour && new EmbedTour(JSON.parse(root.dataset.tour));
  start();
  if (tour) tour.begin(window.dendrite);
}
