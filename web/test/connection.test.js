import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRig } from './rig.js';

test('it asks for the mode, connects, and subscribes from where each topic was loaded', async () => {
  const rig = makeRig();
  await rig.live();
  assert.equal(rig.asked, 1);
  assert.deepEqual(rig.last().sent, [{ type: 'subscribe', id: 1, topics: { 'project:7': 'k.5' } }]);
  assert.deepEqual(rig.states, ['live']);
});

test('frames of a topic wait for the answer to its subscription: what came before comes again', async () => {
  const rig = makeRig();
  await rig.live();
  const events = { type: 'events', topic: 'project:7', position: 'k.9', events: [] };
  await rig.last().gets(events);
  assert.equal(rig.frames.length, 0);
  await rig.last().gets({ type: 'subscribed', id: 1, topics: { 'project:7': { recovered: true } } });
  await rig.last().gets(events);
  rig.connection.change({ 'project:7': 'k.2' }, ['project:7']);
  assert.deepEqual(rig.last().sent.slice(1), [
    { type: 'unsubscribe', id: 2, topics: ['project:7'] },
    { type: 'subscribe', id: 3, topics: { 'project:7': 'k.2' } },
  ]);
  await rig.last().gets(events);
  assert.deepEqual(
    rig.frames.map((f) => f.type),
    ['subscribed', 'events'],
  );
});

test('a refused subscription names its topics', async () => {
  const rig = makeRig();
  await rig.live();
  await rig.last().gets({ type: 'error', id: 1, code: 'invalid' });
  assert.deepEqual(rig.frames, [{ type: 'error', id: 1, code: 'invalid', topics: ['project:7'] }]);
});

test('a restart: bye says when, and only then it comes back', async () => {
  const rig = makeRig();
  await rig.live();
  await rig.last().gets({ type: 'bye', code: 1012, retry_ms: 1830 });
  await rig.last().dies(1012);
  assert.deepEqual(rig.states, ['live', 'reconnecting']);
  await rig.pass(1829);
  assert.equal(rig.sockets.length, 1);
  await rig.pass(1);
  assert.equal(rig.sockets.length, 2);
  await rig.last().hello();
  assert.deepEqual(rig.states, ['live', 'reconnecting', 'live']);
});

test('every try is preceded by a question, and the waiting grows', async () => {
  const rig = makeRig({ random: 1 });
  await rig.live();
  await rig.last().dies(1006);
  rig.askFails = { code: 'offline' };
  await rig.pass(4999);
  assert.equal(rig.asked, 1);
  await rig.pass(1);
  assert.equal(rig.asked, 2);
  await rig.pass(1000);
  assert.equal(rig.asked, 3);
  await rig.pass(1999);
  assert.equal(rig.asked, 3);
  await rig.pass(1);
  assert.equal(rig.asked, 4);
  assert.equal(rig.sockets.length, 1);
});

test('silence for 40 s is a lost line, heartbeats keep it', async () => {
  const rig = makeRig();
  await rig.live();
  await rig.pass(39_000);
  await rig.last().gets({ type: 'heartbeat' });
  await rig.pass(39_999);
  assert.deepEqual(rig.states, ['live']);
  await rig.pass(1);
  assert.deepEqual(rig.states, ['live', 'reconnecting']);
  assert.equal(rig.sockets[0].closedByUs, true);
});

test('switched off: no try for two minutes, one count a minute, back after it says so', async () => {
  const rig = makeRig();
  await rig.live();
  rig.mode = 'manual';
  await rig.last().dies(4505);
  assert.deepEqual(rig.states, ['live', 'manual']);
  await rig.pass(120_000);
  assert.equal(rig.sockets.length, 1);
  assert.equal(rig.asked, 1);
  assert.equal(rig.counted, 2);
  rig.mode = 'websocket';
  await rig.pass(30_000 + 2_499);
  assert.equal(rig.counted, 3);
  assert.equal(rig.sockets.length, 1);
  await rig.pass(1);
  assert.equal(rig.sockets.length, 2);
});

