// @ts-check
import { firstName, list, plural } from '../core/words.js';

/** @typedef {import('./types.js').PersonRef} PersonRef */

/**
 * Whom a post tells, in words: those in the thread and those who are named.
 * @param {string[]} handles
 * @param {PersonRef[]} people told anyway
 * @param {PersonRef[]} known
 */
export function tells(handles, people, known) {
  const told = new Map(people.map((person) => [person.id, person]));
  for (const handle of handles) {
    const person = known.find((other) => other.handle === handle);
    if (person) told.set(person.id, person);
  }
  const all = [...told.values()];
  if (all.length === 0) return 'Tells nobody yet';
  return all.length > 2 ? `Tells ${plural(all.length, 'person', 'people')}` : `Tells ${list(all.map(firstName))}`;
}
