import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { makeSettings } from '../static/settings/store.js';

const real = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = real;
});

const now = (more) => ({
  websockets_enabled: true,
  realtime_fallback: 'manual',
  revision: 3,
  changed_at: null,
  changed_by: null,
  pinned: { websockets_enabled: null },
  position: 'k.5',
  topic: 'site',
  ...more,
});
const maren = { id: 1, name: 'Maren Oduya', handle: 'maren' };

async function loaded(answers) {
  const asked = [];
  globalThis.fetch = async (url, options) => {
    asked.push({ url, ...options });
    const [status, body] = answers.shift();
    return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
  };
  const store = makeSettings();
  await store.load();
  return { store, asked };
}

test('the switch moves at once and names what it is based on', async () => {
  const { store, asked } = await loaded([
    [200, now()],
    [200, now({ websockets_enabled: false, revision: 4 })],
  ]);
  const saving = store.setWebsockets(false);
  assert.equal(store.settings.value.websockets_enabled, false);
  assert.equal(store.saving.value, true);
  await saving;
  assert.equal(asked[1].headers['If-Match'], '"3"');
  assert.equal(asked[1].body, '{"websockets_enabled":false}');
  assert.equal(store.settings.value.revision, 4);
  store.leave();
});

test('refused, it goes back and says why', async () => {
  const { store } = await loaded([
    [200, now()],
    [409, { code: 'conflict', detail: 'Set by the flag --websockets on.' }],
  ]);
  await store.setWebsockets(false);
  assert.equal(store.settings.value.websockets_enabled, true);
  assert.match(store.refusal.value, /flag --websockets on/);
  store.leave();
});

test('somebody was faster: what is now shows, with who', async () => {
  const current = now({ websockets_enabled: false, revision: 7, changed_by: maren });
  const { store } = await loaded([
    [200, now()],
    [412, { code: 'stale', current }],
  ]);
  await store.setWebsockets(false);
  assert.equal(store.settings.value.revision, 7);
  assert.match(store.refusal.value, /^Maren Oduya changed this/);
  store.leave();
});

test('an event of another admin moves it; an older one does not', async () => {
  const { store } = await loaded([[200, now()]]);
  const event = (revision, on) => ({
    id: `k.${revision}`,
    topic: 'site',
    type: 'settings.changed',
    actor: maren,
    time: '2026-03-10T13:00:00.000Z',
    data: { websockets_enabled: on, realtime_fallback: 'manual', revision },
  });
  store.apply(event(5, false));
  assert.equal(store.settings.value.websockets_enabled, false);
  assert.equal(store.settings.value.changed_by.name, 'Maren Oduya');
  store.apply(event(4, true));
  assert.equal(store.settings.value.websockets_enabled, false);
  store.leave();
});
