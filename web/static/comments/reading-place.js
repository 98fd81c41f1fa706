// @ts-check
// Where one reads in the feed: at its foot or further up, at the comment that the address names, and
// what is said to those who listen.
import { useEffect, useLayoutEffect, useRef, useSignal, useSignalEffect } from '../core/html.js';
import { route } from '../core/router.js';
import { plural } from '../core/words.js';
import { polite } from '../ui/announce.js';

/** @typedef {import('./store.js').Comments} Comments */
/** @typedef {{current: HTMLElement|null}} Place */

const near = 24;
const shown = 6_000;
const gather = 2_000;

/** Keeps the foot in sight while one reads there, and nothing else. @param {Comments} store @param {Place} scroll */
export function useFoot(store, scroll) {
  const at = useRef(true);
  const begun = useRef(false);
  const look = () => {
    const place = scroll.current;
    if (!place) return;
    at.current = place.scrollHeight - place.scrollTop - place.clientHeight < near;
    store.reading.watch(begun.current && at.current && document.visibilityState === 'visible');
  };
  const go = () => {
    at.current = true;
    requestAnimationFrame(() => scroll.current?.scrollTo({ top: scroll.current.scrollHeight }));
  };
  const older = async () => {
    const place = /** @type {HTMLElement} */ (scroll.current);
    const below = place.scrollHeight - place.scrollTop;
    await store.loadOlder();
    requestAnimationFrame(() => {
      place.scrollTop = place.scrollHeight - below;
    });
  };
  useLayoutEffect(() => {
    const place = scroll.current;
    if (!place || store.phase.value !== 'ready') return;
    if (!begun.current) {
      begun.current = true;
      const line = /** @type {HTMLElement|null} */ (place.querySelector('.new-since'));
      place.scrollTop = line && place.scrollHeight - line.offsetTop > place.clientHeight ? line.offsetTop - near : place.scrollHeight;
      look();
    }
    const watcher = new ResizeObserver(() => {
      // Nothing moves under a pointer or under what has the focus.
      const held = place.matches(':hover') || place.contains(document.activeElement);
      if (at.current && !held) place.scrollTop = place.scrollHeight;
      look();
    });
    watcher.observe(place);
    const list = place.querySelector('.threads');
    if (list) watcher.observe(list);
    return () => watcher.disconnect();
  }, [store.phase.value, store.threads.value.length > 0 || store.unsent.value.length > 0]);
  useEffect(() => {
    const changed = () => {
      if (document.visibilityState === 'hidden') store.reading.away();
      else look();
    };
    document.addEventListener('visibilitychange', changed);
    return () => {
      document.removeEventListener('visibilitychange', changed);
      store.reading.watch(false);
    };
  }, []);
  return { look, go, older };
}

/**
 * The comment that the address leads to: brought, shown, and marked for a while.
 * @param {Comments} store @param {Place} scroll @param {ReturnType<typeof useFoot>} foot
 */
export function usePointed(store, scroll, foot) {
  const id = useSignal(/** @type {number|null} */ (null));
  const gone = useSignal(false);
  const timer = useRef(/** @type {any} */ (null));
  useEffect(() => () => clearTimeout(timer.current), []);
  useSignalEffect(() => {
    const wanted = Number(/^#comment-(\d+)$/.exec(route.value.hash)?.[1] ?? 0);
    if (!wanted || store.phase.value !== 'ready') return;
    void find(wanted);
  });
  /** @param {number} wanted */
  async function find(wanted) {
    while (!store.rows.has(wanted) && (await store.loadOlder()));
    const row = store.rows.get(wanted);
    gone.value = !row || (row.peek().comment.deleted && !document.getElementById(`comment-${wanted}`));
    if (!row) return;
    id.value = wanted;
    requestAnimationFrame(() => {
      const comment = scroll.current?.querySelector(`#comment-${wanted}`);
      if (!(comment instanceof HTMLElement)) return;
      comment.scrollIntoView({ block: 'center' });
      comment.focus({ preventScroll: true });
      foot.look();
    });
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      id.value = null;
    }, shown);
  }
  return { id, gone };
}

/** Arrivals are said together. @param {Comments} store */
export function useAnnounced(store) {
  const said = useRef(0);
  const timer = useRef(/** @type {any} */ (null));
  useEffect(() => () => clearTimeout(timer.current), []);
  useSignalEffect(() => {
    if (store.arrivals.value === said.current || timer.current) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      polite(plural(store.arrivals.peek() - said.current, 'new comment'));
      said.current = store.arrivals.peek();
    }, gather);
  });
}
