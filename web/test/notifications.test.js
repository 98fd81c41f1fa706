// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signal } from '../static/core/html.js';
import { makeNotifications } from '../static/notifications/store.js';
import { placeOf, reasonOf, wordsOf } from '../static/notifications/words.js';

/** @param {number} id @param {any} [changes] */
const note = (id, changes = {}) => ({
  id,
  kind: 'mentioned',
  project_id: 7,
  project_name: 'Coast Pass launch',
  item_id: 9,
  item_title: 'Fares',
  comment_id: 55,
  actor: { id: 2, name: 'Tomas Brekke', handle: 'tomas' },
  text: 'Which one?',
  reason: '',
  count: 1,
  read_at: null,
  created_at: `2026-11-24T08:00:${String(id).padStart(2, '0')}.000Z`,
  ...changes,
});

/** A bell, and a server that holds these notifications. */
function makeBell(/** @type {any[]} */ held = [], unread = held.filter((n) => !n.read_at).length) {
  const bell = {
    held,
    calls: /** @type {any[]} */ ([]),
    position: 'e.100',
    refuse: /** @type {any} */ (null),
    hold: Promise.resolve(),
    count: signal(unread),
    store: /** @type {ReturnType<typeof makeNotifications>} */ (/** @type {any} */ (null)),
    add: (/** @type {number} */ at, /** @type {any} */ data) =>
      bell.store.apply({ id: `e.${at}`, type: 'notification.added', time: '', data }),
    read: (/** @type {number} */ at, /** @type {any} */ data) =>
      bell.store.apply({ id: `e.${at}`, type: 'notification.read', time: '2026-11-24T09:00:00.000Z', data }),
  };
  bell.store = makeNotifications({
    unread: bell.count,
    follow: () => () => {},
    api: {
      async get(_path, { query }) {
        bell.calls.push(query);
        const fit = bell.held
          .filter((n) => (!query.unread || !n.read_at) && (!query.kind || n.kind === query.kind))
          .sort((a, b) => b.id - a.id)
          .filter((n) => !query.after || n.id < Number(query.after));
        const items = fit.slice(0, 2);
        await bell.hold;
        return {
          items,
          next: fit.length > 2 ? String(items[1].id) : null,
          unread: bell.held.filter((n) => !n.read_at).length,
          position: bell.position,
        };
      },
      async post(_path, body) {
        bell.calls.push(body);
        if (bell.refuse) throw bell.refuse;
        bell.held = bell.held.map((n) => (body.all || body.ids.includes(n.id) ? { ...n, read_at: 'now' } : n));
        return { unread: bell.held.filter((n) => !n.read_at).length };
      },
    },
  });
  bell.store.start('e.50');
  return bell;
}

test('an arrival counts once, however often it is told', () => {
  const bell = makeBell();
  bell.add(101, note(1));
  bell.add(101, note(1));
  assert.equal(bell.count.value, 1);
});

test('an arrival that the count already holds is not counted again', async () => {
  const bell = makeBell([note(1)], 0);
  await bell.store.choose('unread');
  assert.equal(bell.count.value, 1);
  bell.add(99, note(1));
  bell.add(100, note(2));
  assert.equal(bell.count.value, 1);
  bell.add(101, note(3));
  assert.equal(bell.count.value, 2);
  assert.deepEqual(bell.store.shown.value, [3, 1]);
});

test('arrivals wait behind a pill while the list is held still', async () => {
  const bell = makeBell([note(1)]);
  await bell.store.choose('unread');
  bell.store.frozen.value = true;
  bell.add(101, note(2));
  bell.add(101, note(2));
  assert.deepEqual(bell.store.shown.value, [1]);
  assert.deepEqual(bell.store.list.value.waiting.value, [2]);
  assert.equal(bell.count.value, 2);
  bell.store.showWaiting();
  assert.deepEqual(bell.store.shown.value, [2, 1]);
});

test('reading shows at once, stays in place, and leaves the unread tab when it is chosen again', async () => {
  const bell = makeBell([note(1), note(2)]);
  await bell.store.choose('unread');
  const sent = bell.store.markRead(2);
  assert.equal(bell.count.value, 1);
  assert.notEqual(bell.store.rows.get(2)?.value.read_at, null);
  assert.deepEqual(bell.store.shown.value, [2, 1]);
  await sent;
  bell.read(101, { ids: [2], all: false, unread: 1 });
  assert.equal(bell.count.value, 1);
  await bell.store.markRead(2);
  assert.equal(bell.calls.filter((call) => call.ids).length, 1, 'what is read is not read again');
  await bell.store.choose('unread');
  assert.deepEqual(bell.store.shown.value, [1]);
});

