// @ts-check
// Which @word the caret stands in, and what the text becomes when a name is taken. The same letters
// as on the server, so that what the picker offers is what gets told.

const letters = /[A-Za-z0-9._-]/;

/**
 * @param {string} text
 * @param {number} caret
 * @returns {{from: number, words: string}|null} null: no name is being written here
 */
export function mentionAt(text, caret) {
  let from = caret;
  while (from > 0 && letters.test(text[from - 1])) from -= 1;
  if (from === 0 || text[from - 1] !== '@') return null;
  const before = text[from - 2];
  // The middle of a word or of an address is no mention.
  if (before !== undefined && (letters.test(before) || before > '\u007f')) return null;
  return { from: from - 1, words: text.slice(from, caret) };
}

/**
 * @param {string} text
 * @param {number} from where the @ stands
 * @param {number} caret
 * @param {string} handle
 * @returns {{text: string, caret: number}}
 */
export function withMention(text, from, caret, handle) {
  const rest = text.slice(caret);
  const gap = rest.startsWith(' ') ? '' : ' ';
  const inserted = `@${handle}${gap}`;
  return { text: text.slice(0, from) + inserted + rest, caret: from + inserted.length + (gap ? 0 : 1) };
}

/**
 * The handles that a text names, each once.
 * @param {string} text
 */
export function handlesIn(text) {
  const found = [...text.matchAll(/(?<![A-Za-z0-9._\-\u0080-\uffff])@([A-Za-z0-9._-]+)/g)].map(([, handle]) =>
    handle.replace(/[.-]+$/, '').toLowerCase(),
  );
  return [...new Set(found.filter(Boolean))];
}

/**
 * Puts marks around the selection, or takes them away when they are there.
 * @param {string} text @param {number} from @param {number} to @param {string} mark
 * @returns {{text: string, from: number, to: number}}
 */
export function wrapped(text, from, to, mark) {
  const n = mark.length;
  if (text.slice(from - n, from) === mark && text.slice(to, to + n) === mark) {
    return { text: text.slice(0, from - n) + text.slice(from, to) + text.slice(to + n), from: from - n, to: to - n };
  }
  return { text: text.slice(0, from) + mark + text.slice(from, to) + mark + text.slice(to), from: from + n, to: to + n };
}
