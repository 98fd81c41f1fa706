import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFollowers } from '../static/core/followers.js';

const event = (id, topic = 'project:7') => ({ id: `k.${id}`, topic, type: 'x.y', actor: null, time: '', data: {} });

function follower(position, resync = () => undefined) {
  const got = [];
  return { position, got, apply: (e) => got.push(e.id), resync, held: null };
}

test('each follower gets what lies above its own position, each event once', () => {
  const all = makeFollowers();
  const early = follower('k.5');
  const late = follower('k.8');
  assert.equal(all.add('project:7', early), true);
  assert.equal(all.add('project:7', late), false);
  for (const id of [6, 8, 9, 9, 7]) all.deliver(event(id));
  assert.deepEqual(early.got, ['k.6', 'k.8', 'k.9']);
  assert.deepEqual(late.got, ['k.9']);
});

test('a follower from further down makes the topic be read again', () => {
  const all = makeFollowers();
  all.add('project:7', follower('k.8'));
  assert.equal(all.add('project:7', follower('k.5')), true);
  assert.equal(all.add('project:7', follower('k.9')), false);
  assert.deepEqual(all.positions(), { 'project:7': 'k.5' });
});

test('one log position for all topics is the lowest of all followers', () => {
  const all = makeFollowers();
  all.add('project:7', follower('k.8'));
  all.add('user:self', follower('k.3'));
  assert.equal(all.from(), 'k.3');
  all.advance('user:self', 'k.20');
  assert.equal(all.from(), 'k.8');
  all.advance('project:7', 'k.2');
  assert.equal(all.from(), 'k.8');
});

test('by hand, who follows aside is no reason to read, and hears what is read for others', () => {
  const all = makeFollowers();
  const aside = { ...follower('k.1'), aside: true };
  all.add('project:7', aside);
  all.add('user:self', follower('k.6'));
  assert.deepEqual([all.names(), all.from()], [['user:self'], 'k.6']);
  all.add('project:7', follower('k.8'));
  assert.deepEqual([all.names(), all.from()], [['project:7', 'user:self'], 'k.6']);
  all.deliver(event(9));
  assert.deepEqual(aside.got, ['k.9']);
});

test('a topic is left when its last follower leaves', () => {
  const all = makeFollowers();
  const one = follower('k.1');
  const two = follower('k.1');
  all.add('site', one);
  all.add('site', two);
  assert.equal(all.remove('site', one), false);
  assert.equal(all.remove('site', two), true);
  assert.deepEqual(all.names(), []);
  assert.equal(all.remove('site', two), false);
});

test('what comes while a reload runs waits, and only what the reload has not is applied', async () => {
  const all = makeFollowers();
  let answer;
  const one = follower('k.5', () => new Promise((resolve) => (answer = resolve)));
  all.add('project:7', one);
  const done = all.resync('project:7', 'k.10');
  for (const id of [11, 12, 13]) all.deliver(event(id));
  all.advance('project:7', 'k.13');
  assert.deepEqual(one.got, []);
  answer('k.12');
  await done;
  assert.deepEqual(one.got, ['k.13']);
  assert.equal(one.position, 'k.13');
});

test('a reload that answers no position continues from where the server said', async () => {
  const all = makeFollowers();
  const one = follower('old.500');
  all.add('project:7', one);
  all.deliver(event(3));
  assert.deepEqual(one.got, [], 'another log can not be compared');
  await all.resync('project:7', 'k.10');
  all.deliver(event(10));
  all.deliver(event(11));
  assert.deepEqual(one.got, ['k.11']);
});

test('a follower that fails does not stop the others, and the failure is reported', async () => {
  const reported = [];
  const all = makeFollowers((error) => reported.push(error.message));
  const bad = follower('k.1', () => Promise.reject(Object.assign(new Error('reload'), { code: 'not_found' })));
  bad.apply = () => {
    throw new Error('apply');
  };
  const good = follower('k.1');
  all.add('site', bad);
  all.add('site', good);
  all.deliver(event(2, 'site'));
  assert.deepEqual(good.got, ['k.2']);
  await all.resync('site', 'k.4');
  all.deliver(event(5, 'site'));
  assert.deepEqual(good.got, ['k.2', 'k.5']);
  assert.deepEqual(reported, ['apply', 'reload', 'apply']);
});

test('a reload that fails is tried again, and until then nothing counts as seen', async () => {
  const retries = [];
  const all = makeFollowers(
    () => {},
    (again) => retries.push(again),
  );
  let answer = () => Promise.reject(new Error('restarting'));
  const one = follower('k.5', () => answer());
  all.add('project:7', one);
  await all.resync('project:7', 'k.10');
  all.deliver(event(11));
  assert.equal(all.from(), 'k.5');
  assert.deepEqual(one.got, []);
  answer = () => Promise.resolve('k.10');
  retries.pop()();
  await new Promise(setImmediate);
  assert.deepEqual(one.got, ['k.11']);
  assert.deepEqual(retries, []);
});

test('a failed reload of who has gone is not tried again', async () => {
  const retries = [];
  const all = makeFollowers(
    () => {},
    (again) => retries.push(again),
  );
  const one = follower('k.5', () => Promise.reject(new Error('restarting')));
  all.add('project:7', one);
  const done = all.resync('project:7', 'k.10');
  all.remove('project:7', one);
  await done;
  assert.deepEqual(retries, []);
});

test('an event whose data was too large makes its followers load', async () => {
  const all = makeFollowers();
  const one = follower('k.5', () => Promise.resolve('k.7'));
  all.add('project:7', one);
  all.deliver({ ...event(6), data: { id: 1, truncated: true } });
  all.deliver(event(8));
  await new Promise(setImmediate);
  assert.deepEqual(one.got, ['k.8']);
});
