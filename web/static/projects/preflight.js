// @ts-check
// What can go out, and what stands in the way. The server decides when it publishes; this is the same
// reading of what is shown, so that the strip ticks with the rows.

/** @typedef {import('./types.js').Item} Item */
/** @typedef {'conflict'|'missing'|'not_ready'} Obstacle */

/** @type {Obstacle[]} the most urgent first */
export const OBSTACLES = ['conflict', 'missing', 'not_ready'];

/** Whether it still has to go out. @param {Item} item */
export const isOpen = ({ state }) => state !== 'published' && state !== 'previously_published';

/** @param {Item} item @returns {Obstacle[]} */
export function obstaclesOf(item) {
  if (!isOpen(item)) return [];
  return OBSTACLES.filter((kind) => {
    if (kind === 'conflict') return item.conflict;
    if (kind === 'missing') return item.missing.length > 0;
    return item.state !== 'ready';
  });
}

/** @param {Item} item */
export const canGo = (item) => isOpen(item) && obstaclesOf(item).length === 0;

/**
 * @param {Item[]} items
 * @returns {{ready: number, total: number, by: Record<Obstacle, number>}}
 */
export function preflightOf(items) {
  const sum = { ready: 0, total: 0, by: { conflict: 0, missing: 0, not_ready: 0 } };
  for (const item of items) {
    if (!isOpen(item)) continue;
    sum.total += 1;
    const obstacles = obstaclesOf(item);
    if (obstacles.length === 0) sum.ready += 1;
    for (const kind of obstacles) sum.by[kind] += 1;
  }
  return sum;
}

/** @typedef {{kind: 'changes'|'review'|'outline', icon: string, word: string, more: string}} Flag */

/** Everything that deserves a mark on a row; the first one is shown. @param {Item} item @returns {Flag[]} */
export function flagsOf(item) {
  /** @type {Flag[]} */
  const flags = [];
  if (isOpen(item) && item.conflict)
    flags.push({ kind: 'changes', icon: 'warning', word: 'Conflict', more: 'Another version went live since this one was begun' });
  if (isOpen(item) && item.missing.length > 0) {
    flags.push({ kind: 'review', icon: 'warning', word: 'Field missing', more: `Missing: ${item.missing.join(', ')}` });
  }
  if (item.action === 'unpublish')
    flags.push({ kind: 'outline', icon: 'ban', word: 'Unpublish', more: 'Goes off the site when the project is published' });
  return flags;
}

/** What keeps a project from going out as a whole, as one sentence. @param {ReturnType<typeof preflightOf>} sum */
export function notYet({ total, ready, by }) {
  if (total === 0) return 'Everything is out already';
  if (ready === total) return '';
  const count = (/** @type {number} */ n, /** @type {string} */ one, /** @type {string} */ many) =>
    n > 0 ? [`${n} ${n === 1 ? one : many}`] : [];
  const parts = [
    ...count(by.not_ready, 'item is not ready', 'items are not ready'),
    ...count(by.conflict, 'has a conflict', 'have a conflict'),
    ...count(by.missing, 'has a field missing', 'have a field missing'),
  ];
  return `Not yet: ${parts.join(', ')}`;
}
