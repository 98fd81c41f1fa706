// @ts-check
// Everything the site holds.
import { api, sentence } from '../core/api.js';
import { html, useEffect, useMemo, useRef, useSignal } from '../core/html.js';
import { useKeys } from '../core/keys.js';
import { follow } from '../core/live.js';
import { Link } from '../core/router.js';
import { me } from '../core/session.js';
import { Time } from '../core/time.js';
import { title } from '../core/title.js';
import { firstName, plural } from '../core/words.js';
import { RefreshBar } from '../shell/refresh-bar.js';
import { crumbs } from '../shell/shell.js';
import { Button } from '../ui/button.js';
import { Empty, Failed } from '../ui/empty.js';
import { useGlow } from '../ui/glow.js';
import { Icon } from '../ui/icon.js';
import { Skeleton } from '../ui/skeleton.js';
import { ItemState } from '../ui/state.js';
import { makeContentList } from './list-store.js';
import { NewPage } from './new-page.js';
import { moveIn } from './row-keys.js';

/** @typedef {import('./list-store.js').ContentList} ContentList */

const PAUSE = 200;

/** /content */
export function ContentScreen() {
  const list = useMemo(() => makeContentList({ api, follow, me: () => me()?.id ?? 0 }), []);
  const making = useSignal(false);
  const search = useRef(/** @type {HTMLInputElement|null} */ (null));
  const body = useRef(/** @type {HTMLElement|null} */ (null));
  const reader = me()?.role === 'reviewer' ? 'Only editors make pages.' : '';
  const make = () => {
    if (!reader) making.value = true;
  };
  useEffect(() => {
    title.value = 'Content';
    crumbs.value = [{ label: 'Content' }];
    void list.load();
    return () => list.close();
  }, []);
  useKeys(
    {
      '/': { label: 'Filter', run: () => search.current?.focus() },
      c: { label: 'New page', run: make },
      j: { label: 'Next row', run: () => moveIn(body.current, 1) },
      k: { label: 'Row before', run: () => moveIn(body.current, -1) },
    },
    'Content',
  );

  return html`<div class="content-screen">
    <header class="content-head">
      <h1 tabindex="-1">Content</h1>
      <div class="content-acts">
        <${Filter} list=${list} field=${search} />
        ${list.phase.value === 'ready' && list.keys.value.length === 0 && !list.filter.value ? null : html`<${Button} kind="primary" icon="plus" kbd="C" reason=${reader} onClick=${make}>New page</${Button}>`}
      </div>
    </header>
    <${RefreshBar} />
    <div ref=${body} class="content-body"><${Rows} list=${list} onNew=${make} reader=${Boolean(reader)} /></div>
    <${NewPage} open=${making.value} onClose=${() => {
      making.value = false;
    }} />
  </div>`;
}

/** @param {{list: ContentList, field: any}} props */
function Filter({ list, field }) {
  const timer = useRef(/** @type {any} */ (null));
  /** @param {InputEvent} event */
  const typed = (event) => {
    const words = /** @type {HTMLInputElement} */ (event.target).value;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void list.search(words), PAUSE);
  };
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    /** @type {HTMLInputElement} */ (event.target).blur();
  };
  return html`<label class="content-filter">
    <${Icon} name="search" />
    <input ref=${field} class="input" type="search" placeholder="Filter by title" aria-label="Filter by title" onInput=${typed} onKeyDown=${pressed} />
    <kbd aria-hidden="true">/</kbd>
  </label>`;
}

/** @param {{list: ContentList, onNew: () => void, reader: boolean}} props */
function Rows({ list, onNew, reader }) {
  const { phase, keys, filter, next, waiting } = list;
  if (phase.value === 'failed')
    return html`<${Failed} onRetry=${() => void list.load()}>The content didn't load. ${sentence(list.fault.value)}</${Failed}>`;
  if (phase.value === 'loading' && keys.value.length === 0) return html`<${Skeleton} rows=${8} label="Loading the content" />`;
  if (keys.value.length === 0 && filter.value) {
    return html`<${Empty} icon="search" title="No title says “${filter.value}”" action=${html`<${Button} onClick=${() => clear(list)}>Show all</${Button}>`}>The filter looks at titles only.</${Empty}>`;
  }
  if (keys.value.length === 0) {
    return html`<${Empty} icon="content" title="No pages yet" action=${reader ? null : html`<${Button} kind="primary" icon="plus" onClick=${onNew}>New page</${Button}>`}>
      Every page of the site stands here, with its state and the project that holds it.
    </${Empty}>`;
  }
  return html`${waiting.value.length > 0 ? html`<div class="content-new" role="status"><button type="button" class="pill" onClick=${() => clear(list)}><${Icon} name="arrow-up" />${plural(waiting.value.length, 'new page')}</button></div>` : null}
    <div class="content-table" role="table" aria-label="Content" aria-busy=${phase.value === 'loading' ? 'true' : null}>
      <div class="content-row content-columns" role="row">
        ${['Title', 'Path', 'State', 'Held by', 'Last edit'].map((name) => html`<span key=${name} role="columnheader">${name}</span>`)}
      </div>
      ${keys.value.map((key) => html`<${Row} key=${key} list=${list} id=${key} />`)}
    </div>
    ${next.value ? html`<div class="content-more"><${Button} busy=${list.more.value === 'loading'} onClick=${() => void list.loadMore()}>${list.more.value === 'failed' ? 'Not loaded. Try again' : 'Show more'}</${Button}></div>` : null}`;
}

/** @param {ContentList} list */
function clear(list) {
  const field = document.querySelector('.content-filter input');
  if (field instanceof HTMLInputElement) field.value = '';
  void list.search('');
}

/** @param {{list: ContentList, id: string}} props */
function Row({ list, id }) {
  const row = /** @type {import('../core/html.js').Signal<import('./list-store.js').Row>} */ (list.rows.get(id));
  const { content, changedAt, by } = row.value;
  const glow = useGlow(changedAt);
  const { version } = content;
  const holder = content.held_by?.find((held) => held.project_id === version.project_id);
  const name = content.title || 'Page without a title';
  return html`<div class="content-row ${glow}" role="row">
    <span class="content-title" role="cell">
      <${Icon} name="page" />
      <${Link} href="/content/${content.id}?language=${content.language}" lang=${content.language} title=${name}>${name}</${Link}>
      <span class="lang-code">${content.language}</span>
    </span>
    <span class="content-path" role="cell" title=${content.path}>/${content.path.replace(/^\//, '')}</span>
    <span class="content-state" role="cell"><${ItemState} state=${version.state} /></span>
    <span class="content-holder" role="cell">${
      holder
        ? html`<${Link} href="/projects/${holder.project_id}/items/${holder.item_id}">${holder.name}</${Link}>`
        : html`<span class="content-none" aria-label="No project">–</span>`
    }</span>
    <span class="content-edit" role="cell">${glow && by ? html`<strong>Saved by ${by.split(' ')[0]}</strong>` : html`${firstName(version.saved_by)} · <${Time} at=${version.saved_at} />`}</span>
  </div>`;
}
