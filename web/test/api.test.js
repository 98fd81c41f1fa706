import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { api, newKey, onUnauthenticated, Problem, sentence } from '../static/core/api.js';

const real = globalThis.fetch;
let asked = [];
let left = 0;
onUnauthenticated(() => {
  left += 1;
});

/** Answers the next requests like a server. */
function answer(status, body, headers = {}) {
  globalThis.fetch = async (url, options) => {
    asked.push({ url, ...options });
    const kind = status >= 400 ? 'application/problem+json' : 'application/json';
    return new Response(body === null ? null : JSON.stringify(body), {
      status,
      headers: { 'Content-Type': kind, ...headers },
    });
  };
}

afterEach(() => {
  globalThis.fetch = real;
  asked = [];
  left = 0;
});

const failure = (promise) =>
  promise.then(
    () => assert.fail('it did not fail'),
    (error) => error,
  );

test('a request carries what it is based on and which act it is', async () => {
  answer(201, { id: 5 });
  const got = await api.post('/projects', { name: 'x' }, { key: 'abc', revision: 3, query: { q: 'a b', empty: null } });
  assert.deepEqual(got, { id: 5 });
  const [{ url, method, headers, body }] = asked;
  assert.equal(url, '/api/v1/projects?q=a+b');
  assert.equal(method, 'POST');
  assert.equal(headers['Idempotency-Key'], 'abc');
  assert.equal(headers['If-Match'], '"3"');
  assert.equal(body, '{"name":"x"}');
});

test('204 is null', async () => {
  answer(204, null);
  assert.equal(await api.del('/comments/5', { revision: 1 }), null);
});

test('a stale change brings what the server has now', async () => {
  answer(412, { code: 'stale', detail: 'Rosa saved this.', current: { id: 1, revision: 9 }, request_id: 'r1' });
  const problem = await failure(api.put('/x', {}, { revision: 1 }));
  assert.ok(problem instanceof Problem);
  assert.equal(problem.code, 'stale');
  assert.equal(problem.current.revision, 9);
  assert.equal(problem.requestId, 'r1');
});

test('fields are words by name', async () => {
  answer(422, { code: 'invalid', detail: 'Look again.', fields: { title: 'Too long.' } });
  assert.deepEqual((await failure(api.post('/x', {}))).fields, { title: 'Too long.' });
});

test('an answer that is no problem document still is one', async () => {
  globalThis.fetch = async () => new Response('<html>', { status: 502, headers: { 'Content-Type': 'text/html' } });
  const problem = await failure(api.get('/x'));
  assert.equal(problem.status, 502);
  assert.equal(problem.code, 'unknown');
  assert.match(sentence(problem, 'Your text is kept.'), /502.*Your text is kept\./);
});

test('a pause says how long', async () => {
  answer(429, { code: 'rate_limited' }, { 'Retry-After': '900' });
  assert.equal((await failure(api.post('/session', {}))).retryAfter, 900);
});

test('no line, no answer, and given up are three things', async () => {
  globalThis.fetch = async () => {
    throw new TypeError('Failed to fetch');
  };
  assert.equal((await failure(api.get('/x'))).code, 'offline');
  globalThis.fetch = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      // An abort timer alone does not keep Node running; a real request would.
      const open = setTimeout(() => {}, 60_000);
      signal.addEventListener('abort', () => {
        clearTimeout(open);
        reject(signal.reason);
      });
    });
  assert.equal((await failure(api.get('/x', { timeout: 5 }))).code, 'timeout');
  const gaveUp = new AbortController();
  const asking = failure(api.get('/x', { signal: gaveUp.signal }));
  gaveUp.abort();
  assert.equal((await asking).name, 'AbortError');
});

test('401 means signed out, except for a wrong password', async () => {
  answer(401, { code: 'unauthenticated' });
  await failure(api.get('/projects'));
  assert.equal(left, 1);
  await failure(api.post('/session', {}));
  assert.equal(left, 1);
});

test('keys differ', () => {
  assert.match(newKey(), /^[0-9a-f]{32}$/);
  assert.notEqual(newKey(), newKey());
});
