// @ts-check
// What the toolbar does to a text and its selection. Pressing a button twice takes the marks away again.

/** The piece from..to is replaced by `insert`; then start..end is selected. @typedef {{from: number, to: number, insert: string, start: number, end: number}} Change */
/** @typedef {'bold'|'italic'|'link'|'list'|'quote'} Mark */

const AROUND = { bold: '**', italic: '_' };
const BEFORE = { list: '- ', quote: '> ' };

/** @param {string} text @param {number} start @param {number} end @param {string} sign @returns {Change} */
function around(text, start, end, sign) {
  const n = sign.length;
  const inside = text.slice(start, end);
  if (text.slice(start - n, start) === sign && text.slice(end, end + n) === sign) {
    return { from: start - n, to: end + n, insert: inside, start: start - n, end: end - n };
  }
  return { from: start, to: end, insert: sign + inside + sign, start: start + n, end: end + n };
}

/** @param {string} text @param {number} start @param {number} end @returns {Change} */
function link(text, start, end) {
  const words = text.slice(start, end) || 'words';
  const isAddress = /^(https?:\/\/|\/)\S+$/.test(words);
  const insert = isAddress ? `[words](${words})` : `[${words}](https://)`;
  // What is still to be written is selected, so that the next keys replace it.
  const chosen = isAddress ? [1, 6] : [insert.length - 9, insert.length - 1];
  return { from: start, to: end, insert, start: start + chosen[0], end: start + chosen[1] };
}

/** @param {string} text @param {number} start @param {number} end @param {string} sign @returns {Change} */
function before(text, start, end, sign) {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const found = text.indexOf('\n', Math.max(start, end - 1));
  const to = found < 0 ? text.length : found;
  const lines = text.slice(from, to).split('\n');
  const all = lines.every((line) => line.startsWith(sign) || line === '') && lines.some((line) => line !== '');
  const insert = lines.map((line) => (all ? line.slice(line.startsWith(sign) ? sign.length : 0) : sign + line)).join('\n');
  const caret = start === end;
  return { from, to, insert, start: caret ? from + insert.length : from, end: from + insert.length };
}

/** @param {Mark} mark @param {string} text @param {number} start @param {number} end @returns {Change} */
export function changeFor(mark, text, start, end) {
  if (mark === 'bold' || mark === 'italic') return around(text, start, end, AROUND[mark]);
  if (mark === 'list' || mark === 'quote') return before(text, start, end, BEFORE[mark]);
  return link(text, start, end);
}
