// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeEditor } from '../static/content/store.js';

const anna = { id: 1, name: 'Anna Vale', handle: 'anna', role: 'editor' };
const tomas = { id: 2, name: 'Tomas Brekke', handle: 'tomas' };
const pageType = {
  name: 'page',
  label: 'Page',
  fields: [
    { name: 'title', label: 'Title', kind: 'text', required: true, help: '', max: 60 },
    { name: 'body', label: 'Body', kind: 'markdown', required: false, help: '', max: 10_000 },
  ],
};
const settled = () => new Promise((done) => setImmediate(done));

/** @param {any} [changes] */
function page(changes = {}) {
  const { version, fields, ...rest } = changes;
  return structuredClone({
    id: 5,
    type: 'page',
    parent_id: null,
    language: 'en',
    title: 'Fares',
    slug: 'fares',
    path: 'fares',
    state: 'draft',
    fields: { title: 'Fares', body: 'Old words', ...fields },
    version: {
      number: 4,
      state: 'draft',
      base: 3,
      revision: 7,
      saved_by: anna,
      saved_at: '2026-11-24T08:00:00.000Z',
      project_id: 7,
      item_id: 9,
      ...version,
    },
    live: { number: 3, published_at: '2026-11-01T08:00:00.000Z' },
    locked: null,
    held_by: [],
    may: { edit: { allowed: true } },
    topic: 'project:7',
    position: 'e.100',
    ...rest,
  });
}

/** One editor and everything around it; timers never run by themselves, so that each save is one the test asked for. */
async function makeDesk(/** @type {any} */ start = page(), shelf = makeShelf(), me = /** @type {any} */ (anna)) {
  const desk = {
    now: start,
    shelf,
    calls: /** @type {any[]} */ ([]),
    follows: /** @type {any[]} */ ([]),
    /** @type {((call: any) => any)|null} answers, or throws a fault */
    onWrite: null,
    /** @type {ReturnType<typeof makeEditor>} */
    editor: /** @type {any} */ (null),
    async save() {
      const saved = await desk.editor.flush();
      await settled();
      return saved;
    },
    /** What another person's save makes everybody hear. */
    hear(/** @type {any} */ data, actor = /** @type {any} */ (tomas), type = 'version.saved') {
      const { may: _m, topic: _t, position: _p, ...rest } = data;
      desk.editor.apply({ id: 'e.101', topic: 'project:7', type, actor, time: '', data: rest });
    },
    text: (/** @type {string} */ name) => desk.editor.fields.value.get(name)?.text.value,
    field: (/** @type {string} */ name) => /** @type {any} */ (desk.editor.fields.value.get(name)),
  };
  const write = async (/** @type {any} */ call) => {
    desk.calls.push(call);
    await settled();
    return desk.onWrite ? desk.onWrite(call) : store(desk, call);
  };
  let key = 0;
  desk.editor = makeEditor(
    { contentId: 5, language: 'en' },
    {
      api: {
        async get(path) {
          desk.calls.push({ method: 'GET', path });
          return path === '/content-types' ? { items: [pageType] } : structuredClone(desk.now);
        },
        post: (path, body, options) => write({ method: 'POST', path, body, ...options }),
        put: (path, body, options) => write({ method: 'PUT', path, body, ...options }),
      },
      follow(topic, position) {
        desk.follows.push(`${topic}@${position}`);
        return () => desk.follows.push(`stop ${topic}`);
      },
      shelf,
      me: () => me,
      newKey: () => `key${++key}${Math.random()}`,
      clock: { setTimeout: () => 0, clearTimeout: () => {}, now: () => 0 },
    },
  );
  await desk.editor.load();
  desk.calls.length = 0;
  return desk;
}

/** What the server does with a PUT on the revision it holds. */
function store(/** @type {any} */ desk, /** @type {any} */ call) {
  if (call.revision !== desk.now.version.revision) throw { code: 'stale', status: 412, current: structuredClone(desk.now) };
  desk.now = page({
    ...desk.now,
    fields: call.body.fields,
    slug: call.body.slug,
    version: { ...desk.now.version, revision: call.revision + 1, state: 'draft', saved_by: anna },
  });
  return structuredClone(desk.now);
}

function makeShelf() {
  /** @type {Map<string, string>} */
  const held = new Map();
  return {
    held,
    getItem: (/** @type {string} */ key) => held.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void held.set(key, value),
    removeItem: (/** @type {string} */ key) => void held.delete(key),
  };
}

test('a save carries the revision it began from, and the next one the new revision', async () => {
  const desk = await makeDesk();
  desk.editor.type('body', 'New words');
  assert.equal(await desk.save(), true);
  desk.editor.type('title', 'All fares');
  await desk.save();
  assert.deepEqual(
    desk.calls.map((call) => [call.method, call.path, call.revision]),
    [
      ['PUT', '/content/5/versions/4', 7],
      ['PUT', '/content/5/versions/4', 8],
    ],
  );
  assert.deepEqual(desk.calls[1].body, { slug: 'fares', fields: { title: 'All fares', body: 'New words' } });
  assert.equal(desk.editor.unsaved.value, false);
});

