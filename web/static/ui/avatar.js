// @ts-check
import { html } from '../core/html.js';
import { list } from '../core/words.js';

/** @typedef {{id: number, name: string}} Person */

/** @param {string} name */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => [...word][0]?.toUpperCase() ?? '').join('');
}

/**
 * A face. Its name is its text; where the name stands beside it anyway, `silent` keeps it from being read twice.
 * @param {{person: Person, size?: 20 | 24 | 28 | 32, silent?: boolean}} props
 */
export function Avatar({ person, size = 24, silent = false }) {
  return html`<span
    class="avatar avatar-${size} person-${person.id % 8}"
    role=${silent ? null : 'img'}
    aria-label=${silent ? null : person.name}
    aria-hidden=${silent ? 'true' : null}
    title=${person.name}
    ><span aria-hidden="true">${initials(person.name)}</span></span
  >`;
}

/**
 * Up to four faces, then how many more.
 * @param {{people: Person[], size?: 20 | 24 | 28 | 32, max?: number}} props
 */
export function Pile({ people, size = 24, max = 4 }) {
  const shown = people.length > max ? people.slice(0, max - 1) : people;
  const rest = people.length - shown.length;
  return html`<span class="pile" role="img" aria-label=${list(people.map((person) => person.name))}>
    ${shown.map((person) => html`<${Avatar} key=${person.id} person=${person} size=${size} silent />`)}
    ${rest > 0 ? html`<span class="pile-rest" aria-hidden="true">+${rest}</span>` : null}
  </span>`;
}
