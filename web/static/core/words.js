// @ts-check
const rules = new Intl.PluralRules('en');

/**
 * "1 item", "2 items".
 * @param {number} n
 * @param {string} one
 * @param {string} [many]
 */
export function plural(n, one, many = `${one}s`) {
  return `${n} ${rules.select(n) === 'one' ? one : many}`;
}

const listing = new Intl.ListFormat('en-GB', { style: 'long', type: 'conjunction' });

/**
 * "Tomas", "Tomas and Ilse", "Tomas, Ilse and Sam".
 * @param {string[]} names
 */
export function list(names) {
  return listing.format(names);
}

/**
 * The first name: how colleagues call each other in a row.
 * @param {{name: string} | null | undefined} person
 */
export function firstName(person) {
  return person ? person.name.split(' ')[0] : '';
}
