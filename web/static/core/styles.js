// @ts-check
/** @type {Map<string, Promise<void>>} */
const asked = new Map();

/**
 * The style sheet of a part that comes later; waits until it is there, so that nothing is painted bare.
 * @param {string} href
 * @returns {Promise<void>}
 */
export function style(href) {
  const before = asked.get(href);
  if (before) return before;
  /** @type {Promise<void>} */
  const coming = new Promise((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = href;
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      asked.delete(href);
      reject(new Error(`${href} did not load`));
    };
    document.head.append(link);
  });
  asked.set(href, coming);
  return coming;
}