test('what somebody else saves replaces fields that I left alone, and marks them', async () => {
  const desk = await makeDesk();
  desk.hear(page({ fields: { body: 'Their words' }, version: { revision: 8, saved_by: tomas } }));
  assert.equal(desk.text('body'), 'Their words');
  assert.ok(desk.field('body').changedAt.value > 0);
  assert.equal(desk.field('title').changedAt.value, 0);
  assert.equal(desk.editor.unsaved.value, false);
  assert.deepEqual(desk.calls, [], 'no request for a change that was told');
});

test('a field with a caret keeps its text, and takes the new one when the caret leaves', async () => {
  const desk = await makeDesk();
  desk.editor.enter('body');
  desk.hear(page({ fields: { body: 'Their words' }, version: { revision: 8, saved_by: tomas } }));
  assert.equal(desk.text('body'), 'Old words');
  assert.equal(desk.field('body').theirs.value.value, 'Their words');
  desk.editor.leave('body');
  assert.equal(desk.text('body'), 'Their words');
});

test('unsaved words survive another save, are not sent over it, and other fields still save', async () => {
  const desk = await makeDesk();
  desk.editor.type('body', 'My words');
  desk.now = page({ fields: { body: 'Their words' }, version: { revision: 8, saved_by: tomas } });
  desk.hear(desk.now);
  assert.equal(desk.text('body'), 'My words');
  assert.deepEqual(
    desk.editor.contested.value.map((field) => field.name),
    ['body'],
  );
  desk.editor.type('title', 'All fares');
  await desk.save();
  assert.deepEqual(
    desk.calls.map((call) => call.body.fields),
    [{ title: 'All fares', body: 'Their words' }],
  );
  assert.equal(desk.text('body'), 'My words');
  desk.editor.keepMine('body');
  await desk.save();
  assert.equal(desk.now.fields.body, 'My words');
  assert.equal(desk.editor.contested.value.length, 0);
});

test('a stale save keeps both texts until one is chosen', async () => {
  const desk = await makeDesk();
  desk.editor.type('body', 'My words');
  desk.now = page({ fields: { body: 'Their words' }, version: { revision: 8, saved_by: tomas } });
  await desk.save();
  assert.equal(desk.calls.length, 1, 'not sent again over theirs');
  assert.equal(desk.editor.stale.value?.by?.name, 'Tomas Brekke');
  assert.equal(desk.text('body'), 'My words');
  assert.equal(desk.field('body').theirs.value.value, 'Their words');
  const undo = desk.editor.takeTheirs('body');
  assert.equal(desk.text('body'), 'Their words');
  assert.equal(desk.editor.stale.value, null);
  undo();
  await settled();
  assert.equal(desk.text('body'), 'My words');
});

test('a stale save of another field goes out again on the newer revision and loses neither change', async () => {
  const desk = await makeDesk();
  desk.editor.type('title', 'All fares');
  desk.now = page({ fields: { body: 'Their words' }, version: { revision: 8, saved_by: tomas } });
  assert.equal(await desk.save(), true);
  assert.deepEqual(desk.now.fields, { title: 'All fares', body: 'Their words' });
  assert.equal(desk.editor.stale.value, null);
});

test('a save whose answer was lost is not a conflict with myself', async () => {
  const desk = await makeDesk();
  desk.editor.type('body', 'First');
  desk.onWrite = (call) => {
    store(desk, call);
    throw { code: 'timeout' };
  };
  assert.equal(await desk.save(), false);
  desk.onWrite = null;
  desk.editor.type('body', 'First and second');
  assert.equal(await desk.save(), true);
  assert.equal(desk.now.fields.body, 'First and second');
  assert.equal(desk.editor.contested.value.length, 0);
});

test('the event of my own save changes nothing, before or after its answer', async () => {
  const desk = await makeDesk();
  desk.editor.enter('body');
  desk.editor.type('body', 'Mine');
  desk.onWrite = (call) => {
    const answer = store(desk, call);
    desk.hear(answer, anna);
    return answer;
  };
  await desk.save();
  desk.hear(desk.now, anna);
  assert.equal(desk.text('body'), 'Mine');
  assert.equal(desk.field('body').theirs.value, null);
  assert.equal(desk.field('body').changedAt.value, 0);
});

test('an event older than what stands here is dropped', async () => {
  const desk = await makeDesk();
  desk.hear(page({ fields: { body: 'Newer' }, version: { revision: 9, saved_by: tomas } }));
  desk.hear(page({ fields: { body: 'Older' }, version: { revision: 8, saved_by: tomas } }));
  assert.equal(desk.text('body'), 'Newer');
});

