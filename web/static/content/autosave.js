// @ts-check
// When to save: a while after the last key, at once when asked, and never two saves at a time.
import { signal } from '../core/html.js';

/** @typedef {import('./types.js').Fault} Fault */
/**
 * idle: nothing to save · pending: waits for a pause in typing · saving · failed: `fault` says why, `retryAt` when it is tried again
 * @typedef {{kind: 'idle'|'pending'|'saving'|'failed', fault?: Fault, retryAt?: number}} SaveState
 * @typedef {{setTimeout: (run: () => void, ms: number) => any, clearTimeout: (id: any) => void, now: () => number}} Clock
 */

/** A pause in typing, in ms, after which the text goes out. */
const PAUSE = 800;
/** Tries again after these many ms while the server cannot be reached; the last one repeats. */
const RETRIES = [2_000, 5_000, 10_000, 30_000];
/** Faults that say nothing about the text, so that another try is worth it. */
const PASSING = new Set(['offline', 'timeout', 'unavailable', 'rate_limited', 'internal']);

/** @type {Clock} */
const wallClock = {
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (id) => clearTimeout(id),
  now: () => Date.now(),
};

/**
 * `save` sends what is unsaved now and throws a fault; `due` says whether there is anything to send.
 * @param {{save: () => Promise<void>, due: () => boolean, clock?: Clock}} options
 */
export function makeAutosave({ save, due, clock = wallClock }) {
  const state = signal(/** @type {SaveState} */ ({ kind: 'idle' }));
  /** @type {any} */
  let timer = null;
  /** @type {Promise<boolean>|null} the save under way, with whatever was queued behind it */
  let running = null;
  let again = false;
  let misses = 0;
  let stopped = false;

  function cancel() {
    if (timer !== null) clock.clearTimeout(timer);
    timer = null;
  }

  /** @param {number} ms */
  function later(ms) {
    cancel();
    timer = clock.setTimeout(() => {
      timer = null;
      void flush();
    }, ms);
  }

  /** @param {Fault} fault */
  function failed(fault) {
    const passing = PASSING.has(fault.code ?? 'internal');
    const wait = RETRIES[Math.min(misses, RETRIES.length - 1)];
    misses += 1;
    state.value = { kind: 'failed', fault, retryAt: passing && !stopped ? clock.now() + wait : undefined };
    if (passing && !stopped) later(wait);
  }

  async function run() {
    do {
      again = false;
      if (!due()) break;
      state.value = { kind: 'saving' };
      try {
        await save();
        misses = 0;
      } catch (fault) {
        running = null;
        failed(/** @type {Fault} */ (fault));
        return false;
      }
    } while (again);
    running = null;
    if (due()) {
      // Typed while the last save was under way, without asking for another one.
      state.value = { kind: 'pending' };
      if (timer === null) later(PAUSE);
    } else {
      cancel();
      state.value = { kind: 'idle' };
    }
    return true;
  }

  /** Saves now; resolves to whether everything that was unsaved at the call is saved. */
  function flush() {
    cancel();
    if (running) {
      again = true;
      return running;
    }
    if (!due()) {
      state.value = { kind: 'idle' };
      return Promise.resolve(true);
    }
    running = run();
    return running;
  }

  return {
    state,
    flush,
    /** Something was typed. */
    changed() {
      if (!due()) {
        if (!running) {
          cancel();
          state.value = { kind: 'idle' };
        }
        return;
      }
      if (!running) state.value = { kind: 'pending' };
      misses = 0;
      later(PAUSE);
    },
    /** Last try, then no timers any more. */
    stop() {
      stopped = true;
      const last = due() ? flush() : Promise.resolve(true);
      cancel();
      return last;
    },
  };
}