test('started while it is off: by hand at once, without a try', async () => {
  const rig = makeRig({ mode: 'manual' });
  rig.connection.start();
  await rig.pass(180_000);
  assert.equal(rig.sockets.length, 0);
  assert.deepEqual(rig.states, ['manual']);
});

test('503 realtime_disabled is the same', async () => {
  const rig = makeRig({ mode: 'manual' });
  rig.askFails = { status: 503, code: 'realtime_disabled' };
  rig.connection.start();
  await rig.pass(59_000);
  assert.equal(rig.sockets.length, 0);
  assert.equal(rig.asked, 1);
  assert.deepEqual(rig.states, ['manual']);
});

test('by hand, a hidden page asks nothing; shown again, it asks once', async () => {
  const rig = makeRig({ mode: 'manual' });
  rig.connection.start();
  await rig.settle();
  rig.connection.setVisible(false);
  await rig.pass(600_000);
  assert.equal(rig.counted, 0);
  rig.connection.setVisible(true);
  await rig.settle();
  assert.equal(rig.counted, 1);
  rig.connection.setVisible(false);
  rig.connection.setVisible(true);
  await rig.pass(59_000);
  assert.equal(rig.counted, 1);
});

test('too many sockets: it does not come back by itself, only when asked to', async () => {
  const rig = makeRig();
  await rig.live();
  await rig.last().dies(4506);
  await rig.pass(300_000);
  assert.equal(rig.sockets.length, 1);
  rig.connection.tryNow();
  await rig.settle();
  assert.equal(rig.sockets.length, 2);
});

test('a session that ended ends it all', async () => {
  const rig = makeRig();
  await rig.live();
  await rig.last().dies(4501);
  await rig.pass(600_000);
  assert.equal(rig.signedOut, 1);
  assert.equal(rig.sockets.length, 1);
});

test('hidden for long it stops trying, and tries at once when it is seen', async () => {
  const rig = makeRig();
  await rig.live();
  rig.connection.setVisible(false);
  rig.askFails = { code: 'offline' };
  await rig.last().dies(1006);
  await rig.pass(300_000);
  const tries = rig.asked;
  assert.ok(tries > 5);
  await rig.pass(600_000);
  assert.ok(rig.asked <= tries + 1);
  rig.askFails = null;
  rig.connection.setVisible(true);
  await rig.settle();
  assert.equal(rig.sockets.length, 2);
});

test('the line is gone: no tries, at once when it is back', async () => {
  const rig = makeRig();
  await rig.live();
  rig.askFails = { code: 'offline' };
  await rig.connection.setOnline(false);
  const asked = rig.asked;
  await rig.pass(120_000);
  assert.equal(rig.asked, asked);
  assert.deepEqual(rig.states, ['live', 'offline']);
  rig.askFails = null;
  await rig.connection.setOnline(true);
  await rig.settle();
  await rig.last().hello();
  assert.deepEqual(rig.states, ['live', 'offline', 'live']);
});

test('the internet is gone but the server is in the house: nothing changes', async () => {
  const rig = makeRig();
  await rig.live();
  await rig.connection.setOnline(false);
  assert.deepEqual(rig.states, ['live']);
  assert.equal(rig.sockets[0].closedByUs, false);
});

test('a server that takes sockets and drops them is not stormed', async () => {
  const rig = makeRig({ random: 1 });
  await rig.live();
  const gaps = [];
  for (let round = 0; round < 4; round++) {
    await rig.last().dies(1006);
    const count = rig.sockets.length;
    let waited = 0;
    while (rig.sockets.length === count) {
      await rig.pass(500);
      waited += 500;
    }
    gaps.push(waited);
    await rig.last().hello();
  }
  assert.deepEqual(gaps, [5000, 1000, 2000, 4000]);
});

test('the line comes back while we still find out that it is gone', async () => {
  const rig = makeRig();
  await rig.live();
  let fail;
  rig.askHangs = new Promise((_, reject) => (fail = reject));
  const gone = rig.connection.setOnline(false);
  rig.askHangs = null;
  await rig.connection.setOnline(true);
  fail(new Error('no line'));
  await gone;
  assert.deepEqual(rig.states, ['live']);
});
