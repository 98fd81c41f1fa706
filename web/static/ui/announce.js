// @ts-check
// Two live regions for the whole page. Arrivals are gathered, so that a burst is one sentence.
import { html, signal } from '../core/html.js';

const gather = 5_000;
const politeText = signal('');
const assertiveText = signal('');
/** @type {string[]} */
let waiting = [];

/**
 * Says what arrived in the view, within five seconds and together with what else did.
 * @param {string} text without a full stop: "2 comments", "1 item set ready"
 */
export function polite(text) {
  waiting.push(text);
  if (waiting.length > 1) return;
  setTimeout(() => {
    politeText.value = `${[...new Set(waiting)].join(', ')}.`;
    waiting = [];
  }, gather);
}

/**
 * Interrupts. Only for: not saved, session ended, connection lost while typing.
 * @param {string} text
 */
export function assertive(text) {
  assertiveText.value = '';
  setTimeout(() => {
    assertiveText.value = text;
  }, 20);
}

/** The regions themselves, once a page. */
export function Announcer() {
  return html`<div class="visually-hidden" role="status">${politeText}</div>
    <div class="visually-hidden" role="alert">${assertiveText}</div>`;
}
