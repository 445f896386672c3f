// Numbers as people type them.

/**
 * The number that a text means, or NaN: a decimal comma or point, an exponent, a sign, thousands set apart by spaces, apostrophes or the
 * other of comma and point, and the unit after it or not.
 */
export function parseNumber(text, unit = 'µm') {
  let t = text.trim().replace(/[\u2212\u2013]/g, '-').replace(/[\s\u00a0\u2009\u202f'’]/g, '').replace(/μ/g, 'µ');
  if (unit && t.toLowerCase().endsWith(unit)) t = t.slice(0, -unit.length);
  const comma = t.lastIndexOf(','), point = t.lastIndexOf('.');
  if (comma >= 0 && point >= 0) t = comma > point ? t.replaceAll('.', '').replace(',', '.') : t.replaceAll(',', '');
  else if (comma >= 0) t = t.replace(',', '.');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(t) ? Number(t) : NaN;
}
