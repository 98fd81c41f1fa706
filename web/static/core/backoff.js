// @ts-check
// What a closed socket means and how long to wait. Pure: chance comes in from outside.

/** @typedef {'resume' | 'manual' | 'signed-out' | 'stop'} Ending */

// RFC 6455 codes that say "you did something wrong": the same client would do it again.
const ownFault = new Set([1002, 1003, 1007, 1009, 1010]);

/**
 * The close-code table: 4000–4499 come back and resume, 4500–4999 do not.
 * @param {number} code
 * @returns {Ending}
 */
export function ending(code) {
  if (code === 4505) return 'manual';
  if (code === 4501 || code === 4502) return 'signed-out';
  if (code >= 4500 && code <= 4999) return 'stop';
  return ownFault.has(code) ? 'stop' : 'resume';
}

/** @type {Record<number, string>} */
const reasons = {
  4505: 'An admin switched live updates off.',
  4506: 'You have too many windows open, so this one does not get live updates.',
  4507: 'The server closed the connection because it was used too heavily.',
};

/**
 * @param {number} code
 * @returns {string} why there are no live updates, in words people use
 */
export function reasonFor(code) {
  return reasons[code] ?? 'The server and this page do not understand each other. Reload the page.';
}

const spread = 5_000;
const step = 500;
const ceiling = 30_000;

/**
 * Milliseconds until the next try, with full jitter, so that a thousand browsers that lost the
 * same server do not come back in the same second.
 * @param {{attempt: number, code: number, retryMs?: number | null}} loss attempt 0 is the first try after a working connection
 * @param {() => number} random
 */
export function delay({ attempt, code, retryMs }, random) {
  if (attempt === 0 && retryMs !== null && retryMs !== undefined) return Math.max(0, retryMs);
  if (attempt === 0 && (code === 1006 || code === 1012)) return random() * spread;
  return random() * Math.min(ceiling, step * 2 ** Math.min(attempt, 16));
}

/**
 * Milliseconds until a browser comes back when live updates were switched on again.
 * @param {() => number} random
 */
export function comeBack(random) {
  return random() * spread;
}
