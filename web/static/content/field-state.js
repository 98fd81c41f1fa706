// @ts-check
// One field of the form: what the server holds, what I wrote, and what somebody else wrote meanwhile.
// The one promise: a text with a caret in it or with unsaved words is never replaced.
import { computed, signal } from '../core/html.js';

/** @typedef {import('./types.js').PersonRef} PersonRef */
/** @typedef {{value: string, by: PersonRef|null, at: string|null}} Theirs */
/** @typedef {{by: PersonRef|null, at: string|null, mine: boolean}} Author */
/** @typedef {ReturnType<typeof makeField>} FieldState */

/**
 * @param {string} name
 * @param {string} value
 */
export function makeField(name, value) {
  /** What the server held when my text began. */
  const base = signal(value);
  const text = signal(value);
  /** @type {import('../core/html.js').Signal<Theirs|null>} a newer value of the server that waits for me */
  const theirs = signal(/** @type {Theirs|null} */ (null));
  /** When, and by whom, my view of this field was last changed by another hand. */
  const changedAt = signal(0);
  const changedBy = signal(/** @type {PersonRef|null} */ (null));
  const caret = signal(false);
  const dirty = computed(() => text.value !== base.value);
  /** How the server wrote what I sent, when it tidied it under my caret: {sent, tidy}. */
  let tidied = /** @type {{sent: string, tidy: string}|null} */ (null);
  const contested = computed(() => theirs.value !== null && dirty.value);

  /** @param {string} next @param {{by: PersonRef|null}} [hand] another one than mine, so that it shows */
  function replace(next, hand) {
    base.value = next;
    text.value = next;
    theirs.value = null;
    if (!hand) return;
    changedBy.value = hand.by;
    changedAt.value = Date.now();
  }

  return {
    name,
    base,
    text,
    theirs,
    changedAt,
    changedBy,
    caret,
    dirty,
    contested,

    /** What the server holds now, as far as we know. */
    server: () => theirs.value?.value ?? base.value,

    /** What a save may send: never my text over one of theirs that I have not decided about. */
    toSend: () => (theirs.value ? theirs.value.value : text.value),

    /** @param {string} next */
    type(next) {
      text.value = next;
      if (theirs.value && theirs.value.value === next) replace(next);
    },

    enter() {
      caret.value = true;
    },

    leave() {
      caret.value = false;
      if (tidied && text.value === tidied.sent && base.value === tidied.sent) replace(tidied.tidy);
      tidied = null;
      if (theirs.value && !dirty.value) replace(theirs.value.value, theirs.value);
    },

    /**
     * The server holds `next` now. `doubts` is what I sent and have no answer to: such a text is mine, and no conflict.
     * @param {string} next @param {Author} author @param {string[]} [doubts]
     */
    remote(next, author, doubts = []) {
      const known = theirs.value?.value ?? base.value;
      if (next === known) return;
      if (next === text.value) return replace(next);
      if (author.mine && doubts.includes(next)) {
        base.value = next;
        theirs.value = null;
        return;
      }
      if (dirty.value || caret.value) theirs.value = { value: next, by: author.by, at: author.at };
      else replace(next, author);
    },

    /**
     * The server has taken `sent` and holds it as `held`; what I typed since stays unsaved.
     * @param {string} sent @param {string} held
     */
    saved(sent, held) {
      if (theirs.value) {
        if (theirs.value.value !== held) theirs.value = { ...theirs.value, value: held };
        return;
      }
      if (text.value !== sent || held === sent) base.value = sent;
      else if (!caret.value) replace(held);
      else {
        base.value = sent;
        tidied = { sent, tidy: held };
      }
    },

    /** My text is to replace theirs with the next save. */
    keepMine() {
      if (!theirs.value) return;
      base.value = theirs.value.value;
      theirs.value = null;
    },

    /** Their text takes the place of mine; answers with a function that puts mine back. */
    takeTheirs() {
      const mine = text.value;
      if (theirs.value) replace(theirs.value.value);
      return () => {
        text.value = mine;
      };
    },

    /** Text that was kept on this device: it began from `began`. @param {string} began @param {string} mine */
    putBack(began, mine) {
      const now = theirs.value?.value ?? base.value;
      text.value = mine;
      base.value = began;
      theirs.value = now === began || now === mine ? null : { value: now, by: null, at: null };
      if (now === mine) base.value = now;
    },
  };
}
