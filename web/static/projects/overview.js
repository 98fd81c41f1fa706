// @ts-check
// One project: what can go out, every item in it, and what is said about them.
import { api, newKey, sentence } from '../core/api.js';
import { html, useEffect, useMemo, useRef, useSignal } from '../core/html.js';
import { follow, liveState } from '../core/live.js';
import { navigate, route } from '../core/router.js';
import { me } from '../core/session.js';
import { title } from '../core/title.js';
import { openComments } from '../comments/feed.js';
import { RefreshBar } from '../shell/refresh-bar.js';
import { crumbs } from '../shell/shell.js';
import { Button } from '../ui/button.js';
import { Empty, Failed } from '../ui/empty.js';
import { Skeleton } from '../ui/skeleton.js';
import { BulkBar } from './bulk-bar.js';
import { CommentsSide, useSide } from './comments-side.js';
import { ItemTable } from './item-table.js';
import { makeDesk } from './desk.js';
import { Head } from './overview-head.js';
import { useOverviewKeys } from './overview-keys.js';
import { makeOverview } from './overview-store.js';
import { PreflightStrip } from './preflight-strip.js';
import { makePublishing } from './publish-store.js';
import { StateFilters } from './state-filters.js';

/** @typedef {import('./desk.js').Desk} Desk */

const most = 4;
/** What stands in for the name while there is none. @type {Record<string, string>} */
const headings = { loading: 'Loading the project', missing: 'Project not found', failed: 'Project not loaded', ready: '' };
/** The projects one came from: shown at once when one comes back, and read anew meanwhile. @type {Map<number, Desk>} */
const visited = new Map();
let visitor = 0;

/** @param {number} id @returns {Desk} */
function deskOf(id) {
  const self = me()?.id ?? 0;
  if (visitor !== self) visited.clear();
  visitor = self;
  const kept = visited.get(id);
  visited.delete(id);
  const desk = kept ?? makeDesk(makeOverview(id, { api, follow, newKey, me: () => me()?.id ?? 0 }), makePublishing(id, { api, newKey }));
  visited.set(id, desk);
  for (const old of [...visited.keys()].slice(0, -most)) visited.delete(old);
  return desk;
}

/** /projects/:id */
export function OverviewScreen() {
  const id = Number(route.value.params.id);
  return html`<${Overview} key=${id} id=${id} />`;
}

/** @param {{id: number}} props */
function Overview({ id }) {
  const desk = useMemo(() => deskOf(id), []);
  const { store } = desk;
  useEffect(() => {
    void store.load();
    return () => store.close();
  }, []);
  const name = store.project.value?.name ?? '';
  const phase = store.phase.value;
  useEffect(() => {
    title.value = name || headings[phase];
    crumbs.value = [{ label: 'Projects', href: '/projects' }, { label: name }];
  }, [name, phase]);
  if (phase === 'missing') return html`<${Missing} />`;
  if (phase === 'failed') {
    return html`<div class="overview-alone"><h1 class="visually-hidden">${headings.failed}</h1><${Failed} onRetry=${() => void store.load()}>This project didn't load. ${sentence(store.fault.value)}</${Failed}></div>`;
  }
  if (!store.project.value) return html`<${Waiting} />`;
  return html`<${Shown} desk=${desk} />`;
}

/** @param {{desk: Desk}} props */
function Shown({ desk }) {
  const { store, dialog } = desk;
  const talk = useMemo(() => openComments(store.projectId, null), []);
  const about = useSignal(/** @type {{id: number, title: string}|null} */ (null));
  const field = useRef(/** @type {HTMLTextAreaElement|null} */ (null));
  const body = useRef(/** @type {HTMLElement|null} */ (null));
  const side = useSide();
  useEffect(() => {
    void talk.load();
    return () => {
      talk.close();
      dialog.value = null;
    };
  }, []);
  /** @param {number} itemId */
  const comment = (itemId) => {
    const row = store.rows.get(itemId)?.peek();
    if (!row || store.may.value.comment?.allowed === false) return;
    about.value = { id: itemId, title: row.item.title || 'Page without a title' };
    side.open();
    requestAnimationFrame(() => field.current?.focus());
  };
  useOverviewKeys(desk, body, comment);
  useScrollKept(desk, body);
  const Opened = dialog.value;
  const byHand = liveState.value.kind === 'manual';
  return html`<div class="overview ${byHand ? 'overview-by-hand' : ''}">
    <${Head} desk=${desk} talk=${talk} side=${side} />
    <div class="overview-main">
      <${RefreshBar} />
      <${PreflightStrip} store=${store} />
      <${StateFilters} desk=${desk} />
      <${ItemTable} desk=${desk} body=${body} />
      <${BulkBar} desk=${desk} body=${body} />
    </div>
    <${CommentsSide} side=${side} store=${talk} desk=${desk} about=${about} field=${field} />
    ${
      Opened
        ? html`<${Opened} desk=${desk} onClose=${() => {
            dialog.value = null;
          }} />`
        : null
    }
  </div>`;
}

/** Coming back, one stands where one was. @param {Desk} desk @param {{current: HTMLElement|null}} body */
function useScrollKept(desk, body) {
  useEffect(() => {
    const place = body.current;
    if (!place) return;
    place.scrollTop = desk.scroll;
    const moved = () => {
      desk.scroll = place.scrollTop;
    };
    place.addEventListener('scroll', moved, { passive: true });
    return () => place.removeEventListener('scroll', moved);
  }, []);
}

/** True to size, so that nothing moves when the project is there. */
function Waiting() {
  return html`<div class="overview overview-waiting" aria-busy="true">
    <header class="overview-head"><h1 class="visually-hidden">${headings.loading}</h1></header>
    <div class="overview-main"><${RefreshBar} /><div class="strip"></div><div class="filters"></div><div class="item-columns"></div><${Skeleton} rows=${8} label="Loading the project" /></div>
    <div class="overview-side"></div>
  </div>`;
}

function Missing() {
  return html`<div class="overview-alone"><h1 class="visually-hidden">${headings.missing}</h1>
    <${Empty} icon="projects" title="This project is not here" action=${html`<${Button} onClick=${() => navigate('/projects')}>See all projects</${Button}>`}>
      It was deleted, or it is not open to you.
    </${Empty}>
  </div>`;
}
