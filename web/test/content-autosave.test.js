// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAutosave } from '../static/content/autosave.js';

/** A clock that stands still until it is told to move. */
function makeClock() {
  let now = 0;
  let next = 1;
  /** @type {Map<number, {at: number, run: () => void}>} */
  const timers = new Map();
  return {
    setTimeout(/** @type {() => void} */ run, /** @type {number} */ ms) {
      timers.set(next, { at: now + ms, run });
      return next++;
    },
    clearTimeout: (/** @type {number} */ id) => timers.delete(id),
    now: () => now,
    waiting: () => timers.size,
    async pass(/** @type {number} */ ms) {
      now += ms;
      for (const [id, timer] of [...timers]) {
        if (timer.at <= now && timers.delete(id)) timer.run();
      }
      await settled();
    },
  };
}

const settled = () => new Promise((done) => setImmediate(done));

/** A text and a server that answers when the test says so. */
function makeDesk() {
  const clock = makeClock();
  const desk = {
    clock,
    text: '',
    stored: '',
    calls: /** @type {string[]} */ ([]),
    answers: /** @type {{ok: () => void, fail: (fault: any) => void}[]} */ ([]),
    /** @type {ReturnType<typeof makeAutosave>} */
    autosave: /** @type {any} */ (null),
    type(/** @type {string} */ text) {
      desk.text = text;
      desk.autosave.changed();
    },
    async answer() {
      desk.answers.shift()?.ok();
      await settled();
    },
    async refuse(/** @type {any} */ fault) {
      desk.answers.shift()?.fail(fault);
      await settled();
    },
  };
  desk.autosave = makeAutosave({
    clock,
    due: () => desk.text !== desk.stored,
    save: () =>
      new Promise((resolve, reject) => {
        const sent = desk.text;
        desk.calls.push(sent);
        desk.answers.push({
          ok: () => {
            desk.stored = sent;
            resolve();
          },
          fail: reject,
        });
      }),
  });
  return desk;
}

test('a pause of 800 ms after the last key sends one save', async () => {
  const desk = makeDesk();
  desk.type('H');
  await desk.clock.pass(700);
  desk.type('He');
  await desk.clock.pass(700);
  assert.deepEqual(desk.calls, []);
  assert.equal(desk.autosave.state.value.kind, 'pending');
  await desk.clock.pass(100);
  assert.deepEqual(desk.calls, ['He']);
  assert.equal(desk.autosave.state.value.kind, 'saving');
  await desk.answer();
  assert.equal(desk.autosave.state.value.kind, 'idle');
});

test('saves never overlap: one asked for while another is under way waits for its answer', async () => {
  const desk = makeDesk();
  desk.type('one');
  const first = desk.autosave.flush();
  desk.type('two');
  const second = desk.autosave.flush();
  assert.deepEqual(desk.calls, ['one']);
  await desk.answer();
  assert.deepEqual(desk.calls, ['one', 'two']);
  await desk.answer();
  assert.equal(await first, true);
  assert.equal(await second, true);
  assert.equal(desk.autosave.state.value.kind, 'idle');
  assert.equal(desk.clock.waiting(), 0);
});

test('what is typed during a save goes out after the next pause', async () => {
  const desk = makeDesk();
  desk.type('one');
  void desk.autosave.flush();
  desk.type('one more');
  await desk.answer();
  assert.equal(desk.autosave.state.value.kind, 'pending');
  await desk.clock.pass(800);
  assert.deepEqual(desk.calls, ['one', 'one more']);
});

test('nothing unsaved sends nothing', async () => {
  const desk = makeDesk();
  assert.equal(await desk.autosave.flush(), true);
  desk.type('x');
  desk.type('');
  await desk.clock.pass(5_000);
  assert.deepEqual(desk.calls, []);
  assert.equal(desk.autosave.state.value.kind, 'idle');
});

test('an unreachable server is tried again by itself, later each time', async () => {
  const desk = makeDesk();
  desk.type('kept');
  const flushed = desk.autosave.flush();
  await desk.refuse({ code: 'offline' });
  assert.equal(await flushed, false);
  assert.equal(desk.autosave.state.value.kind, 'failed');
  assert.equal(desk.autosave.state.value.retryAt, 2_000);
  await desk.clock.pass(2_000);
  await desk.refuse({ code: 'timeout' });
  assert.equal(desk.autosave.state.value.retryAt, 7_000);
  await desk.clock.pass(5_000);
  assert.equal(desk.calls.length, 3);
  await desk.answer();
  assert.equal(desk.autosave.state.value.kind, 'idle');
});

test('a refusal is not repeated until something is typed', async () => {
  const desk = makeDesk();
  desk.type('too long');
  void desk.autosave.flush();
  await desk.refuse({ code: 'invalid' });
  await desk.clock.pass(60_000);
  assert.equal(desk.calls.length, 1);
  assert.equal(desk.autosave.state.value.fault?.code, 'invalid');
  desk.type('short');
  await desk.clock.pass(800);
  assert.deepEqual(desk.calls, ['too long', 'short']);
});

test('stopping sends what is left and leaves no timer', async () => {
  const desk = makeDesk();
  desk.type('last words');
  const left = desk.autosave.stop();
  assert.deepEqual(desk.calls, ['last words']);
  await desk.refuse({ code: 'offline' });
  assert.equal(await left, false);
  assert.equal(desk.clock.waiting(), 0);
});
