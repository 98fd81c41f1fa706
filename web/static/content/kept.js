// @ts-check
// Words that are not saved yet, kept on this device so that a crash, a lost line or a refused save loses nothing.

/** @typedef {import('./types.js').Shelf} Shelf */
/** @typedef {{by: string, at: string, fields: Record<string, {base: string, text: string}>}} KeptText */

/**
 * Each open editor writes its own entry, so two tabs never write over each other; entries of other writers are offered again.
 * @param {Shelf|null} shelf @param {string} name whose and what text it is @param {string} writer
 */
export function makeKept(shelf, name, writer) {
  const key = `galley.text.${name}`;

  /** @returns {KeptText[]} */
  function read() {
    try {
      const list = JSON.parse(shelf?.getItem(key) ?? '[]');
      return Array.isArray(list) ? list.filter((entry) => entry?.fields && entry.by) : [];
    } catch {
      return [];
    }
  }

  /** @param {KeptText[]} list */
  function write(list) {
    try {
      if (list.length === 0) shelf?.removeItem(key);
      else shelf?.setItem(key, JSON.stringify(list));
      return true;
    } catch {
      // The shelf is full or switched off: the guard before leaving still holds the page.
      return false;
    }
  }

  return {
    /** @param {KeptText['fields']} fields unsaved ones; none takes my entry away @param {string} at */
    keep(fields, at) {
      const others = read().filter((entry) => entry.by !== writer);
      return write(Object.keys(fields).length === 0 ? others : [...others, { by: writer, at, fields }]);
    },
    /** The newest text that another editor left behind, if it says anything else than the server. @param {(name: string) => string|undefined} server */
    offered(server) {
      const left = read().filter((entry) => entry.by !== writer);
      const worth = left.filter((entry) =>
        Object.entries(entry.fields).some(([field, kept]) => {
          const now = server(field);
          return now !== undefined && kept.text !== now;
        }),
      );
      return worth.sort((a, b) => b.at.localeCompare(a.at))[0] ?? null;
    },
    /** @param {KeptText} entry */
    forget(entry) {
      write(read().filter((other) => other.by !== entry.by));
    },
  };
}
