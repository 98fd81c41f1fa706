// @ts-check
import { html } from '../core/html.js';
import { Button } from '../ui/button.js';
import { Icon } from '../ui/icon.js';
import { STATES } from '../ui/state.js';
import { refusal } from './reasons.js';

/** @typedef {import('../ui/state.js').ItemStateName} State */

/** @type {State[]} always there, also with nothing in them */
const USUAL = ['draft', 'ready', 'published'];

/** The states that can be chosen: the usual ones, and others while something is in them. @param {Record<string, number>} counts @returns {State[]} */
export function filtersOf(counts) {
  const known = /** @type {State[]} */ (Object.keys(STATES));
  return known.filter((state) => USUAL.includes(state) || (counts[state] ?? 0) > 0);
}

/** @param {{desk: import('./desk.js').Desk}} props */
export function StateFilters({ desk }) {
  const { store } = desk;
  const counts = store.counts.value;
  const chosen = store.filter.value;
  return html`<div class="filters">
    <div class="filters-states" role="group" aria-label="Show by state">
      <${Filter} on=${chosen === 'all'} n=${store.present.value.length} label="All" onClick=${() => store.choose('all')} />
      ${filtersOf(counts).map((state) => html`<${Filter} key=${state} on=${chosen === state} n=${counts[state] ?? 0} label=${STATES[state].label} state=${state} onClick=${() => store.choose(state)} />`)}
    </div>
    ${store.burst.value > 0 ? html`<span class="filters-burst" role="status">${store.burst.value} items changed</span>` : null}
    ${store.outOfOrder.value ? html`<button type="button" class="pill pill-small" onClick=${store.arrange}><${Icon} name="sort" size=${14} />Sort again</button>` : null}
    <${Button} icon="plus" size="small" class="filters-add" reason=${refusal(store.may.value.add_items)} onClick=${() => void desk.askAdd()}>Add items</${Button}>
  </div>`;
}

/** @param {{on: boolean, n: number, label: string, state?: State, onClick: () => void}} props */
function Filter({ on, n, label, state, onClick }) {
  return html`<button type="button" class="filter tap ${n === 0 ? 'filter-none' : ''}" aria-pressed=${on ? 'true' : 'false'} onClick=${onClick}>
    ${state ? html`<span class="state state-${state}"><${Icon} name=${STATES[state].icon} /></span>` : null}${label} <span class="count">${n}</span>
  </button>`;
}
