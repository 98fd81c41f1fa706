// @ts-check
// Addresses and their screens. Pure, so that a test can read addresses without a window.

/** @typedef {{name: string, params: Record<string, string>, query: Record<string, string>, hash: string, path: string}} Route */

const table = [
  { name: 'home', pattern: '/' },
  { name: 'sign-in', pattern: '/sign-in' },
  { name: 'setup', pattern: '/setup' },
  { name: 'projects', pattern: '/projects' },
  { name: 'project', pattern: '/projects/:id' },
  { name: 'item', pattern: '/projects/:id/items/:item' },
  { name: 'content', pattern: '/content' },
  { name: 'content-item', pattern: '/content/:id' },
  { name: 'settings', pattern: '/settings' },
  { name: 'account', pattern: '/settings/account' },
];

/**
 * @param {string} pattern
 * @param {string[]} parts
 * @returns {Record<string, string> | null}
 */
function match(pattern, parts) {
  const wanted = pattern.split('/').filter(Boolean);
  if (wanted.length !== parts.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [index, part] of wanted.entries()) {
    if (!part.startsWith(':')) {
      if (part !== parts[index]) return null;
    } else if (/^[1-9]\d{0,15}$/.test(parts[index])) {
      params[part.slice(1)] = parts[index];
    } else return null;
  }
  return params;
}

/**
 * @param {string} address path, query and hash
 * @returns {Route} name "nowhere" when no screen lives there
 */
export function parse(address) {
  const url = new URL(address, 'http://galley.invalid');
  const parts = url.pathname.split('/').filter(Boolean);
  const rest = { query: Object.fromEntries(url.searchParams), hash: url.hash, path: url.pathname };
  for (const { name, pattern } of table) {
    const params = match(pattern, parts);
    if (params) return { name, params, ...rest };
  }
  return { name: 'nowhere', params: {}, ...rest };
}

/**
 * Whether a link leads to a screen of this page rather than to the API, a file or another host.
 * @param {URL} url
 * @param {string} origin
 */
export function isOurs(url, origin) {
  return url.origin === origin && !/^\/(api|delivery|healthz|readyz|metrics)(\/|$)/.test(url.pathname);
}
