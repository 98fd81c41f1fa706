// @ts-check
// The one way to the HTTP API. Stores call it; views never do.
import { Problem, problemOf } from './problem.js';

export { Problem, sentence } from './problem.js';

const base = '/api/v1';
const patience = 10_000;

/** @type {() => void} */
let signedOut = () => {};

/**
 * Registers what happens when the server no longer knows who asks.
 * @param {() => void} fn
 */
export function onUnauthenticated(fn) {
  signedOut = fn;
}

/**
 * @typedef {object} Options
 * @property {AbortSignal} [signal]
 * @property {Record<string, string | number | boolean | null | undefined>} [query] null and undefined are left out
 * @property {string} [key] Idempotency-Key of a POST that creates
 * @property {number | string} [revision] what the change is based on (If-Match)
 * @property {number} [timeout] milliseconds, instead of the usual 10 s
 */

export const api = {
  /** @param {string} path @param {Options} [options] */
  get: (path, options) => request('GET', path, undefined, options),
  /** @param {string} path @param {unknown} [body] @param {Options} [options] */
  post: (path, body, options) => request('POST', path, body, options),
  /** @param {string} path @param {unknown} body @param {Options} [options] */
  put: (path, body, options) => request('PUT', path, body, options),
  /** @param {string} path @param {unknown} body @param {Options} [options] */
  patch: (path, body, options) => request('PATCH', path, body, options),
  /** @param {string} path @param {Options} [options] */
  del: (path, options) => request('DELETE', path, undefined, options),
};

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} body
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
async function request(method, path, body, options = {}) {
  const deadline = AbortSignal.timeout(options.timeout ?? patience);
  const stop = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.key) headers['Idempotency-Key'] = options.key;
  if (options.revision !== undefined) headers['If-Match'] = `"${options.revision}"`;
  try {
    const response = await fetch(address(path, options.query), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: stop,
    });
    if (!response.ok) throw await problemOf(response);
    return response.status === 204 ? null : await response.json();
  } catch (error) {
    throw explain(error, method, path, options.signal, deadline);
  }
}

/**
 * @param {unknown} error
 * @param {string} method
 * @param {string} path
 * @param {AbortSignal | undefined} wanted
 * @param {AbortSignal} deadline
 */
function explain(error, method, path, wanted, deadline) {
  if (error instanceof Problem) {
    const signingIn = method === 'POST' && (path === '/session' || path === '/setup');
    if (error.status === 401 && !signingIn) signedOut();
    return error;
  }
  // The caller gave up on purpose: that is its own business, not a problem to show.
  if (wanted?.aborted) return error;
  if (deadline.aborted) {
    return new Problem({ code: 'timeout', detail: "The server didn't answer for 10 s." });
  }
  return new Problem({ code: 'offline', detail: "The server can't be reached." });
}

/**
 * @param {string} path
 * @param {Options['query']} [query]
 */
function address(path, query) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== '') params.set(name, String(value));
  }
  const tail = params.toString();
  return base + path + (tail ? `?${tail}` : '');
}

/**
 * A key for one act of the user: the same for its repeats, so that it takes effect once.
 * Made from random bytes because crypto.randomUUID exists only in secure contexts and
 * self-hosted installations do run on plain HTTP.
 * @returns {string}
 */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
