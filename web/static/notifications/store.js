// @ts-check
// What concerns me: the unread count, and the lists behind the bell. Applied twice, an event changes nothing.
import { batch, computed, signal } from '../core/html.js';
import { isAbove, lowest } from '../core/position.js';

/** @typedef {{id: number, name: string, handle: string}} PersonRef */
/**
 * @typedef {object} Notification
 * @property {number} id
 * @property {string} kind
 * @property {number|null} project_id
 * @property {string} project_name
 * @property {number|null} item_id
 * @property {string|null} item_title
 * @property {number|null} comment_id
 * @property {PersonRef|null} actor
 * @property {string} text
 * @property {string} reason
 * @property {number} count
 * @property {string|null} read_at
 * @property {string} created_at
 */
/** @typedef {import('../core/html.js').Signal<Notification>} Row */
/** @typedef {ReturnType<typeof makeList>} List */
/** @typedef {'unread'|'all'|'mentions'} Tab */
/** @typedef {ReturnType<typeof makeNotifications>} Notifications */
/**
 * @typedef {object} Deps
 * @property {{get: (path: string, options?: any) => Promise<any>, post: (path: string, body: any) => Promise<any>}} api
 * @property {(topic: string, position: string|null, apply: (event: any) => void, resync: () => unknown) => () => void} follow
 * @property {import('../core/html.js').Signal<number>} unread
 */

const PAGE = 30;

/**
 * One list of the server, as far as it was read.
 * @param {Record<string, any>} query @param {(n: Notification) => boolean} holds
 */
function makeList(query, holds) {
  return {
    query,
    holds,
    ids: signal(/** @type {number[]} */ ([])),
    /** Came while the order was frozen; they wait behind a pill. */
    waiting: signal(/** @type {number[]} */ ([])),
    phase: signal(/** @type {'idle'|'loading'|'ready'|'failed'} */ ('idle')),
    fault: signal(/** @type {any} */ (null)),
    next: signal(/** @type {string|null} */ (null)),
    more: signal(/** @type {'idle'|'loading'|'failed'} */ ('idle')),
    at: /** @type {string|null} */ (null),
  };
}

