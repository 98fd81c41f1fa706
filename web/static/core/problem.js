// @ts-check
// What went wrong with a request, in the server's own words (RFC 9457) or, when it never answered, in ours.

/**
 * @typedef {object} ProblemBody
 * @property {number} [status]
 * @property {string} [code]
 * @property {string} [title]
 * @property {string} [detail]
 * @property {Record<string, string>} [fields]
 * @property {any} [current]
 * @property {string} [request_id]
 */

export class Problem extends Error {
  /** @param {ProblemBody & {retryAfter?: number | null}} body */
  constructor(body) {
    super(body.detail || body.title || body.code || 'The request failed.');
    this.name = 'Problem';
    this.status = body.status ?? 0;
    this.code = body.code ?? 'unknown';
    this.title = body.title ?? '';
    this.detail = body.detail ?? '';
    /** @type {Record<string, string>} */
    this.fields = fieldsOf(body.fields);
    this.current = body.current ?? null;
    this.requestId = body.request_id ?? '';
    this.retryAfter = body.retryAfter ?? null;
  }
}

/**
 * One message a field, whether the server sent a map or a list.
 * @param {unknown} fields
 * @returns {Record<string, string>}
 */
function fieldsOf(fields) {
  if (Array.isArray(fields)) {
    return Object.fromEntries(fields.map((f) => [f.field ?? f.name, f.detail ?? f.message ?? '']));
  }
  if (!fields || typeof fields !== 'object') return {};
  return Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, Array.isArray(v) ? v.join(' ') : String(v)]));
}

/**
 * @param {Response} response
 * @returns {Promise<Problem>}
 */
export async function problemOf(response) {
  const kind = response.headers.get('Content-Type') ?? '';
  /** @type {ProblemBody} */
  let body = {};
  if (kind.includes('json')) {
    try {
      body = await response.json();
    } catch {
      body = {};
    }
  }
  const wait = Number(response.headers.get('Retry-After'));
  return new Problem({
    ...body,
    status: response.status,
    code: body.code ?? 'unknown',
    detail: body.detail || body.title || `The server answered ${response.status}.`,
    request_id: body.request_id || response.headers.get('X-Request-ID') || '',
    retryAfter: Number.isFinite(wait) && wait > 0 ? wait : null,
  });
}

/**
 * The sentence to show: what happened, what is safe, what to do. Ours for what has no answer.
 * @param {unknown} error
 * @param {string} [kept] what is safe, such as "Your text is kept."
 * @returns {string}
 */
export function sentence(error, kept = '') {
  const safe = kept ? ` ${kept}` : '';
  if (!(error instanceof Problem)) return `Something went wrong on this page.${safe} Reload to go on.`;
  if (error.code === 'offline') return `The server can't be reached.${safe} Try again.`;
  if (error.code === 'timeout') return `The server didn't answer for 10 s.${safe} Try again.`;
  if (error.status >= 500 || error.code === 'unknown') {
    const id = error.requestId ? ` Request ${error.requestId}.` : '';
    return `${error.message}${safe}${id}`;
  }
  return `${error.message}${safe}`;
}
