// @ts-check
// What came for me, newest first.
import { sentence } from '../core/api.js';
import { html, useEffect, useRef } from '../core/html.js';
import { now } from '../core/time.js';
import { Button } from '../ui/button.js';
import { Empty, Failed } from '../ui/empty.js';
import { Icon } from '../ui/icon.js';
import { Skeleton } from '../ui/skeleton.js';
import { dayOf } from './days.js';
import { Entry } from './entry.js';

/** @typedef {import('./store.js').Notifications} Notifications */
/** @typedef {import('./store.js').Tab} Tab */

/** @type {{tab: Tab, label: string}[]} */
const TABS = [
  { tab: 'unread', label: 'Unread' },
  { tab: 'all', label: 'All' },
  { tab: 'mentions', label: 'Mentions' },
];

/** @param {{store: Notifications, close: () => void}} props */
export function Panel({ store, close }) {
  const count = store.unread.value;
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && keyed(event, store)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const panel = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => {
    // It may have come after it was opened.
    const first = panel.current?.querySelector('[data-first]');
    if (first instanceof HTMLElement && !panel.current?.contains(document.activeElement)) first.focus();
  }, []);
  return html`<div ref=${panel} class="notifications-panel" onKeyDown=${pressed}>
    <div class="notifications-head">
      <h2>Notifications</h2>
      <${Button} kind="quiet" size="small" reason=${count > 0 ? '' : 'Nothing is unread'} onClick=${() => void store.markAllRead()}>Mark all read</${Button}>
      <span class="notifications-close"><${Button} kind="quiet" icon="close" label="Close" onClick=${close} /></span>
    </div>
    <${Tabs} store=${store} />
    ${store.readFault.value ? html`<p class="notifications-fault" role="alert"><${Icon} name="warning" />Not marked as read. ${sentence(store.readFault.value)}</p>` : null}
    <${List} store=${store} close=${close} />
    <div class="notifications-foot" aria-hidden="true">
      <span><kbd>J</kbd> <kbd>K</kbd> move</span><span><kbd>Enter</kbd> open</span><span><kbd>E</kbd> mark read</span><span><kbd>W</kbd> why</span>
    </div>
  </div>`;
}

/** @param {{store: Notifications}} props */
function Tabs({ store }) {
  const chosen = store.tab.value;
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = TABS.findIndex(({ tab }) => tab === chosen);
    const next = TABS[(at + step + TABS.length) % TABS.length].tab;
    void store.choose(next);
    document.getElementById(`notifications-${next}`)?.focus();
  };
  /** @type {Record<Tab, number>} */
  const counts = { unread: store.unread.value, all: 0, mentions: store.unreadMentions.value };
  return html`<div class="notifications-tabs" role="tablist" aria-label="Which notifications" onKeyDown=${pressed}>
    ${TABS.map(
      ({
        tab,
        label,
      }) => html`<button key=${tab} id="notifications-${tab}" type="button" role="tab" class="notifications-tab" data-first=${tab === chosen ? '' : null}
      aria-selected=${tab === chosen ? 'true' : 'false'} aria-controls="notifications-list" tabindex=${tab === chosen ? 0 : -1} onClick=${() => void store.choose(tab)}>
      ${label}${counts[tab] > 0 ? html`<span class="notifications-tab-count">${counts[tab]}</span>` : null}
    </button>`,
    )}
  </div>`;
}

