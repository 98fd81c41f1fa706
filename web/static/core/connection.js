// @ts-check
// The one connection of a page: when to open it, when to wait, when to leave it. No DOM in here, and
// time, chance and network come in from outside, so that it can run in a worker and in a test.
import { comeBack, delay, ending, reasonFor } from './backoff.js';
import { makeSubscriptions } from './subscriptions.js';

const silence = 40_000;
const longHidden = 5 * 60_000;
const countEvery = 60_000;
const settled = 30_000;

/**
 * @typedef {object} SocketLike
 * @property {((event: any) => void) | null} onmessage
 * @property {((event: any) => void) | null} onclose
 * @property {((event: any) => void) | null} onerror
 * @property {(data: string) => void} send
 * @property {() => void} close
 */

/**
 * @typedef {object} Deps
 * @property {() => SocketLike} open
 * @property {() => Promise<{mode: string, reason?: string}>} ask GET /realtime
 * @property {() => Promise<{mode: string}>} count the cheap question of a page that is refreshed by hand
 * @property {() => Record<string, string | null>} positions
 * @property {(frame: any) => void} onFrame
 * @property {(state: {kind: 'live' | 'reconnecting' | 'offline' | 'manual', since: number, reason: string}) => void} onState
 * @property {() => void} onSignedOut
 * @property {{set: (fn: () => void, ms: number) => any, clear: (id: any) => void, now: () => number}} timers
 * @property {() => number} random
 */

