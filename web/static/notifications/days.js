// @ts-check
import { relative, timeZone } from '../core/time.js';

/** "Today", "Yesterday", or the day by name. @param {string} at @param {number} now */
export function dayOf(at, now) {
  const day = (/** @type {number} */ ms) => new Date(ms).toLocaleDateString('en-CA', { timeZone: timeZone.value });
  const then = Date.parse(at);
  if (Number.isNaN(then)) return '';
  if (day(then) === day(now)) return 'Today';
  if (day(then) === day(now - 86_400_000)) return 'Yesterday';
  return relative(at, Math.max(now, then + 2 * 86_400_000));
}
