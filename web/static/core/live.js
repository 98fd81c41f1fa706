// @ts-check
// Live changes for the page: stores follow topics here and never learn which way the changes came.
import { api } from './api.js';
import { makeByHand } from './by-hand.js';
import { makeConnection } from './connection.js';
import { makeFollowers } from './followers.js';
import { batch, signal } from './html.js';
import { isAbove, split } from './position.js';

/** @typedef {import('./followers.js').LiveEvent} LiveEvent */

/**
 * @typedef {object} LiveState
 * @property {'starting' | 'live' | 'reconnecting' | 'offline' | 'manual'} kind
 * @property {number} since
 * @property {string} reason why it is by hand, in words
 * @property {string | null} position
 * @property {number} count by hand: how many changes wait
 * @property {Record<string, number>} countBy the same by kind, as far as the server tells
 * @property {number} checkedAt by hand: when the count was asked last
 * @property {number} freshAt by hand: what one sees is from then
 */

/** @type {LiveState} */
const beginning = {
  kind: 'starting',
  since: 0,
  reason: '',
  position: null,
  count: 0,
  countBy: {},
  checkedAt: 0,
  freshAt: 0,
};

/** How changes reach this page. */
export const liveState = signal(beginning);

/** True while a refresh by hand is under way. */
export const refreshing = signal(false);

const followers = makeFollowers();
const byHand = makeByHand({
  followers,
  read: (query) => api.get('/realtime/changes', { query }),
  together: batch,
});
/** @type {Map<string, boolean>} topics to ask for (true) or to leave (false) */
const pending = new Map();
/** @type {any[]} */
const frames = [];
let frameAsked = false;

/** @type {() => void} */
let signedOut = () => {};

const connection = makeConnection({
  open: () => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/realtime`, ['galley.v1']),
  ask: () => api.get('/realtime', { timeout: 5_000 }),
  count: countChanges,
  positions: () => {
    flush();
    pending.clear();
    return followers.positions();
  },
  onFrame,
  onState: (state) => {
    const fresh = state.kind === 'manual' && liveState.value.kind !== 'manual' ? state.since : liveState.value.freshAt;
    update({ ...state, freshAt: fresh, count: 0, countBy: {} });
  },
  onSignedOut: () => signedOut(),
  timers: { set: (fn, ms) => setTimeout(fn, ms), clear: (id) => clearTimeout(id), now: () => Date.now() },
  random: Math.random,
});

/** @param {Partial<LiveState>} change */
function update(change) {
  liveState.value = { ...liveState.value, ...change };
}

/**
 * Follows a topic from the position that was loaded. Events at or below it are dropped.
 * @param {string} topic
 * @param {string | null} position null: from now on
 * @param {(event: LiveEvent) => void} apply
 * @param {() => unknown} resync loads again; answer (a promise of) the loaded position
 * @param {boolean} [aside] it is no reason to read the topic, or to count what is new in it, by hand
 * @returns {() => void} stops following
 */
export function follow(topic, position, apply, resync, aside = false) {
  const follower = { position, apply, resync, held: null, aside };
  if (followers.add(topic, follower)) change(topic, true);
  noticePosition(position);
  return () => {
    if (followers.remove(topic, follower)) change(topic, false);
  };
}

/**
 * Gathers what one turn of the page changes, so that leaving a screen and opening the next is one command each.
 * @param {string} topic
 * @param {boolean} wanted
 */
function change(topic, wanted) {
  if (pending.size === 0) queueMicrotask(sendChanges);
  pending.set(topic, wanted);
}

function sendChanges() {
  const positions = followers.positions();
  /** @type {Record<string, string | null>} */
  const added = {};
  const dropped = [];
  for (const [topic, wanted] of pending) {
    // A topic that is asked for again, from further down, is left first: the server knows one cursor a topic.
    if (wanted && topic in positions) added[topic] = positions[topic];
    dropped.push(topic);
  }
  pending.clear();
  connection.change(added, dropped);
}

/** @param {any} frame */
function onFrame(frame) {
  frames.push(frame);
  if (frameAsked) return;
  frameAsked = true;
  // A hidden page gets no animation frames, and its counts in the title should still be right.
  if (document.visibilityState === 'visible') requestAnimationFrame(flush);
  else setTimeout(flush, 50);
}

/** Applies everything that came since the last animation frame, in one go. */
function flush() {
  frameAsked = false;
  const batchOfFrames = frames.splice(0);
  if (batchOfFrames.length > 0) batch(() => batchOfFrames.forEach(applyFrame));
}

/** @param {any} frame */
function applyFrame(frame) {
  switch (frame.type) {
    case 'events':
      for (const event of frame.events) followers.deliver({ ...event, topic: event.topic ?? frame.topic });
      followers.advance(frame.topic, frame.position);
      noticePosition(frame.position);
      return;
    case 'resync':
      followers.resync(frame.topic, frame.position);
      return;
    case 'unsubscribed':
      // With a code the topic is lost, not left: the reload finds out what is still there for us.
      if (frame.code) regain(frame.topic);
      return;
    case 'error':
      for (const topic of frame.topics) regain(topic);
  }
}

/**
 * Loads a topic again that the server did not let us follow, and asks once more if there is still
 * something to see. A store whose thing is gone stops following instead.
 * @param {string} topic
 */
async function regain(topic) {
  await followers.resync(topic, null);
  if (followers.positions()[topic]) setTimeout(() => change(topic, true), 1_000);
}

/** @param {string | null} position */
function noticePosition(position) {
  const held = liveState.value.position;
  if (split(position) && isAbove(position, held) !== false) update({ position });
}

async function countChanges() {
  const { mode, count, countBy } = await byHand.count();
  update({ count, countBy, checkedAt: Date.now() });
  return { mode };
}

/**
 * By hand: brings exactly what is new to everybody who follows something.
 * @returns {Promise<void>} fails with the request's problem; what came before it is applied
 */
export async function refresh() {
  if (refreshing.value) return;
  refreshing.value = true;
  try {
    const { mode, position } = await byHand.bring();
    noticePosition(position);
    update({ count: 0, countBy: {}, checkedAt: Date.now(), freshAt: Date.now() });
    connection.heardMode(mode);
  } finally {
    refreshing.value = false;
  }
}

/** Tries to connect at once, whatever the waiting time says. */
export function tryNow() {
  connection.tryNow();
}

/**
 * Begins to hold the connection for the person who signed in.
 * @param {{mode: string, onSignedOut: () => void}} options mode: what the session answered, for the first paint
 */
export function startLive({ mode, onSignedOut }) {
  signedOut = onSignedOut;
  if (mode !== 'websocket') update({ ...beginning, kind: 'manual', since: Date.now(), freshAt: Date.now() });
  else update({ ...beginning, since: Date.now() });
  connection.start();
}

/** Ends it, at sign-out. */
export function stopLive() {
  connection.stop();
  update(beginning);
}

/** Tells the connection about the page's visibility and the browser's line. Called once, from app.js. */
export function watchWindow() {
  document.addEventListener('visibilitychange', () => connection.setVisible(document.visibilityState === 'visible'));
  connection.setVisible(document.visibilityState === 'visible');
  addEventListener('online', () => connection.setOnline(true));
  addEventListener('offline', () => connection.setOnline(false));
}
