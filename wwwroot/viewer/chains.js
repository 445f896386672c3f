// A site as one thing through time, as the server's SiteChains has it: what is cut or joined here looks as it will when a server has done
// it.
const sameHours = 1e-6;
const isSame = (a, b) => Math.abs(a - b) <= sameHours;

/** All positions of a site, its own among them, in the order of their hours. */
export const positionsOf = site =>
  [...site.track ?? [], { hours: site.hours, zUm: site.zUm, yUm: site.yUm, xUm: site.xUm }].sort((a, b) => a.hours - b.hours);

// The earliest position is the site's own.
function through(site, positions) {
  const [{ hours, zUm, yUm, xUm }, ...track] = [...positions].sort((a, b) => a.hours - b.hours);
  return { ...site, hours, zUm, yUm, xUm, track };
}

/** What a site is before some hours, and from then on; null where one of the two would have no position. */
export function split(site, hours) {
  const all = positionsOf(site), earlier = all.filter(p => p.hours < hours - sameHours), later = all.filter(p => !earlier.includes(p));
  return earlier.length && later.length ? [through(site, earlier), through(site, later)] : null;
}

/** The hours at which two sites both have a position, so that they cannot be joined; undefined where there are none. */
export const meet = (site, other) => positionsOf(site).find(p => positionsOf(other).some(q => isSame(p.hours, q.hours)))?.hours;

/** One site of two: the first, with what it lacks of the second. */
export function join(site, other) {
  const note = !other.note || other.note === site.note ? site.note : site.note ? `${site.note}\n${other.note}` : other.note;
  return {
    ...through(site, [...positionsOf(site), ...positionsOf(other)]), note,
    labels: [...new Set([...site.labels ?? [], ...other.labels ?? []])], fields: { ...other.fields, ...site.fields },
  };
}
