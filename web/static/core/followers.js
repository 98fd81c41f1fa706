// @ts-check
// Who follows which topic, and from where. Each follower has a position of its own: two parts of a
// page load at different moments, and an event that one of them already holds must not reach it twice.
import { isAbove, lowest, newest, split } from './position.js';

/**
 * @typedef {object} LiveEvent
 * @property {string} id the position
 * @property {string} topic
 * @property {string} type such as "comment.added"
 * @property {string} [subject]
 * @property {{id: number, name: string, handle: string} | null} actor
 * @property {string} time
 * @property {any} data
 */

/**
 * @typedef {object} Follower
 * @property {string | null} position
 * @property {(event: LiveEvent) => void} apply
 * @property {() => unknown} resync may answer (a promise of) the position that was loaded
 * @property {LiveEvent[] | null} held events that wait for a reload to end
 * @property {boolean} [aside] by hand, nobody reads or counts a topic for it alone
 */

/** With these the server says that there is nothing to load; anything else may pass. */
const FINAL = new Set(['not_found', 'forbidden', 'unauthenticated']);

/** Spread, since after a restart many browsers reload at once. */
const soon = (/** @type {() => void} */ again) => setTimeout(again, 2_000 + Math.random() * 3_000);

/**
 * @param {(error: unknown) => void} [report] where an error of one follower goes, so that it does not stop the others
 * @param {(again: () => void) => unknown} [later] runs a failed reload again after a while
 */
export function makeFollowers(report = (error) => globalThis.reportError?.(error), later = soon) {
  /** @type {Map<string, Set<Follower>>} */
  const topics = new Map();

  /**
   * @param {Follower} follower
   * @param {LiveEvent} event
   */
  function hand(follower, event) {
    if (follower.held) {
      follower.held.push(event);
      return;
    }
    // Events of another log cannot be compared; the server sends a resync for those.
    if (isAbove(event.id, follower.position) !== true) return;
    follower.position = event.id;
    if (event.data?.truncated) {
      void reload(follower, event.id); // too large to be sent with the event
      return;
    }
    try {
      follower.apply(event);
    } catch (error) {
      report(error);
    }
  }

  /**
   * @param {Follower} follower
   * @param {string | null} position the head when the server asked for a reload
   */
  async function reload(follower, position) {
    // A second reload while one runs would race with it; the first one's answer may be older than
    // what the server meant, so it begins anew afterwards through the events that were held.
    if (follower.held) return;
    follower.held = [];
    await load(follower, position);
  }

  /**
   * Until it succeeds the follower's position stays where it was: nothing is taken as seen that was not.
   * @param {Follower} follower
   * @param {string | null} position
   */
  async function load(follower, position) {
    let loaded;
    try {
      loaded = await follower.resync();
    } catch (error) {
      report(error);
      const follows = [...topics.values()].some((there) => there.has(follower));
      if (follows && !FINAL.has(/** @type {any} */ (error)?.code)) {
        later(() => void load(follower, position));
        return;
      }
    }
    const held = follower.held ?? [];
    follower.held = null;
    follower.position = typeof loaded === 'string' && split(loaded) ? loaded : position;
    for (const event of held) hand(follower, event);
  }

  return {
    /**
     * @param {string} topic
     * @param {Follower} follower
     * @returns {boolean} whether the topic is new or has to be read again from further down
     */
    add(topic, follower) {
      const there = topics.get(topic);
      if (!there || there.size === 0) {
        topics.set(topic, new Set([follower]));
        return true;
      }
      const low = lowest([...there].map((f) => f.position));
      if (follower.position === null) follower.position = low;
      there.add(follower);
      return isAbove(low, follower.position) !== false && low !== follower.position;
    },

    /**
     * @param {string} topic
     * @param {Follower} follower
     * @returns {boolean} whether nobody follows the topic any more
     */
    remove(topic, follower) {
      const there = topics.get(topic);
      if (!there?.delete(follower) || there.size > 0) return false;
      topics.delete(topic);
      return true;
    },

    /** @returns {Record<string, string | null>} where to read each topic from */
    positions() {
      return Object.fromEntries([...topics].map(([topic, there]) => [topic, lowest([...there].map((f) => f.position))]));
    },

    /** @returns {string | null} where to read the log from, for all topics at once */
    from() {
      return lowest([...topics.values()].flatMap((there) => [...there].filter((f) => !f.aside).map((f) => f.position)));
    },

    /** @param {LiveEvent} event */
    deliver(event) {
      for (const follower of [...(topics.get(event.topic) ?? [])]) hand(follower, event);
    },

    /**
     * Everything up to here was looked at, whether it held something for the topic or not.
     * @param {string} topic
     * @param {string} position
     */
    advance(topic, position) {
      for (const follower of topics.get(topic) ?? []) {
        if (!follower.held) follower.position = newest(follower.position, position);
      }
    },

    /**
     * What was missed can't be told any more: everybody on the topic loads again.
     * @param {string} topic
     * @param {string | null} position
     */
    resync(topic, position) {
      return Promise.all([...(topics.get(topic) ?? [])].map((follower) => reload(follower, position)));
    },

    /** What is read by hand. */
    names: () => [...topics].filter(([, there]) => [...there].some((f) => !f.aside)).map(([topic]) => topic),
  };
}
