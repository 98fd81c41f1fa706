// @ts-check
import { useKeys } from '../core/keys.js';
import { filtersOf } from './state-filters.js';
import { readyable, refusal, whyNotPublish, whyNotRemove } from './reasons.js';
import { moveRow, rowAt } from './row-keys.js';

/**
 * @param {import('./desk.js').Desk} desk
 * @param {{current: HTMLElement|null}} body
 * @param {(item: number) => void} comment
 */
export function useOverviewKeys(desk, body, comment) {
  const { store, selection } = desk;
  /** What an act is about: the selected rows, else the one that has the focus. */
  const aims = () => {
    const at = rowAt(body.current);
    return selection.ids.value.length > 0 ? selection.ids.value : at === null ? [] : [at];
  };
  const ready = () => {
    const { ids } = readyable(store, aims());
    if (ids.length > 0) void desk.setReady(ids);
  };
  const remove = () => {
    const ids = aims();
    if (ids.length > 0 && !whyNotRemove(store, ids)) void desk.remove(ids);
  };
  /** @param {boolean} range */
  const select = (range) => {
    const at = rowAt(body.current);
    if (at !== null) selection.toggle(at, range);
  };
  const about = () => {
    const [first] = aims();
    if (first !== undefined) comment(first);
  };
  /** @param {number} index from 1, as the states stand there */
  const choose = (index) => {
    const filter = filtersOf(store.counts.value)[index - 1];
    if (filter) store.choose(filter);
  };
  const out = () => {
    desk.outcome.value = null;
    selection.clear();
  };
  const toBar = () => /** @type {HTMLElement|null} */ (document.querySelector('.bulk-bar button'))?.focus();
  const numbers = Object.fromEntries(
    [1, 2, 3, 4, 5].map((n) => [String(n), n === 1 ? { label: 'Filter by a state, 1 to 5', run: () => choose(n) } : () => choose(n)]),
  );
  useKeys(
    {
      j: { label: 'Next item', run: () => moveRow(body.current, 1) },
      k: { label: 'Item before', run: () => moveRow(body.current, -1) },
      arrowdown: () => moveRow(body.current, 1),
      arrowup: () => moveRow(body.current, -1),
      x: { label: 'Select', run: () => select(false) },
      'shift+x': { label: 'Select from the last one to here', run: () => select(true) },
      'ctrl+a': { label: 'Select all', inFields: false, run: () => selection.all() },
      d: { label: 'Set ready', run: ready },
      m: { label: 'Comment on the item', run: about },
      delete: { label: 'Remove from the project', inFields: false, run: remove },
      ...numbers,
      0: { label: 'All items', run: () => store.choose('all') },
      c: { label: 'Add items', run: () => void (refusal(store.may.value.add_items) ?? desk.askAdd()) },
      'shift+p': { label: 'Publish', run: () => void (whyNotPublish(store) ?? desk.askPublish('ready')) },
      'shift+b': { label: 'To the selected items', run: toBar },
      z: { label: 'Undo the last removal', run: () => void desk.undo() },
      escape: { run: out, inFields: false },
    },
    'Project',
  );
}
