// @ts-check
// What is kept on this device: words that were not sent, and how far one has read. A browser that
// refuses to keep anything costs nothing but that.

/** @typedef {import('./types.js').Shelf} Shelf */
/** @typedef {ReturnType<typeof makeShelf>} KeptWords */

/**
 * @param {Shelf|null} shelf
 * @param {string} name whose words and where
 */
export function makeShelf(shelf, name) {
  /** @param {string} what */
  const key = (what) => `galley.comments.${name}.${what}`;
  return {
    /** @param {string} what */
    read(what) {
      try {
        return shelf?.getItem(key(what)) ?? '';
      } catch {
        return '';
      }
    },

    /** @param {string} what @param {string} text nothing takes it away */
    write(what, text) {
      try {
        if (text) shelf?.setItem(key(what), text);
        else shelf?.removeItem(key(what));
      } catch {
        // Full or switched off: the words still stand in the field.
      }
    },
  };
}

/** The browser's own shelf; null where it is not allowed. */
export function browserShelf() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
