// @ts-check
// One project and everything in it. Events change it in place; the list is never fetched again for one.
import { batch, computed, signal } from '../core/html.js';
import { isAbove } from '../core/position.js';
import { makeItemActs } from './item-acts.js';
import { makeItems } from './items.js';
import { isOpen, obstaclesOf, preflightOf } from './preflight.js';

/** @typedef {import('./types.js').Project} Project */
/** @typedef {import('./types.js').Item} Item */
/** @typedef {ReturnType<typeof makeOverview>} Overview */
/** @typedef {'all'|'can_go'|import('./preflight.js').Obstacle|import('../ui/state.js').ItemStateName} Filter */

const PAGE = 200;

/** Whether a filter shows the item. @param {Item} item @param {Filter} filter */
export function fits(item, filter) {
  if (filter === 'all') return true;
  if (filter === 'can_go') return isOpen(item) && obstaclesOf(item).length === 0;
  if (filter === 'conflict' || filter === 'missing' || filter === 'not_ready') return obstaclesOf(item).includes(filter);
  return item.state === filter;
}

/** @param {number} projectId @param {import('./types.js').Deps} deps */
export function makeOverview(projectId, { api, follow, me, newKey, now = Date.now }) {
  const items = makeItems({ me, now });
  const phase = signal(/** @type {'loading'|'ready'|'missing'|'failed'} */ ('loading'));
  const fault = signal(/** @type {any} */ (null));
  const project = signal(/** @type {Project|null} */ (null));
  const may = signal(/** @type {Record<string, import('./types.js').May>} */ ({}));
  const whole = signal(false);
  const filter = signal(/** @type {Filter} */ ('all'));
  /** The rows that are shown, in the order in which they stay while one looks. */
  const shown = signal(/** @type {number[]} */ ([]));
  /** While somebody points at the list, stands in it or has rows selected, nothing in it moves. */
  const frozen = signal(false);
  const outOfOrder = signal(false);
  /** @type {import('../core/html.js').Signal<import('./types.js').Run|null>} */
  const lastRun = signal(/** @type {import('./types.js').Run|null} */ (null));
  /** Comments that I have seen added or deleted: told twice, they count once. @type {Map<number, 1|-1>} */
  const counted = new Map();
  let position = '';
  let stop = () => {};

  const present = computed(() => items.present());
  const counts = computed(() => {
    /** @type {Record<string, number>} */
    const by = {};
    for (const item of present.value) by[item.state] = (by[item.state] ?? 0) + 1;
    return by;
  });
  const preflight = computed(() => preflightOf(present.value));

  /** @param {number} id */
  const itemOf = (id) => {
    const row = items.rows.get(id)?.peek();
    return row ? { ...row.item, state: row.pending ?? row.item.state } : null;
  };
  /** @param {number} id */
  const isShown = (id) => {
    const item = itemOf(id);
    return item !== null && fits(item, filter.peek());
  };
  function arrange() {
    items.sort();
    shown.value = items.ids.value.filter(isShown);
    outOfOrder.value = false;
  }

  /** @returns {Promise<any>} the overview with all its items */
  async function read() {
    const answer = await api.get(`/projects/${projectId}`);
    return { ...answer, items: answer.items ?? [] };
  }

  /** @param {any} answer */
  function take(answer) {
    const {
      items: rows,
      items_next: next,
      may: acts,
      topic: _topic,
      position: at,
      preflight: _preflight,
      members: _members,
      ...rest
    } = answer;
    batch(() => {
      project.value = rest;
      may.value = acts ?? {};
      items.replace(rows);
      counted.clear();
      position = at;
      whole.value = !next;
      arrange();
      phase.value = 'ready';
    });
  }

  /** The items after the first page. @param {string|null} after */
  async function rest(after) {
    try {
      while (after) {
        const page = await api.get(`/projects/${projectId}/items`, { query: { limit: PAGE, after } });
        batch(() => {
          for (const item of page.items) added(item, null);
        });
        after = page.next;
      }
      whole.value = true;
    } catch (thrown) {
      fault.value = thrown;
    }
  }

  async function load() {
    if (!project.value) phase.value = 'loading';
    try {
      const answer = await read();
      take(answer);
      stop();
      stop = follow(`project:${projectId}`, answer.position, apply, resync);
      void rest(answer.items_next);
    } catch (thrown) {
      lost(thrown);
    }
  }

  /** @param {any} thrown */
  function lost(thrown) {
    batch(() => {
      fault.value = thrown;
      if (thrown.code === 'not_found' || thrown.code === 'forbidden') phase.value = 'missing';
      else if (!project.value) phase.value = 'failed';
    });
  }

  async function resync() {
    try {
      const answer = await read();
      take(answer);
      void rest(answer.items_next);
      return answer.position;
    } catch (thrown) {
      lost(thrown);
      throw thrown;
    }
  }

  /** @param {Item} item @param {import('./types.js').PersonRef|null} actor */
  function added(item, actor) {
    const outcome = items.put(item, { actor });
    // One that comes back may still have its place.
    if (outcome === 'added' && isShown(item.id) && !shown.value.includes(item.id)) shown.value = [...shown.value, item.id];
    if (outcome !== 'moved') return;
    if (frozen.value) outOfOrder.value = true;
    else arrange();
  }

  /** @param {string} at @param {any} comment @param {1|-1} step */
  function count(at, comment, step) {
    const row = items.rows.get(comment.item_id)?.peek();
    const before = counted.get(comment.id);
    if (!row || isAbove(at, position) === false || before === step || before === -1) return;
    counted.set(comment.id, step);
    items.change(comment.item_id, { item: { ...row.item, comments: Math.max(0, row.item.comments + step) } });
  }

  /** @param {import('./types.js').LiveEvent} event */
  function apply({ id, type, data, actor }) {
    switch (type) {
      case 'item.added':
      case 'item.changed':
        return added(data, actor);
      case 'item.removed':
        return items.takeOut(data, actor && actor.id !== me() ? actor : null);
      case 'comment.added':
        return count(id, data, 1);
      case 'comment.deleted':
        return count(id, data, -1);
      case 'project.changed':
        if (project.value && data.revision >= project.value.revision) project.value = { ...project.value, ...data };
        return;
      case 'project.deleted':
        phase.value = 'missing';
        return;
      case 'run.finished':
        lastRun.value = data;
    }
  }

  return {
    projectId,
    phase,
    fault,
    project,
    may,
    whole,
    filter,
    shown,
    frozen,
    outOfOrder,
    lastRun,
    present,
    counts,
    preflight,
    load,
    apply,
    resync,
    arrange,
    rows: items.rows,
    ids: items.ids,
    burst: items.burst,
    ...makeItemActs({ projectId, items, api, newKey, added: (item) => added(item, null), shown }),

    /** @param {Filter} next choosing the same one again brings it up to date */
    choose(next) {
      batch(() => {
        filter.value = next;
        arrange();
      });
    },

    /** The ghosts of what others took out go when nobody looks at them. @param {number} before */
    clearGone(before) {
      batch(() => {
        for (const [id, row] of items.rows) {
          const { gone } = row.peek();
          if (!gone || gone.at > before) continue;
          items.drop(id);
          shown.value = shown.value.filter((other) => other !== id);
        }
      });
    },

    /** @param {{name?: string, description?: string, due_on?: string|null}} words @returns {Promise<any>} what refused it, or null */
    async edit(words) {
      const before = /** @type {Project} */ (project.value);
      try {
        const answer = await api.patch(`/projects/${projectId}`, words, { revision: before.revision });
        project.value = { ...project.value, ...answer };
        return null;
      } catch (thrown) {
        const { current } = /** @type {any} */ (thrown);
        if (current?.id === projectId) project.value = { ...before, ...current };
        return thrown;
      }
    },

    close() {
      stop();
      stop = () => {};
    },
  };
}
