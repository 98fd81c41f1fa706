// @ts-check
// The items of a project. Nothing moves in it while somebody points at it or stands in it.
import { sentence } from '../core/api.js';
import { html, useEffect, useLayoutEffect, useRef } from '../core/html.js';
import { Button } from '../ui/button.js';
import { Empty, Failed } from '../ui/empty.js';
import { Skeleton } from '../ui/skeleton.js';
import { STATES } from '../ui/state.js';
import { ItemRow } from './item-row.js';
import { refusal } from './reasons.js';

/** @typedef {import('./desk.js').Desk} Desk */

const stays = 6_000;

/** @param {{desk: Desk, body: {current: HTMLElement|null}}} props */
export function ItemTable({ desk, body }) {
  const { store, selection } = desk;
  const held = useRef({ pointer: false, focus: false });
  /** @param {Partial<{pointer: boolean, focus: boolean}>} change */
  const hold = (change) => {
    Object.assign(held.current, change);
    store.frozen.value = held.current.pointer || held.current.focus || selection.ids.value.length > 0;
  };
  useEffect(() => {
    const timer = setInterval(() => {
      hold({});
      if (!store.frozen.value) store.clearGone(Date.now() - stays);
    }, 2_000);
    return () => clearInterval(timer);
  }, []);
  return html`<div ref=${body} class="item-scroll" onPointerEnter=${(/** @type {PointerEvent} */ event) => hold({ pointer: event.pointerType === 'mouse' })} onPointerLeave=${() => hold({ pointer: false })}
    onFocusIn=${() => hold({ focus: true })} onFocusOut=${() => hold({ focus: false })}><${Rows} desk=${desk} /></div>`;
}

/** @param {{desk: Desk}} props */
function Rows({ desk }) {
  const { store } = desk;
  const shown = store.shown.value;
  const all = store.ids.value.length;
  if (all === 0) return html`<${Nothing} desk=${desk} />`;
  if (shown.length === 0) return html`<${NoMatch} desk=${desk} />`;
  const assigned = store.present.value.some((item) => item.assignee);
  return html`<div class="item-table ${assigned ? 'item-table-assigned' : ''}" role="table" aria-label="Items" aria-rowcount=${shown.length + 1}>
      <div class="item-row item-columns" role="row">
        <span role="columnheader" class="item-cell-box"><${SelectAll} desk=${desk} /></span>
        <span role="columnheader" class="item-cell-title">Item</span>
        <span role="columnheader" class="item-cell-state">State</span>
        ${assigned ? html`<span role="columnheader" class="item-cell-assignee">Assignee</span>` : null}
        <span role="columnheader" class="item-cell-talk">Talk</span>
        <span role="columnheader" class="item-cell-edit">Last edit</span>
      </div>
      ${shown.map((id) => html`<${ItemRow} key=${id} desk=${desk} id=${id} assigned=${assigned} />`)}
    </div>
    ${store.whole.value ? null : store.fault.value ? html`<${Failed} onRetry=${() => void store.load()}>The other items didn't load. ${sentence(store.fault.value)}</${Failed}>` : html`<${Skeleton} rows=${3} label="Loading more items" />`}`;
}

/** @param {{desk: Desk}} props */
function SelectAll({ desk }) {
  const { store, selection } = desk;
  const box = useRef(/** @type {HTMLInputElement|null} */ (null));
  const n = selection.ids.value.length;
  const all = n > 0 && n === store.shown.value.length;
  useLayoutEffect(() => {
    if (box.current) box.current.indeterminate = n > 0 && !all;
  }, [n, all]);
  return html`<label class="item-box"><input ref=${box} type="checkbox" class="checkbox" checked=${all} aria-label="Select all ${store.shown.value.length} items" onChange=${() => (all ? selection.clear() : selection.all())} /></label>`;
}

/** @param {{desk: Desk}} props */
function Nothing({ desk }) {
  const refused = refusal(desk.store.may.value.add_items);
  return html`<${Empty} icon="page" title="Nothing is in this project yet" action=${html`<${Button} kind="primary" icon="plus" reason=${refused} onClick=${() => void desk.askAdd()}>Add items</${Button}>`}>
    Add pages that are to go out together. While this is your active project, everything you edit comes here by itself.
  </${Empty}>`;
}

/** @param {{desk: Desk}} props */
function NoMatch({ desk }) {
  const { store } = desk;
  const filter = store.filter.value;
  /** @type {Record<string, string>} */
  const words = { can_go: 'can go out now', conflict: 'has a conflict', missing: 'has a field missing', not_ready: 'waits to be ready' };
  const title = words[filter]
    ? `No item ${words[filter]}`
    : `No item is ${STATES[/** @type {keyof typeof STATES} */ (filter)]?.label ?? filter}`;
  return html`<${Empty} icon="filter" title=${title} action=${html`<${Button} onClick=${() => store.choose('all')}>Show all ${store.present.value.length}</${Button}>`}>
    When one comes to it, it shows here.
  </${Empty}>`;
}