test('saving a published version begins a new draft once, even when the first answer is lost', async () => {
  const desk = await makeDesk(page({ state: 'published', version: { state: 'published', number: 3, base: null } }));
  assert.equal(desk.editor.mode.value, 'begin');
  const begun = page({ fields: { body: 'Next' }, version: { number: 5, base: 3, revision: 1, item_id: 12 }, topic: 'project:8' });
  desk.editor.type('body', 'Next');
  desk.onWrite = () => {
    throw { code: 'timeout' };
  };
  await desk.save();
  desk.editor.type('body', 'Next one');
  desk.onWrite = (call) =>
    call.method === 'POST' ? begun : page({ ...begun, fields: call.body.fields, version: { ...begun.version, revision: 2 } });
  await desk.save();
  await desk.save();
  const [first, again, then] = desk.calls;
  assert.deepEqual([first.method, first.path, first.body.from], ['POST', '/content/5/versions', 3]);
  assert.deepEqual([again.key, again.body], [first.key, first.body]);
  assert.deepEqual([then.method, then.path, then.revision, then.body.fields.body], ['PUT', '/content/5/versions/5', 1, 'Next one']);
  assert.deepEqual(desk.follows, ['project:7@e.100', 'stop project:7', 'project:8@e.100']);
});

test('a version that went out while I wrote becomes a new draft with my words', async () => {
  const desk = await makeDesk();
  desk.editor.type('body', 'Mine');
  desk.now = page({ state: 'published', version: { state: 'published', revision: 8 }, live: { number: 4, published_at: '' } });
  desk.onWrite = (call) => {
    if (call.method === 'PUT') throw { code: 'conflict', status: 409 };
    return page({ fields: call.body.fields, version: { number: 6, revision: 1, base: 4 } });
  };
  assert.equal(await desk.save(), true);
  assert.deepEqual(
    desk.calls.map((call) => call.method),
    ['PUT', 'GET', 'POST'],
  );
  assert.equal(desk.editor.content.value?.version.number, 6);
  assert.equal(desk.text('body'), 'Mine');
});

test('locked content and reviewers send nothing', async () => {
  const locked = await makeDesk(page({ locked: { project_id: 8, name: 'Summer', item_id: 3 }, may: { edit: { allowed: false } } }));
  assert.equal(locked.editor.mode.value, 'locked');
  const reader = await makeDesk(page(), makeShelf(), { ...anna, role: 'reviewer' });
  assert.equal(reader.editor.mode.value, 'reader');
  for (const desk of [locked, reader]) {
    desk.editor.type('body', 'x');
    assert.equal(await desk.save(), true);
    assert.deepEqual(desk.calls, []);
  }
});

test('words that were not saved are offered to the next visit, and conflict with what was saved since', async () => {
  const shelf = makeShelf();
  const first = await makeDesk(page(), shelf);
  first.onWrite = () => {
    throw { code: 'offline' };
  };
  first.editor.type('body', 'Kept words');
  await first.editor.close();
  const changed = page({ fields: { body: 'Their words' }, version: { revision: 8 } });
  const second = await makeDesk(changed, shelf);
  assert.equal(second.editor.offer.value?.fields.body.text, 'Kept words');
  second.editor.putBack();
  await settled();
  assert.equal(second.text('body'), 'Kept words');
  assert.equal(second.field('body').theirs.value.value, 'Their words');
  second.editor.keepMine('body');
  await second.save();
  assert.equal(second.now.fields.body, 'Kept words');
  assert.equal(shelf.held.size, 0, 'saved words are not kept any longer');
});

test('ready shows at once and comes back with its reason when refused', async () => {
  const desk = await makeDesk();
  desk.onWrite = () => {
    throw { code: 'invalid', fields: { 'fields.title': 'Needed before this can go out' } };
  };
  const asked = desk.editor.setState('ready');
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(desk.editor.content.value?.version.state, 'ready');
  await asked;
  assert.equal(desk.editor.content.value?.version.state, 'draft');
  assert.equal(desk.editor.errors.value.title, 'Needed before this can go out');
  desk.editor.type('title', 'Fares 2027');
  assert.deepEqual(desk.editor.errors.value, {});
});

test('live that moved on past the base is a conflict; a change of the item asks for what is live now', async () => {
  const desk = await makeDesk();
  assert.equal(desk.editor.conflict.value, false);
  desk.now = page({ live: { number: 6, published_at: '2026-11-24T08:00:00.000Z' } });
  desk.hear({ id: 9, project_id: 7, content_id: 5, language: 'en', version: 4, conflict: true }, tomas, 'item.changed');
  await settled();
  assert.equal(desk.editor.conflict.value, true);
  desk.calls.length = 0;
  desk.hear({ id: 9, project_id: 7, content_id: 5, language: 'en', version: 4, conflict: true }, tomas, 'item.changed');
  assert.deepEqual(desk.calls, []);
});
