// @ts-check
// What can be done with the selected rows, and what came of it where something was refused.
import { html, useEffect } from '../core/html.js';
import { plural } from '../core/words.js';
import { polite } from '../ui/announce.js';
import { Button } from '../ui/button.js';
import { Icon } from '../ui/icon.js';
import { readyable, whyNotRemove } from './reasons.js';

/** @typedef {import('./desk.js').Desk} Desk */

/** @param {{desk: Desk, body: {current: HTMLElement|null}}} props */
export function BulkBar({ desk, body }) {
  const ids = desk.selection.ids.value;
  const came = desk.outcome.value;
  const some = ids.length > 0;
  useEffect(() => {
    if (some) polite('Items selected. Shift B leads to what you can do with them');
  }, [some]);
  if (some) return html`<${Selected} desk=${desk} ids=${ids} />`;
  return came ? html`<${Came} desk=${desk} came=${came} body=${body} />` : null;
}

/** @param {{desk: Desk, ids: number[]}} props */
function Selected({ desk, ids }) {
  const ready = readyable(desk.store, ids);
  const stays = whyNotRemove(desk.store, ids);
  return html`<div class="bulk-bar" role="toolbar" aria-label=${`${plural(ids.length, 'item')} selected`}>
    <span class="bulk-count"><span class="strip-number">${ids.length}</span> selected</span>
    <${Button} kind="quiet" icon="state-ready" reason=${ready.reason} reasonShown onClick=${() => void desk.setReady(ready.ids)}>Set ${ready.ids.length > 0 ? `${ready.ids.length} ready` : 'ready'}</${Button}>
    <${Button} kind="quiet" icon="trash" reason=${stays} reasonShown onClick=${() => void desk.remove(ids)}>Remove ${ids.length}</${Button}>
    <${Button} kind="quiet" icon="close" label="Select nothing" class="bulk-close" onClick=${() => desk.selection.clear()} />
  </div>`;
}

/** @param {{desk: Desk, came: import('./item-acts.js').Outcome & {text: string}, body: {current: HTMLElement|null}}} props */
function Came({ desk, came, body }) {
  const here = came.refused.filter(({ id }) => desk.store.rows.has(id));
  const show = () => {
    desk.store.choose('all');
    requestAnimationFrame(() => {
      const title = body.current?.querySelector(`[data-row="${here[0].id}"] [data-title]`);
      title?.scrollIntoView({ block: 'center' });
      if (title instanceof HTMLElement) title.focus();
    });
  };
  return html`<div class="bulk-bar bulk-came" role="alert">
    <${Icon} name="warning" /><span class="bulk-text">${came.text}</span>
    ${here.length > 0 ? html`<button type="button" class="text-button" onClick=${show}>Show</button>` : null}
    <${Button} kind="quiet" icon="close" label="Close" class="bulk-close" onClick=${() => {
      desk.outcome.value = null;
    }} />
  </div>`;
}
