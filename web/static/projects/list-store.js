// @ts-check
// All projects one may see. Open ones are all here, so their number is always right; published ones come page by page.
import { batch, computed, signal } from '../core/html.js';

/** @typedef {import('./types.js').Project} Project */
/** @typedef {ReturnType<typeof makeProjects>} Projects */
/** @typedef {'open'|'mine'|'published'} Tab */
/** @typedef {{project: Project, changedAt: number, did: string, gone: boolean}} Row */

const PAGE = 200;

/** @param {Project} project */
export const isOpen = ({ state }) => state !== 'published' && state !== 'archived';

/** What goes out next stands first: failed ones, then by date, then those without one. @param {Project} a @param {Project} b */
export function byDue(a, b) {
  const failed = Number(b.state === 'publish_failed') - Number(a.state === 'publish_failed');
  if (failed !== 0) return failed;
  const published = Number(!isOpen(a)) - Number(!isOpen(b));
  if (published !== 0) return published;
  if (isOpen(a) && a.due_on !== b.due_on) return (a.due_on ?? '9999') < (b.due_on ?? '9999') ? -1 : 1;
  return b.id - a.id;
}

/** @param {Project} project @param {string} words */
export function says({ name, description, owner }, words) {
  const text = `${name} ${description} ${owner.name}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** @param {import('./types.js').Deps} deps */
export function makeProjects({ api, follow, me, newKey, now = Date.now }) {
  /** @type {Map<number, import('../core/html.js').Signal<Row>>} */
  const rows = new Map();
  /** @type {Set<number>} */
  const deleted = new Set();
  const phase = signal(/** @type {'loading'|'ready'|'failed'} */ ('loading'));
  const fault = signal(/** @type {any} */ (null));
  const tab = signal(/** @type {Tab} */ ('open'));
  const words = signal('');
  /** The rows that are shown, in the order in which they stay while one looks. */
  const shown = signal(/** @type {number[]} */ ([]));
  const outOfOrder = signal(false);
  /** Counts that the server told, moved on by events: what is not loaded can't be counted here. */
  const tabs = signal({ open: 0, mine: 0, published: 0 });
  /** @type {Record<Tab, {next: string|null, loaded: boolean, busy: boolean}>} */
  const pages = {
    open: { next: null, loaded: false, busy: false },
    mine: { next: null, loaded: false, busy: false },
    published: { next: null, loaded: false, busy: false },
  };
  const more = signal(/** @type {string|null} */ (null));
  let stop = () => {};

  const query = { open: { state: 'open' }, mine: { owner: 'me' }, published: { state: 'published' } };

  /** @param {Project} project @param {Tab} of */
  function belongs(project, of) {
    if (of === 'open') return isOpen(project);
    if (of === 'mine') return project.owner.id === me() && project.state !== 'archived';
    return project.state === 'published';
  }
  /** @param {number} id */
  const isShown = (id) => {
    const row = rows.get(id)?.peek();
    return row !== undefined && !row.gone && belongs(row.project, tab.peek()) && says(row.project, words.peek().trim());
  };
  /** @param {number[]} ids */
  const sorted = (ids) => {
    const project = (/** @type {number} */ id) => /** @type {import('../core/html.js').Signal<Row>} */ (rows.get(id)).peek().project;
    return [...ids].sort((a, b) => byDue(project(a), project(b)));
  };
  function arrange() {
    shown.value = sorted([...rows.keys()].filter(isShown));
    outOfOrder.value = false;
    more.value = pages[tab.value].next;
  }

  /** @param {Project} project @param {{actor?: import('./types.js').PersonRef|null}} [from] */
  function put(project, { actor = null } = {}) {
    if (deleted.has(project.id)) return false;
    const row = rows.get(project.id);
    const was = row?.peek();
    if (was && project.revision < was.project.revision) return false;
    const others = Boolean(actor && actor.id !== me());
    const renamed =
      was &&
      (was.project.name !== project.name ||
        was.project.due_on !== project.due_on ||
        was.project.state !== project.state ||
        was.project.description !== project.description);
    const glows = others && (!was || renamed || JSON.stringify(was.project.counts) !== JSON.stringify(project.counts));
    /** @type {Row} */
    const next = { project: { ...was?.project, ...project }, changedAt: glows ? now() : (was?.changedAt ?? 0), did: '', gone: false };
    if (row) row.value = next;
    else rows.set(project.id, signal(next));
    return !row;
  }

  /** @param {any} answer @param {Tab} of */
  function fill(answer, of) {
    batch(() => {
      for (const project of answer.items) put(project);
      pages[of] = { next: answer.next, loaded: true, busy: false };
      if (answer.tabs) tabs.value = answer.tabs;
    });
  }

  /** @param {Tab} of @param {string|null} after @param {string} [q] */
  const read = (of, after, q) => api.get('/projects', { query: { ...query[of], limit: of === 'open' ? PAGE : 50, after, q } });

  /** Every open project, whatever number of pages that takes. @returns {Promise<any>} the first answer */
  async function readOpen() {
    const first = await read('open', null);
    const items = [...first.items];
    for (let after = first.next; after; ) {
      const page = await read('open', after);
      items.push(...page.items);
      after = page.next;
    }
    return { ...first, items, next: null };
  }

  async function load() {
    if (!pages.open.loaded) phase.value = 'loading';
    try {
      const answer = await readOpen();
      batch(() => {
        fill(answer, 'open');
        arrange();
        phase.value = 'ready';
      });
      stop();
      stop = follow('projects', answer.position, apply, resync);
    } catch (thrown) {
      batch(() => {
        fault.value = thrown;
        if (!pages.open.loaded) phase.value = 'failed';
      });
    }
  }

  async function resync() {
    const answer = await readOpen();
    batch(() => {
      rows.clear();
      deleted.clear();
      pages.mine.loaded = pages.published.loaded = false;
      fill(answer, 'open');
      arrange();
    });
    if (tab.value !== 'open') await choose(tab.value);
    return answer.position;
  }

  /** How the counts of the tabs move when a project becomes another one. @param {Project|null} was @param {Project|null} project */
  function recount(was, project) {
    const step = (/** @type {Tab} */ of) => Number(Boolean(project && belongs(project, of))) - Number(Boolean(was && belongs(was, of)));
    tabs.value = {
      open: tabs.value.open + step('open'),
      mine: tabs.value.mine + step('mine'),
      published: tabs.value.published + step('published'),
    };
  }

  /** @param {import('./types.js').LiveEvent} event */
  function apply({ type, data, actor }) {
    if (!type.startsWith('project.')) return;
    const before = rows.get(data.id)?.peek().project ?? null;
    if (type === 'project.deleted') {
      if (deleted.has(data.id)) return;
      deleted.add(data.id);
      const row = rows.get(data.id);
      if (row && before) {
        recount(before, null);
        row.value = { ...row.value, gone: true, did: actor ? `deleted by ${actor.name.split(' ')[0]}` : 'deleted', changedAt: 0 };
      }
      return;
    }
    if (deleted.has(data.id) || (before && data.revision < before.revision)) return;
    batch(() => {
      // All open ones are here, so one that is not was published before, or is new.
      if (before || type === 'project.created') recount(before, data);
      else if (isOpen(data)) recount({ ...data, state: 'published' }, data);
      // What is new stands at the foot, and nothing moves, until somebody asks for it.
      if (put(data, { actor }) && isShown(data.id)) shown.value = [...shown.value, data.id];
      outOfOrder.value = sorted(shown.value).some((id, index) => id !== shown.value[index]);
    });
  }

  /** @param {Tab} next */
  async function choose(next) {
    batch(() => {
      tab.value = next;
      arrange();
    });
    if (pages[next].loaded || pages[next].busy) return;
    await loadMore();
  }

  async function loadMore() {
    const of = tab.value;
    if (pages[of].busy || (pages[of].loaded && !pages[of].next)) return;
    pages[of].busy = true;
    try {
      fill(await read(of, pages[of].next), of);
      if (tab.value === of) arrange();
    } catch (thrown) {
      pages[of].busy = false;
      fault.value = thrown;
    }
  }

  return {
    rows,
    phase,
    fault,
    tab,
    tabs,
    words,
    shown,
    outOfOrder,
    more,
    load,
    apply,
    resync,
    arrange,
    choose,
    loadMore,
    empty: computed(() => phase.value === 'ready' && tabs.value.open + tabs.value.published + tabs.value.mine === 0),

    /** @param {string} text */
    async search(text) {
      words.value = text;
      arrange();
      // Pages that are not here may hold what is looked for.
      if (!more.value || !text.trim()) return;
      const answer = await read(tab.value, null, text.trim()).catch(() => null);
      if (!answer || words.value !== text) return;
      batch(() => {
        for (const project of answer.items) put(project);
        arrange();
      });
    },

    /** The same key until the server has answered, so that a project is made once. */
    maker() {
      let key = newKey();
      let last = '';
      return async (/** @type {{name: string, description: string, due_on: string|null}} */ draft) => {
        const text = JSON.stringify(draft);
        if (last && text !== last) key = newKey();
        last = text;
        return api.post('/projects', draft, { key });
      };
    },

    close() {
      stop();
      stop = () => {};
    },
  };
}
