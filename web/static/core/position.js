// @ts-check
// A position is "epoch.id". Only this file looks inside one: everybody else hands it on as it came.

/**
 * @param {string | null | undefined} position
 * @returns {{epoch: string, id: number} | null} null when it is not a position
 */
export function split(position) {
  if (typeof position !== 'string') return null;
  const dot = position.lastIndexOf('.');
  const digits = position.slice(dot + 1);
  if (dot < 1 || !/^\d{1,16}$/.test(digits)) return null;
  return { epoch: position.slice(0, dot), id: Number(digits) };
}

/**
 * Says whether one position lies above another one.
 * @param {string | null | undefined} position
 * @param {string | null | undefined} than null means "nothing seen yet", so that everything is above it
 * @returns {boolean | null} null when the two belong to different logs and cannot be compared
 */
export function isAbove(position, than) {
  const left = split(position);
  if (!left) return null;
  if (than === null || than === undefined) return true;
  const right = split(than);
  if (!right || left.epoch !== right.epoch) return null;
  return left.id > right.id;
}

/**
 * The later of two positions. Across epochs the first one wins: it is what the server said last.
 * @param {string | null | undefined} position
 * @param {string | null | undefined} other
 * @returns {string | null}
 */
export function newest(position, other) {
  if (!split(position)) return other ?? null;
  return isAbove(other, position) && other ? other : (position ?? null);
}

/**
 * The earliest of several positions, which is where a read for all of them has to begin.
 * @param {Iterable<string | null>} positions
 * @returns {string | null}
 */
export function lowest(positions) {
  /** @type {string | null} */
  let low = null;
  for (const position of positions) {
    if (position !== null && (low === null || isAbove(low, position))) low = position;
  }
  return low;
}
