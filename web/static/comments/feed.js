// @ts-check
// The comments beside a project or an item: oldest above, what is new below a line, where one writes at the foot.
import { api, newKey, sentence } from '../core/api.js';
import { html, useEffect, useMemo, useRef } from '../core/html.js';
import { follow } from '../core/live.js';
import { me } from '../core/session.js';
import { plural } from '../core/words.js';
import { Button } from '../ui/button.js';
import { Failed } from '../ui/empty.js';
import { Icon } from '../ui/icon.js';
import { Skeleton } from '../ui/skeleton.js';
import { UnsentComment } from './comment.js';
import { Composer } from './composer.js';
import { useAnnounced, useFoot, usePointed } from './reading-place.js';
import { browserShelf } from './shelf.js';
import { makeComments } from './store.js';
import { Thread } from './thread.js';

/** @typedef {import('./store.js').Comments} Comments */
/** @typedef {import('./types.js').May} May */
/** @typedef {import('../core/html.js').Signal<{id: number, title: string}|null>} About */

/** The comments of a project, or of one of its items, with everything they need. @param {number} projectId @param {number|null} itemId */
export function openComments(projectId, itemId) {
  return makeComments(
    { projectId, itemId },
    { api, follow, newKey, shelf: browserShelf(), me: () => me() ?? { id: 0, name: '', handle: '' } },
  );
}

/**
 * @param {object} props
 * @param {number} props.projectId
 * @param {number|null} [props.itemId]
 * @param {May} [props.mayComment]
 * @param {boolean} [props.mayDeleteAny]
 * @param {Comments} [props.store] one that is open already
 * @param {(itemId: number) => string|undefined} [props.titleOf]
 * @param {About} [props.about] the item that a new comment is about, where one can choose
 * @param {{current: HTMLTextAreaElement|null}} [props.field]
 */
export function CommentsAside({
  projectId,
  itemId = null,
  mayComment,
  mayDeleteAny = me()?.role === 'admin',
  store: given,
  titleOf,
  about,
  field,
}) {
  const own = useMemo(() => (given ? null : openComments(projectId, itemId)), [projectId, itemId, given]);
  const store = /** @type {Comments} */ (given ?? own);
  useEffect(() => {
    if (!own) return;
    void own.load();
    return () => own.close();
  }, [own]);
  const reason = mayComment && !mayComment.allowed ? (mayComment.reason ?? 'You may not comment here') : null;
  return html`<aside class="comments" aria-label="Comments">
    <header class="comments-head">
      <h2>Comments</h2>
      <span class="comments-count">${store.phase.value === 'ready' ? `${store.count.value}${store.older.value ? '+' : ''}` : ''}</span>
    </header>
    <${Feed} key="${projectId}/${itemId}" store=${store} reason=${reason} mayDeleteAny=${mayDeleteAny} titleOf=${titleOf} about=${about} field=${field} />
  </aside>`;
}

/** @param {{store: Comments, reason: string|null, mayDeleteAny: boolean, titleOf?: any, about?: About, field?: any}} props */
function Feed({ store, reason, mayDeleteAny, titleOf, about, field }) {
  const scroll = useRef(/** @type {HTMLElement|null} */ (null));
  const foot = useFoot(store, scroll);
  const pointed = usePointed(store, scroll, foot);
  useAnnounced(store);
  const { phase } = store;
  const ready = phase.value === 'ready';
  /** @param {string} body */
  const post = (body) => {
    void store.add({ body, itemId: about?.value?.id ?? store.itemId });
    if (about) about.value = null;
    foot.go();
  };
  return html`<div ref=${scroll} class="comments-scroll" tabindex="-1" onScroll=${foot.look} aria-busy=${phase.value === 'loading' ? 'true' : null}>
      ${phase.value === 'loading' ? html`<${Skeleton} rows=${4} row="entry" label="Loading the comments" />` : null}
      ${phase.value === 'failed' ? html`<${Failed} onRetry=${() => void store.load()}>The comments didn't load. ${sentence(store.fault.value)}</${Failed}>` : null}
      ${phase.value === 'missing' ? html`<p class="comments-none">These comments are not here any more.</p>` : null}
      ${ready ? html`<${Threads} store=${store} pointed=${pointed.id.value} reason=${reason} mayDeleteAny=${mayDeleteAny} titleOf=${titleOf} onOlder=${foot.older} />` : null}
    </div>
    <div class="comments-foot">
      ${store.reading.below.value > 0 ? html`<div class="comments-pill-place" role="status"><button type="button" class="pill pill-small comments-pill" onClick=${foot.go}><${Icon} name="arrow-down" />${plural(store.reading.below.value, 'new comment')}</button></div>` : null}
      ${pointed.gone.value ? html`<p class="comments-gone" role="status">The comment of this link was deleted.</p>` : null}
      ${phase.value === 'missing' ? null : html`<${WriteHere} store=${store} reason=${reason} about=${about} field=${field} onPost=${post} />`}
    </div>`;
}

/** @param {{store: Comments, pointed: number|null, reason: string|null, mayDeleteAny: boolean, titleOf?: any, onOlder: () => void}} props */
function Threads({ store, pointed, reason, mayDeleteAny, titleOf, onOlder }) {
  const ids = store.threads.value;
  const first = store.reading.firstNew.value;
  const unsent = store.unsent.value.filter((waiting) => waiting.parentId === null || !store.rows.has(waiting.parentId));
  if (ids.length === 0 && unsent.length === 0) {
    return html`<div class="comments-none"><${Icon} name="comment" size=${20} /><p>Nothing is said here yet. Questions, doubts and decisions go here, so that everybody who works on this finds them.</p></div>`;
  }
  return html`${store.older.value ? html`<p class="comments-older"><${Button} kind="quiet" size="small" busy=${store.more.value === 'loading'} onClick=${onOlder}>${store.more.value === 'failed' ? 'Not loaded. Try again' : 'Show earlier comments'}</${Button}></p>` : null}
    <ul class="threads">
      ${ids.map((id) => html`${id === first ? html`<li key="new" class="new-since" role="separator"><span>New since you looked</span></li>` : null}<${Thread} key=${id} store=${store} id=${id} pointed=${pointed} reason=${reason} mayDeleteAny=${mayDeleteAny} titleOf=${titleOf} />`)}
      ${unsent.map((waiting) => html`<li key=${waiting.key} class="thread ${waiting.status === 'failed' ? 'thread-failed' : ''}"><${UnsentComment} store=${store} unsent=${waiting} /></li>`)}
    </ul>`;
}

/** @param {{store: Comments, reason: string|null, about?: About, field?: any, onPost: (body: string) => void}} props */
function WriteHere({ store, reason, about, field, onPost }) {
  const item = about?.value ?? null;
  const forget = () => {
    if (about) about.value = null;
  };
  const label = item ? `Comment on ${item.title}` : store.itemId ? 'Comment on this page' : 'Comment on the project';
  const above = item
    ? html`<p class="composer-about"><${Icon} name="page" size=${14} /><span>${item.title}</span><${Button} kind="quiet" size="small" icon="close" label="Comment on the project instead" onClick=${forget} /></p>`
    : null;
  return html`<${Composer} store=${store} draft="new" label=${label} verb="Comment" reason=${reason} above=${above} field=${field} onPost=${onPost} />`;
}
