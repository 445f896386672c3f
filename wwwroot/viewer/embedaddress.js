// What the page around a frame asked for by the frame's address; it stays there beside the view, for when the frame is loaded again.
export function askedOf(search) {
  const query = new URLSearchParams(search);
  return ['tour', 'theme'].map(name => query.get(name) ? `&${name}=${encodeURIComponent(query.get(name))}` : '').join('');
}