/** @param {Deps} deps */
export function makeNotifications({ api, follow, unread }) {
  /** @type {Map<number, Row>} */
  const rows = new Map();
  const lists = {
    unread: makeList({ unread: true }, (n) => n.read_at === null),
    all: makeList({}, () => true),
    mentions: makeList({ kind: 'mentioned' }, (n) => n.kind === 'mentioned'),
  };
  const tab = signal(/** @type {Tab} */ ('unread'));
  /** While somebody points at or stands in the list, nothing in it moves. */
  const frozen = signal(false);
  const readFault = signal(/** @type {any} */ (null));
  /** Counts every arrival and reading, so that what is computed from rows can follow. */
  const changes = signal(0);
  /** The position that the count was true at. @type {string|null} */
  let countedAt = null;

  const list = computed(() => lists[tab.value]);
  const shown = computed(() => list.value.ids.value);
  const unreadMentions = computed(() => {
    changes.value;
    return lists.unread.ids.value.filter((id) => isOpen(id) && rows.get(id)?.value.kind === 'mentioned').length;
  });

  /** @param {number} id */
  const isOpen = (id) => rows.get(id)?.value.read_at === null;

  /** @param {Notification} next */
  function put(next) {
    const row = rows.get(next.id);
    if (row) row.value = next;
    else rows.set(next.id, signal(next));
  }

  /** @param {List} into @param {any} answer @param {boolean} first */
  function fill(into, answer, first) {
    batch(() => {
      for (const item of answer.items) put(item);
      const ids = answer.items.map((/** @type {Notification} */ item) => item.id);
      if (first) {
        into.at = answer.position;
        into.waiting.value = [];
        unread.value = answer.unread;
        countedAt = answer.position;
      }
      into.ids.value = first ? ids : [...into.ids.value, ...ids.filter((/** @type {number} */ id) => !into.ids.value.includes(id))];
      into.next.value = answer.next;
      into.phase.value = 'ready';
      into.fault.value = null;
      changes.value += 1;
    });
  }

  /** @param {List} of @param {string|null} [after] */
  const read = (of, after) => api.get('/notifications', { query: { ...of.query, limit: PAGE, after } });

  /** @param {List} [of] */
  async function load(of = list.value) {
    if (of.phase.value === 'loading') return;
    of.phase.value = 'loading';
    try {
      fill(of, await read(of), true);
    } catch (fault) {
      batch(() => {
        of.fault.value = fault;
        of.phase.value = 'failed';
      });
    }
  }

  /** @param {{id: string, data: Notification}} event */
  function added({ id: position, data }) {
    const before = rows.get(data.id)?.value;
    const counts = !before || (before.read_at !== null && before.created_at < data.created_at);
    if (before && !counts && before.count >= data.count) return;
    put(data);
    if (counts && data.read_at === null && isAbove(position, countedAt) !== false) unread.value += 1;
    for (const of of Object.values(lists)) {
      if (!of.holds(data) || of.phase.value !== 'ready' || isAbove(position, of.at) === false) continue;
      if (of.ids.value.includes(data.id) || of.waiting.value.includes(data.id)) continue;
      if (frozen.value) of.waiting.value = [data.id, ...of.waiting.value];
      else of.ids.value = [data.id, ...of.ids.value];
    }
  }

  /** @param {Iterable<number>} ids @param {string|null} at @returns {number[]} those that changed */
  function mark(ids, at) {
    const changed = [...ids].filter((id) => rows.has(id) && (rows.get(id)?.value.read_at === null) !== (at === null));
    for (const id of changed) {
      const row = /** @type {Row} */ (rows.get(id));
      row.value = { ...row.value, read_at: at };
    }
    return changed;
  }

  /** @param {{id: string, type: string, time: string, data: any}} event */
  function apply(event) {
    if (event.type !== 'notification.added' && event.type !== 'notification.read') return;
    batch(() => {
      if (event.type === 'notification.added') added(event);
      else {
        mark(event.data.all ? rows.keys() : (event.data.ids ?? []), event.time);
        if (isAbove(event.id, countedAt) !== false) unread.value = event.data.unread;
      }
      changes.value += 1;
    });
  }

  /** Shown as read at once; taken back if the server refuses. @param {number[]} ids @param {object} body */
  async function send(ids, body) {
    const before = unread.value;
    let changed = /** @type {number[]} */ ([]);
    batch(() => {
      changed = mark(ids, new Date().toISOString());
      unread.value = Math.max(0, 'all' in body ? 0 : before - changed.length);
      readFault.value = null;
      changes.value += 1;
    });
    try {
      const answer = await api.post('/notifications/read', body);
      unread.value = answer.unread;
      return true;
    } catch (fault) {
      batch(() => {
        const back = mark(changed, null).length;
        unread.value = 'all' in body ? before : unread.value + back;
        readFault.value = fault;
        changes.value += 1;
      });
      return false;
    }
  }

  async function reload() {
    const loaded = Object.values(lists).filter((of) => of.phase.value !== 'idle');
    const answers = await Promise.all(
      (loaded.length > 0 ? loaded : [lists.unread]).map(async (of) => {
        const answer = await read(of);
        fill(of, answer, true);
        return answer.position;
      }),
    );
    return lowest(answers); // each was read by itself: what came between two must still be told
  }

  return {
    rows,
    lists,
    list,
    tab,
    shown,
    frozen,
    unread,
    unreadMentions,
    readFault,
    apply,
    load,
    reload,

    /** Follows what concerns me from the position that the count was true at. @param {string|null} position */
    start(position) {
      countedAt = position;
      return follow('user:self', position, apply, reload);
    },

    /**
     * Reads a tab for the first time, or again after a failure; what was read meanwhile leaves the unread ones.
     * @param {Tab} next @param {boolean} [anew] nobody told us what is new, so ask
     */
    async choose(next, anew = false) {
      batch(() => {
        tab.value = next;
        if (next === 'unread') lists.unread.ids.value = lists.unread.ids.value.filter(isOpen);
      });
      if (anew || list.value.phase.value === 'idle' || list.value.phase.value === 'failed') await load();
    },

    /** Lets in what waited. */
    showWaiting() {
      const of = list.value;
      batch(() => {
        of.ids.value = [...of.waiting.value, ...of.ids.value];
        of.waiting.value = [];
      });
    },

    async loadMore() {
      const of = list.value;
      if (!of.next.value || of.more.value === 'loading') return;
      of.more.value = 'loading';
      try {
        fill(of, await read(of, of.next.value), false);
        of.more.value = 'idle';
      } catch {
        of.more.value = 'failed';
      }
    },

    /** @param {number} id */
    markRead: (id) => (isOpen(id) ? send([id], { ids: [id] }) : Promise.resolve(true)),

    markAllRead: () => send([...rows.keys()].filter(isOpen), { all: true }),
  };
}
