// @ts-check
// A comment and what was answered. Settled, it is one line until somebody opens it.
import { html, useEffect, useSignal } from '../core/html.js';
import { Link } from '../core/router.js';
import { me } from '../core/session.js';
import { firstName, plural } from '../core/words.js';
import { Icon } from '../ui/icon.js';
import { Comment, UnsentComment } from './comment.js';
import { Composer } from './composer.js';

/** @typedef {import('./store.js').Comments} Comments */

/**
 * @typedef {object} ThreadProps
 * @property {Comments} store
 * @property {number} id
 * @property {number|null} pointed
 * @property {string|null|false} reason why one may not comment
 * @property {boolean} mayDeleteAny
 * @property {((itemId: number) => string|undefined)} [titleOf] names an item, where comments of several stand together
 */

/** @param {ThreadProps} props */
export function Thread(props) {
  const { store, id } = props;
  const row = store.rows.get(id);
  // A reply to something older than what was loaded.
  if (!row) return html`<${Beginning} store=${store} />`;
  return html`<${KnownThread} ...${props} />`;
}

/** @param {{store: Comments}} props */
function Beginning({ store }) {
  return html`<li class="thread thread-earlier"><button type="button" class="text-button" onClick=${() => void store.loadOlder()}>A reply to an earlier comment. Show it</button></li>`;
}

/** @param {ThreadProps} props */
function KnownThread({ store, id, pointed, reason, mayDeleteAny, titleOf }) {
  const { comment } = /** @type {import('./types.js').RowSignal} */ (store.rows.get(id)).value;
  const replies = store.replies(id).value;
  const unsent = store.unsent.value.filter((waiting) => waiting.parentId === id);
  const replying = useSignal(Boolean(store.kept.read(`reply.${id}`)));
  const unfolded = useSignal(false);
  const settled = comment.resolved_at !== null;
  const leadsHere = pointed !== null && (pointed === id || replies.includes(pointed));
  useEffect(() => {
    // What the address led to stays open after its mark is gone.
    if (leadsHere) unfolded.value = true;
  }, [leadsHere]);
  if (settled && !unfolded.value && !leadsHere)
    return html`<${Settled} store=${store} id=${id} onOpen=${() => {
      unfolded.value = true;
    }} />`;
  const title = titleOf && comment.item_id ? titleOf(comment.item_id) : undefined;
  const where = title
    ? html`<p class="comment-where"><${Icon} name="page" size=${14} /><${Link} href="/projects/${comment.project_id}/items/${comment.item_id}">${title}</${Link}></p>`
    : null;
  const shared = { store, pointed: false, reason, mayDeleteAny };
  return html`<li class="thread ${settled ? 'thread-settled' : ''}">
    <${Comment} ...${shared} id=${id} pointed=${pointed === id} where=${where} />
    ${
      replies.length + unsent.length > 0
        ? html`<ul class="thread-replies" aria-label="Replies">
          ${replies.map((reply) => html`<li key=${reply}><${Comment} ...${shared} id=${reply} reply pointed=${pointed === reply} /></li>`)}
          ${unsent.map((waiting) => html`<li key=${waiting.key}><${UnsentComment} store=${store} unsent=${waiting} /></li>`)}
        </ul>`
        : null
    }
    ${
      replying.value
        ? html`<${Reply} store=${store} id=${id} reason=${reason} onDone=${() => {
            replying.value = false;
          }} />`
        : html`<${Acts} store=${store} comment=${comment} reason=${reason} onReply=${() => {
            replying.value = true;
          }} onFold=${
            unfolded.value
              ? () => {
                  unfolded.value = false;
                }
              : null
          } />`
    }
  </li>`;
}

/** @param {{store: Comments, comment: import('./types.js').Comment, reason: string|null|false, onReply: () => void, onFold: (() => void)|null}} props */
function Acts({ store, comment, reason, onReply, onFold }) {
  if (reason) return null;
  const settled = comment.resolved_at !== null;
  return html`<p class="comment-acts">
    ${comment.deleted ? null : html`<button type="button" class="text-button" data-reply=${comment.id} onClick=${onReply}>Reply</button>`}
    ${
      settled
        ? html`<button type="button" class="text-button" onClick=${() => void store.reopen(comment.id)}>Reopen</button><span class="thread-settled-by"><${Icon} name="check" size=${14} />Settled by ${nameOf(comment.resolved_by)}</span>`
        : html`<button type="button" class="text-button" onClick=${() => void store.resolve(comment.id)}>Mark settled</button>`
    }
    ${settled && onFold ? html`<button type="button" class="text-button thread-fold" onClick=${onFold}>Fold</button>` : null}
  </p>`;
}

/** @param {import('./types.js').PersonRef|null} person */
const nameOf = (person) => (person && person.id === me()?.id ? 'you' : firstName(person) || 'somebody');

/** @param {{store: Comments, id: number, onOpen: () => void}} props */
function Settled({ store, id, onOpen }) {
  const { comment } = /** @type {import('./types.js').RowSignal} */ (store.rows.get(id)).value;
  const replies = store.replies(id).value.length;
  const words = comment.deleted ? 'Deleted comment' : comment.body.replace(/[*_`>#]/g, '').slice(0, 120);
  return html`<li class="thread thread-folded">
    <button type="button" class="thread-line" aria-expanded="false" onClick=${onOpen} title=${`Settled by ${nameOf(comment.resolved_by)}`}>
      <${Icon} name="check" size=${14} /><span class="thread-line-who">${firstName(comment.author)}</span><span class="thread-line-words">${words}</span>
      <span class="thread-line-more">${replies > 0 ? plural(replies, 'reply', 'replies') : 'Settled'}</span>
    </button>
  </li>`;
}

/** @param {{store: Comments, id: number, reason: string|null|false, onDone: () => void}} props */
function Reply({ store, id, reason, onDone }) {
  const everybody = [id, ...store.replies(id).value].map((one) => store.rows.get(one)?.value.comment).filter((one) => one && !one.deleted);
  const people = [
    ...new Map(
      everybody.map((one) => /** @type {import('./types.js').Comment} */ (one).author).map((author) => [author.id, author]),
    ).values(),
  ].filter((person) => person.id !== me()?.id);
  const close = () => {
    onDone();
    requestAnimationFrame(() => /** @type {HTMLElement|null} */ (document.querySelector(`[data-reply="${id}"]`))?.focus());
  };
  /** @param {string} body */
  const post = (body) => {
    void store.add({ body, parentId: id });
    close();
  };
  const cancel = () => {
    store.kept.write(`reply.${id}`, '');
    close();
  };
  return html`<${Composer} store=${store} draft="reply.${id}" label="Reply" verb="Reply" people=${people} reason=${reason} autofocus onPost=${post} onCancel=${cancel} />`;
}
