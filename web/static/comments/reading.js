// @ts-check
// What is new since one looked. Looking means: the page is visible and its newest words are on screen.
import { computed, signal } from '../core/html.js';

/**
 * @param {ReturnType<typeof import('./threads.js').makeThreads>} threads
 * @param {import('./shelf.js').KeptWords} kept
 * @param {() => number} me
 */
export function makeReading(threads, kept, me) {
  /** The newest comment that was there when one looked last; null: never was here. */
  const looked = signal(/** @type {number|null} */ (null));
  /** Arrived below what is on screen. */
  const below = signal(0);
  let watching = false;
  let newest = 0;

  /** @param {number} id */
  const isNew = (id) => looked.value !== null && id > looked.value && threads.rows.get(id)?.peek().comment.author.id !== me();

  /** The thread above which the line stands. */
  const firstNew = computed(() => {
    if (looked.value === null) return null;
    return threads.ids.value.find((id) => isNew(id) || threads.replies(id).value.some(isNew)) ?? null;
  });

  const remember = () => kept.write('looked', String(newest));

  return {
    looked,
    below,
    firstNew,
    isNew,

    /** Where the line stands is settled once, from what was kept. */
    begin() {
      newest = Math.max(0, ...threads.rows.keys());
      if (looked.value === null) looked.value = Number(kept.read('looked')) || newest;
    },

    /** Somebody else's words came. @param {number} id */
    arrived(id) {
      newest = Math.max(newest, id);
      if (!watching) {
        below.value += 1;
        return;
      }
      // Nobody needs a line above what comes before their eyes.
      if (firstNew.value === null) looked.value = id;
      remember();
    },

    /** @param {boolean} now whether the newest words are before one's eyes */
    watch(now) {
      watching = now;
      if (!now) return;
      below.value = 0;
      newest = Math.max(newest, 0, ...threads.rows.keys());
      remember();
    },

    /** The page was put away: what comes from now on is new. */
    away() {
      if (watching) looked.value = Math.max(newest, looked.value ?? 0);
      watching = false;
    },
  };
}