test('a refused reading is taken back', async () => {
  const bell = makeBell([note(1), note(2)]);
  await bell.store.choose('unread');
  bell.refuse = { code: 'offline' };
  assert.equal(await bell.store.markRead(1), false);
  assert.equal(bell.count.value, 2);
  assert.equal(bell.store.rows.get(1)?.value.read_at, null);
  assert.equal(await bell.store.markAllRead(), false);
  assert.equal(bell.count.value, 2);
  assert.equal(bell.store.readFault.value.code, 'offline');
});

test('reading in another window marks the rows here, one and all', async () => {
  const bell = makeBell([note(1), note(2)]);
  await bell.store.choose('all');
  bell.read(101, { ids: [1], all: false, unread: 1 });
  assert.equal(bell.count.value, 1);
  assert.equal(bell.store.rows.get(2)?.value.read_at, null);
  bell.read(102, { ids: null, all: true, unread: 0 });
  assert.equal(bell.count.value, 0);
  assert.notEqual(bell.store.rows.get(2)?.value.read_at, null);
});

test('an answer that is older than an event in between is corrected by the events after it', async () => {
  const bell = makeBell([note(1), note(2)]);
  await bell.store.choose('unread');
  const sent = bell.store.markRead(1);
  bell.add(101, note(3));
  await sent;
  bell.read(102, { ids: [1], all: false, unread: 2 });
  assert.equal(bell.count.value, 2);
});

test('more is added at the end, and each entry stands there once', async () => {
  const bell = makeBell([note(1), note(2), note(3), note(4, { read_at: 'then' })]);
  await bell.store.choose('all');
  assert.deepEqual(bell.store.shown.value, [4, 3]);
  bell.add(101, note(5));
  await bell.store.loadMore();
  assert.deepEqual(bell.store.shown.value, [5, 4, 3, 2, 1]);
  assert.equal(bell.store.list.value.next.value, null);
});

test('mentions are those of all, and their unread ones are counted', async () => {
  const bell = makeBell([note(1), note(2, { kind: 'replied' })]);
  await bell.store.choose('unread');
  assert.equal(bell.store.unreadMentions.value, 1);
  await bell.store.choose('mentions');
  assert.deepEqual(bell.store.shown.value, [1]);
  bell.add(101, note(3));
  bell.add(102, note(4, { kind: 'item_published' }));
  assert.deepEqual(bell.store.shown.value, [3, 1]);
  bell.read(103, { ids: [1, 3], all: false, unread: 2 });
  assert.equal(bell.store.unreadMentions.value, 0);
});

test('a reload replaces what was told wrongly and answers with its position', async () => {
  const bell = makeBell([note(1)]);
  await bell.store.choose('unread');
  bell.held = [note(3)];
  bell.position = 'f.7';
  assert.equal(await bell.store.reload(), 'f.7');
  assert.deepEqual(bell.store.shown.value, [3]);
  assert.equal(bell.count.value, 1);
});

test('each kind says who did what where, and leads to the very place', () => {
  assert.deepEqual(wordsOf(note(1)), { who: 'Tomas Brekke', did: 'mentioned you on', what: 'Fares' });
  assert.equal(wordsOf(note(1, { kind: 'replied', item_id: null, item_title: '' })).what, 'Coast Pass launch');
  assert.equal(wordsOf(note(1, { kind: 'replied', count: 3 })).who, 'Tomas and others');
  assert.equal(wordsOf(note(1, { kind: 'project_published' })).what, 'Coast Pass launch');
  assert.equal(placeOf(note(1)), '/projects/7/items/9#comment-55');
  assert.equal(placeOf(note(1, { item_id: null })), '/projects/7#comment-55');
  assert.equal(placeOf(note(1, { comment_id: null, kind: 'item_published' })), '/projects/7/items/9');
  assert.equal(placeOf(note(1, { project_id: null })), null);
  assert.equal(reasonOf(note(1, { reason: 'You saved this item last.' })), 'You saved this item last.');
  assert.match(reasonOf(note(1, { kind: 'replied' })), /thread/);
});
