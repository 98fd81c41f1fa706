import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeByHand } from '../static/core/by-hand.js';
import { makeFollowers } from '../static/core/followers.js';

const event = (id, topic) => ({ id: `k.${id}`, topic, type: 'x.y', actor: null, time: '', data: {} });

/** A log that is read in pages of two. */
function rig(log) {
  const asked = [];
  const followers = makeFollowers();
  const read = async (query) => {
    asked.push(query);
    const after = Number(query.after?.split('.')[1] ?? 0);
    const topics = query.topics.split(',');
    const rest = log.filter((e) => Number(e.id.split('.')[1]) > after && topics.includes(e.topic));
    const page = rest.slice(0, 2);
    const answer = { mode: 'manual', resync: false, topics: Object.fromEntries(topics.map((t) => [t, 'ok'])) };
    if (query.count) return { ...answer, count: rest.length, position: 'k.99' };
    const more = rest.length > page.length;
    return { ...answer, events: page, more, position: more ? page[1].id : 'k.99' };
  };
  return { asked, followers, byHand: makeByHand({ followers, read, together: (work) => work() }), read };
}

function add(followers, topic, position, resync = () => undefined) {
  const got = [];
  followers.add(topic, { position, apply: (e) => got.push(e.id), resync, held: null });
  return got;
}

const log = [event(3, 'project:7'), event(4, 'user:self'), event(6, 'project:7'), event(7, 'project:8'), event(8, 'user:self')];

test('all pages from the lowest position, and nobody gets what it has', async () => {
  const { asked, followers, byHand } = rig(log);
  const project = add(followers, 'project:7', 'k.2');
  const mine = add(followers, 'user:self', 'k.5');
  await byHand.bring();
  assert.deepEqual(project, ['k.3', 'k.6']);
  assert.deepEqual(mine, ['k.8']);
  assert.deepEqual(
    asked.map((q) => q.after),
    ['k.2', 'k.4'],
  );
  assert.equal(followers.from(), 'k.99');
});

test('counting brings nothing and moves nothing', async () => {
  const { followers, byHand } = rig(log);
  const project = add(followers, 'project:7', 'k.3');
  assert.deepEqual(await byHand.count(), { mode: 'manual', count: 1, countBy: {} });
  assert.deepEqual(project, []);
  assert.equal(followers.from(), 'k.3');
});

test('too far behind: everybody loads again, once', async () => {
  const { followers } = rig([]);
  const loads = [];
  add(followers, 'project:7', 'old.1', () => {
    loads.push('project');
    return 'k.40';
  });
  add(followers, 'site', 'old.1', () => {
    loads.push('site');
    return 'k.41';
  });
  const read = async () => ({ mode: 'manual', resync: true, topics: { 'project:7': 'ok', site: 'ok' }, position: 'k.40', more: true });
  const byHand = makeByHand({ followers, read, together: (work) => work() });
  await byHand.bring();
  assert.deepEqual(loads, ['project', 'site']);
  assert.equal(followers.from(), 'k.40');
  assert.equal((await byHand.count()).count, 1);
});

test('a topic that is no longer mine loads again, the others go on', async () => {
  const { followers } = rig([]);
  const loads = [];
  add(followers, 'project:7', 'k.1', () => loads.push('project'));
  const site = add(followers, 'site', 'k.1');
  const read = async () => ({
    mode: 'manual',
    resync: false,
    topics: { 'project:7': 'not_found', site: 'ok' },
    events: [event(5, 'site')],
    position: 'k.5',
    more: false,
  });
  await makeByHand({ followers, read, together: (work) => work() }).bring();
  assert.deepEqual(loads, ['project']);
  assert.deepEqual(site, ['k.5']);
});

test('with nobody following anything, nothing is asked', async () => {
  const { asked, byHand } = rig(log);
  await byHand.bring();
  assert.deepEqual(asked, []);
});
