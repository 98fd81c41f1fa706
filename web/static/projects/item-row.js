// @ts-check
import { html, useComputed } from '../core/html.js';
import { Link } from '../core/router.js';
import { me } from '../core/session.js';
import { Time } from '../core/time.js';
import { firstName, plural } from '../core/words.js';
import { Avatar } from '../ui/avatar.js';
import { useGlow } from '../ui/glow.js';
import { Icon } from '../ui/icon.js';
import { ItemState, STATES } from '../ui/state.js';
import { Tag } from '../ui/tag.js';
import { fits } from './overview-store.js';
import { flagsOf } from './preflight.js';
import { refusal } from './reasons.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('./items.js').Row} Row */

/** One item. It reads its own signal, so that an event renders this row and no other. @param {{desk: Desk, id: number, assigned: boolean}} props */
export function ItemRow({ desk, id, assigned }) {
  const { store, selection } = desk;
  const row = store.rows.get(id);
  const selected = useComputed(() => selection.has(id)).value;
  const filter = store.filter.value;
  const value = row?.value;
  const glow = useGlow(value?.changedAt);
  if (!value) return null;
  if (value.gone) return html`<${Ghost} desk=${desk} row=${value} />`;
  const { item, pending, refused, did } = value;
  const state = pending ?? item.state;
  const flags = flagsOf({ ...item, state });
  const name = item.title || 'Page without a title';
  const left = !fits({ ...item, state }, filter);
  const language = item.language === 'en' ? null : item.language;
  const href = `/projects/${item.project_id}/items/${item.id}`;
  return html`<div class="item-row ${glow} ${selected ? 'item-row-selected' : ''} ${left ? 'item-row-left' : ''}" role="row" data-row=${id} aria-selected=${selected ? 'true' : 'false'}>
    <span role="cell" class="item-cell-box"><label class="item-box"><input type="checkbox" class="checkbox" checked=${selected} aria-label="Select ${name}" onClick=${(/** @type {MouseEvent} */ event) => selection.toggle(id, event.shiftKey)} /></label></span>
    <span role="cell" class="item-cell-title">
      <${Icon} name="page" class="item-type" />
      <span class="item-name"><${Link} href=${href} data-title class="item-link" lang=${language} title=${name}>${name}</${Link}> <span class="lang-code">${item.language}</span></span>
      ${flags.length > 1 ? html`<span class="visually-hidden">${flags.map((flag) => flag.word).join(', ')}</span>` : null}
      <span class="item-flag">
        ${
          refused
            ? html`<${Tag} kind="changes" icon="warning" title=${refused}>Not done: ${refused}</${Tag}>`
            : left
              ? html`<span class="item-left">${leftWords(filter)}</span>`
              : flags[0]
                ? html`<${Tag} kind=${flags[0].kind} icon=${flags[0].icon} title=${flags.map((flag) => flag.more).join('. ')}>${flags[0].word}</${Tag}>`
                : null
        }
      </span>
    </span>
    <span role="cell" class="item-cell-state"><${ItemState} state=${state} /></span>
    ${assigned ? html`<span role="cell" class="item-cell-assignee">${item.assignee ? html`<${Avatar} person=${item.assignee} />` : null}</span>` : null}
    <span role="cell" class="item-cell-talk">${item.comments > 0 ? html`<${Link} href=${href} class="item-talk" aria-label=${`${plural(item.comments, 'comment')} on ${name}`}><${Icon} name="comment" size=${14} />${item.comments}</${Link}>` : null}</span>
    <span role="cell" class="item-cell-edit">${glow && did ? html`<strong>${did}</strong>` : html`${item.saved_by.id === me()?.id ? 'You' : firstName(item.saved_by)} · <${Time} at=${item.saved_at} />`}</span>
  </div>`;
}

/** @param {import('./overview-store.js').Filter} filter */
function leftWords(filter) {
  /** @type {Record<string, string>} */
  const words = {
    can_go: "can't go out now",
    conflict: 'no conflict any more',
    missing: 'nothing missing any more',
    not_ready: 'ready now',
  };
  return words[filter] ?? `no longer ${STATES[/** @type {keyof typeof STATES} */ (filter)]?.label ?? filter}`;
}

/** What somebody took out stays to be seen, and to be brought back. @param {{desk: Desk, row: Row}} props */
function Ghost({ desk, row }) {
  const { item, gone } = row;
  const refused = refusal(desk.store.may.value.add_items);
  const back = async () => {
    desk.store.clearGone(Date.now());
    const came = await desk.store.putBack([item]);
    if (came.refused.length > 0) desk.outcome.value = { ...came, text: `${item.title} was not put back: ${came.refused[0].reason}` };
  };
  return html`<div class="item-row item-row-gone" role="row" data-row=${item.id}>
    <span role="cell" class="item-cell-box"></span>
    <span role="cell" class="item-cell-title"><${Icon} name="state-previously-published" class="item-type" /><span class="item-gone-words"><s>${item.title}</s> removed by ${firstName(gone?.by)}</span>
      ${refused ? null : html`<button type="button" class="text-button item-undo" onClick=${back}>Undo</button>`}</span>
  </div>`;
}