/** @param {{store: Notifications, close: () => void}} props */
function List({ store, close }) {
  const place = useRef(/** @type {HTMLElement|null} */ (null));
  const held = useRef({ pointer: false, focus: false });
  const { phase, fault, ids, waiting, next, more } = store.list.value;
  useEffect(() => {
    place.current?.scrollTo(0, 0);
  }, [store.tab.value]);
  /** Nothing moves under a pointer, a focused entry, or above what one reads. @param {Partial<{pointer: boolean, focus: boolean}>} change */
  const hold = (change) => {
    Object.assign(held.current, change);
    store.frozen.value = held.current.pointer || held.current.focus || (place.current?.scrollTop ?? 0) > 0;
    if (!store.frozen.value && waiting.value.length > 0) store.showWaiting();
  };
  const show = () => {
    store.showWaiting();
    place.current?.scrollTo(0, 0);
  };
  const reading = phase.value === 'loading' || phase.value === 'idle';
  return html`<div ref=${place} id="notifications-list" class="notifications-list" role="tabpanel" aria-labelledby="notifications-${store.tab.value}" aria-busy=${reading ? 'true' : null}
    onPointerEnter=${() => hold({ pointer: true })} onPointerLeave=${() => hold({ pointer: false })} onFocusIn=${() => hold({ focus: true })} onFocusOut=${() => hold({ focus: false })} onScroll=${() => hold({})}>
    ${waiting.value.length > 0 ? html`<div class="notifications-new" role="status"><button type="button" class="pill" onClick=${show}><${Icon} name="arrow-up" />${waiting.value.length} new</button></div>` : null}
    ${
      phase.value === 'failed'
        ? html`<${Failed} onRetry=${() => void store.load()}>Notifications didn't load. ${sentence(fault.value)}</${Failed}>`
        : ids.value.length > 0
          ? html`<${Entries} store=${store} close=${close} />`
          : reading
            ? html`<${Skeleton} rows=${4} row="entry" label="Loading notifications" />`
            : html`<${Nothing} tab=${store.tab.value} />`
    }
    ${next.value && phase.value !== 'failed' ? html`<div class="notifications-more"><${Button} kind="quiet" busy=${more.value === 'loading'} onClick=${() => void store.loadMore()}>${more.value === 'failed' ? 'Not loaded. Try again' : 'Show more'}</${Button}></div>` : null}
  </div>`;
}

/** @param {{store: Notifications, close: () => void}} props */
function Entries({ store, close }) {
  const shown = store.shown.value;
  const at = now.value;
  const days = shown.map((id) => dayOf(store.rows.get(id)?.value.created_at ?? '', at));
  // What is unread is one pile; only the whole list is cut into days.
  const cut = store.tab.value !== 'unread';
  return html`<ul class="notifications-entries">
    ${shown.map(
      (
        id,
        index,
      ) => html`${cut && days[index] !== days[index - 1] ? html`<li key="day ${days[index]}" class="notifications-day"><h3>${days[index]}</h3></li>` : null}
      <${Entry} key=${id} row=${store.rows.get(id)} onRead=${() => void store.markRead(id)} close=${close} />`,
    )}
  </ul>`;
}

/** @param {{tab: Tab}} props */
function Nothing({ tab }) {
  if (tab === 'unread')
    return html`<${Empty} icon="bell" title="Nothing is unread">When someone mentions you, replies to you, or your work goes out, it comes here.</${Empty}>`;
  if (tab === 'mentions')
    return html`<${Empty} icon="mention" title="No mentions yet">When someone writes your name in a comment, it comes here.</${Empty}>`;
  return html`<${Empty} icon="bell" title="No notifications yet">Mentions, replies, and your items and projects going out come here.</${Empty}>`;
}

/** @param {KeyboardEvent} event @param {Notifications} store @returns {boolean} whether the key meant something */
function keyed(event, store) {
  const panel = /** @type {HTMLElement} */ (event.currentTarget);
  const links = /** @type {HTMLElement[]} */ ([...panel.querySelectorAll('[data-note] .note-link')]);
  const entry = document.activeElement?.closest('[data-note]');
  const at = links.findIndex((link) => entry?.contains(link));
  const onTab = document.activeElement?.getAttribute('role') === 'tab';
  switch (event.key) {
    case 'j':
    case 'ArrowDown':
      links[Math.min(at + 1, links.length - 1)]?.focus();
      return links.length > 0;
    case 'k':
    case 'ArrowUp':
      if (onTab) return false;
      if (at === 0) /** @type {HTMLElement|null} */ (panel.querySelector('[role=tab][tabindex="0"]'))?.focus();
      else links[at < 0 ? links.length - 1 : at - 1]?.focus();
      return links.length > 0;
    case 'e':
      if (at >= 0) void store.markRead(Number(/** @type {HTMLElement} */ (entry).dataset.note));
      return true;
    case 'w':
      /** @type {HTMLElement|null|undefined} */ (entry?.querySelector('.note-why-button'))?.click();
      return true;
    default:
      return false;
  }
}