/** @param {Deps} deps */
export function makeConnection(deps) {
  const { timers, random } = deps;
  /** @type {SocketLike | null} */
  let socket = null;
  /** @type {ReturnType<typeof makeSubscriptions> | null} */
  let subscriptions = null;
  /** @type {'idle' | 'asking' | 'waiting' | 'opening' | 'live' | 'manual' | 'offline'} */
  let phase = 'idle';
  let kind = '';
  let attempt = 0;
  let helloAt = 0;
  /** @type {number | null} */
  let hiddenSince = null;
  let counted = Number.NEGATIVE_INFINITY;
  // Mode "manual" that the server may end by itself; a refusal meant for this client alone it can't.
  let mayComeBack = true;
  /** @type {number | null} */
  let retryMs = null;
  /** @type {any} */
  let timer = null;
  /** @type {any} */
  let watchdog = null;
  // A changed turn means: whatever an older question answers is no longer of interest.
  let turn = 0;
  // The same for the browser's word about its line, which may change while we find out.
  let lineTurn = 0;
  function later(/** @type {() => void} */ fn, /** @type {number} */ ms) {
    timers.clear(timer);
    timer = timers.set(fn, ms);
  }

  /** @param {'live' | 'reconnecting' | 'offline' | 'manual'} next @param {string} [reason] */
  function show(next, reason = '') {
    if (kind === next && next !== 'manual') return;
    kind = next;
    deps.onState({ kind: next, since: timers.now(), reason });
  }

  function leaveSocket() {
    timers.clear(watchdog);
    subscriptions = null;
    if (!socket) return;
    const old = socket;
    socket = null;
    old.onmessage = old.onclose = old.onerror = null;
    old.close();
  }

  const atRest = () => phase === 'idle' || phase === 'manual';

  function mayTry() {
    return hiddenSince === null || timers.now() - hiddenSince <= longHidden;
  }

  async function begin() {
    if (!mayTry()) {
      phase = 'waiting';
      return;
    }
    phase = 'asking';
    const mine = ++turn;
    try {
      const answer = await deps.ask();
      if (mine !== turn) return;
      if (answer.mode === 'websocket') connect();
      else byHand(answer.reason || reasonFor(4505), true);
    } catch (error) {
      if (mine !== turn) return;
      const problem = /** @type {{code?: string, status?: number}} */ (error);
      if (problem.code === 'realtime_disabled') byHand(reasonFor(4505), true);
      else if (problem.status === 401) end();
      else lost(1006);
    }
  }

  function connect() {
    phase = 'opening';
    retryMs = null;
    const mine = deps.open();
    socket = mine;
    subscriptions = makeSubscriptions((command) => mine.send(JSON.stringify(command)));
    listen();
    mine.onmessage = (message) => {
      listen();
      receive(JSON.parse(message.data));
    };
    mine.onclose = (event) => closed(event.code);
  }

  /** Restarts the watchdog: an open socket without a sign of life is no connection. */
  function listen() {
    timers.clear(watchdog);
    watchdog = timers.set(() => closed(1006), silence);
  }

  /** @param {any} frame */
  function receive(frame) {
    if (frame.type === 'hello') {
      phase = 'live';
      helloAt = timers.now();
      show('live');
      subscriptions?.subscribe(deps.positions());
    } else if (frame.type === 'bye') retryMs = frame.retry_ms ?? null;
    else if (frame.type !== 'heartbeat') {
      const passed = subscriptions?.pass(frame);
      if (passed) deps.onFrame(passed);
    }
  }

  /** @param {number} code */
  function closed(code) {
    if (phase === 'live' && timers.now() - helloAt > settled) attempt = 0;
    leaveSocket();
    const what = ending(code);
    if (what === 'resume') lost(code);
    else if (what === 'signed-out') end(true);
    else byHand(reasonFor(code), what === 'manual');
  }

  /** @param {number} code */
  function lost(code) {
    turn += 1;
    phase = 'waiting';
    show('reconnecting');
    const wait = delay({ attempt, code, retryMs }, random);
    attempt += 1;
    later(begin, wait);
  }

  /** @param {string} reason @param {boolean} comesBack */
  function byHand(reason, comesBack) {
    turn += 1;
    phase = 'manual';
    attempt = 0;
    mayComeBack = comesBack;
    show('manual', reason);
    // Spread over the minute: every open browser got the same 4505 in the same moment.
    later(askCount, Math.max(random() * countEvery, counted + countEvery - timers.now()));
  }

  async function askCount() {
    if (phase !== 'manual' || hiddenSince !== null) return;
    counted = timers.now();
    later(askCount, countEvery);
    try {
      heardMode((await deps.count()).mode);
    } catch {
      // The next minute asks again; a page that is refreshed by hand has nothing to lose meanwhile.
    }
  }

  function heardMode(/** @type {string} */ mode) {
    if (phase === 'manual' && mode === 'websocket' && mayComeBack) later(begin, comeBack(random));
  }

  /** @param {boolean} [tell] */
  function end(tell = false) {
    turn += 1;
    phase = 'idle';
    kind = '';
    timers.clear(timer);
    leaveSocket();
    if (tell) deps.onSignedOut();
  }

  function atOnce() {
    attempt = 0;
    retryMs = null;
    timers.clear(timer);
    begin();
  }

  return {
    start() {
      if (phase === 'idle') atOnce();
    },
    stop: () => end(),
    /** @param {Record<string, string | null>} added @param {string[]} dropped */
    change(added, dropped) {
      if (phase !== 'live') return;
      subscriptions?.unsubscribe(dropped);
      subscriptions?.subscribe(added);
    },
    tryNow() {
      if (phase === 'waiting' || phase === 'manual' || phase === 'offline') atOnce();
    },
    /** @param {boolean} visible */
    setVisible(visible) {
      hiddenSince = visible ? null : (hiddenSince ?? timers.now());
      if (!visible) return;
      if (phase === 'waiting') atOnce();
      if (phase === 'manual' && timers.now() - counted >= countEvery) askCount();
    },
    /** @param {boolean} online */
    async setOnline(online) {
      const mine = ++lineTurn;
      if (atRest()) return;
      if (online) {
        if (phase !== 'live' && phase !== 'opening') atOnce();
        return;
      }
      // The browser may have lost the internet and still reach a server in the same house.
      try {
        await deps.ask();
      } catch {
        if (mine !== lineTurn || atRest()) return;
        turn += 1;
        leaveSocket();
        timers.clear(timer);
        phase = 'offline';
        show('offline');
      }
    },
    heardMode,
  };
}
