// @ts-check
// One comment: who, when, where, the words, and what one may do with them.
import { sentence } from '../core/api.js';
import { html, useEffect, useSignal } from '../core/html.js';
import { Link } from '../core/router.js';
import { me } from '../core/session.js';
import { exact, Time } from '../core/time.js';
import { Avatar } from '../ui/avatar.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { useGlow } from '../ui/glow.js';
import { Icon } from '../ui/icon.js';
import { Menu } from '../ui/menu.js';
import { RichText } from '../ui/rich-text.js';
import { toast } from '../ui/toast.js';
import { Composer } from './composer.js';

/** @typedef {import('./store.js').Comments} Comments */
/** @typedef {import('./types.js').Comment} Told */

/** The very place of a comment. @param {Told} comment */
export const placeOf = ({ project_id: project, item_id: item, id }) => `/projects/${project}${item ? `/items/${item}` : ''}#comment-${id}`;

/**
 * @param {object} props
 * @param {Comments} props.store
 * @param {number} props.id
 * @param {boolean} [props.reply]
 * @param {boolean} props.pointed the address leads here
 * @param {string|null|false} props.reason why one may not comment
 * @param {boolean} props.mayDeleteAny
 * @param {any} [props.where] the item it is about, when that is not plain
 * @param {any} [props.mark] a tag beside the name
 */
export function Comment({ store, id, reply = false, pointed, reason, mayDeleteAny, where, mark }) {
  const row = /** @type {import('./types.js').RowSignal} */ (store.rows.get(id));
  const editing = useSignal(Boolean(store.kept.read(`edit.${id}`)));
  const asking = useSignal(false);
  const { comment, changedAt, refused, leaving } = row.value;
  const glow = useGlow(changedAt);
  if (comment.deleted) {
    return html`<article id="comment-${id}" tabindex="-1" class="comment comment-deleted ${pointed ? 'comment-pointed' : ''}" aria-label="Deleted comment">
      <p><${Icon} name="trash" size=${14} />${comment.author.name} deleted this comment</p>
    </article>`;
  }
  const mine = comment.author.id === me()?.id;
  const isNew = store.reading.looked.value !== null && store.reading.isNew(id);
  const items = actions({
    comment,
    mine,
    reason,
    mayDeleteAny,
    edit: () => {
      editing.value = true;
    },
    remove: () => {
      asking.value = true;
    },
  });
  return html`<article id="comment-${id}" tabindex="-1" class="comment ${glow} ${pointed ? 'comment-pointed' : ''} ${leaving ? 'comment-leaving' : ''}" aria-label=${`${comment.author.name}, ${exact(comment.created_at)}`}>
    <header class="comment-head">
      <${Avatar} person=${comment.author} size=${reply ? 20 : 24} silent />
      <span class="comment-author">${mine ? 'You' : reply ? comment.author.name.split(' ')[0] : comment.author.name}</span>
      <${Link} href=${placeOf(comment)} class="comment-time tap"><${Time} at=${comment.created_at} /></${Link}>
      ${comment.edited_at ? html`<span class="comment-edited" title=${exact(comment.edited_at)}>edited</span>` : null}
      <span class="comment-marks">${mark}${isNew ? html`<span class="comment-new" role="img" aria-label="New"></span>` : null}
        <${Menu} label=${`More for the comment by ${comment.author.name}`} items=${items} align="end" buttonClass="button button-quiet button-small button-bare comment-more"><${Icon} name="more" /></${Menu}></span>
    </header>
    ${where}
    ${comment.quote ? html`<blockquote class="comment-quote">${comment.quote}</blockquote>` : null}
    ${
      editing.value
        ? html`<${Editing} store=${store} comment=${comment} onDone=${() => {
            editing.value = false;
          }} />`
        : html`<${RichText} html=${comment.html} class="comment-body" />`
    }
    ${refused ? html`<p class="comment-refused" role="alert"><${Icon} name="warning" />${refused}</p>` : null}
    <${AskDelete} open=${asking.value} mine=${mine} author=${comment.author.name} onClose=${() => {
      asking.value = false;
    }} onDelete=${() => {
      asking.value = false;
      void removeAndGoOn(store, id);
    }} />
  </article>`;
}

/** The focus goes on to what follows, or it would be lost with what had it. @param {Comments} store @param {number} id */
async function removeAndGoOn(store, id) {
  const all = [...document.querySelectorAll('.comments .comment')];
  const at = all.findIndex((element) => element.id === `comment-${id}`);
  const next = /** @type {HTMLElement|undefined} */ (all[at + 1] ?? all[at - 1]);
  if ((await store.remove(id)) && !document.getElementById(`comment-${id}`)?.isConnected) next?.focus({ preventScroll: true });
}

/** @param {{comment: Told, mine: boolean, reason: string|null|false|undefined, mayDeleteAny: boolean, edit: () => void, remove: () => void}} about */
function actions({ comment, mine, reason, mayDeleteAny, edit, remove }) {
  const link = async () => {
    try {
      await navigator.clipboard.writeText(location.origin + placeOf(comment));
      toast({ text: 'Copied the link' });
    } catch {
      toast({ text: `This browser doesn't let us copy. The time of the comment is its link.` });
    }
  };
  const items = [{ label: 'Copy link', icon: 'link', run: link }];
  if (!mine && !mayDeleteAny) return items;
  /** @type {import('../ui/menu.js').MenuItem[]} */
  const own = mine ? [{ label: 'Edit', icon: 'edit', reason, run: edit }] : [];
  return [...items, ...own, { label: 'Delete…', icon: 'trash', danger: true, separated: true, reason, run: remove }];
}

/** @param {{store: Comments, comment: Told, onDone: () => void}} props */
function Editing({ store, comment, onDone }) {
  const cancel = () => {
    store.kept.write(`edit.${comment.id}`, '');
    done();
  };
  const done = () => {
    onDone();
    document.getElementById(`comment-${comment.id}`)?.focus({ preventScroll: true });
  };
  /** @param {string} body */
  const post = async (body) => {
    const fault = await store.edit(comment.id, body);
    if (fault) return sentence(fault, 'Your text is kept.');
    done();
  };
  return html`<${Composer} store=${store} draft="edit.${comment.id}" label="Change your comment" verb="Save" initial=${comment.body} autofocus onPost=${post} onCancel=${cancel} />`;
}

/** @param {{open: boolean, mine: boolean, author: string, onClose: () => void, onDelete: () => void}} props */
function AskDelete({ open, mine, author, onClose, onDelete }) {
  return html`<${Dialog}
    title=${mine ? 'Delete your comment?' : `Delete the comment by ${author}?`}
    open=${open}
    onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose} autofocus>Keep it</${Button}><${Button} kind="danger" onClick=${onDelete}>Delete comment</${Button}>`}
  >
    <p>Its words are gone for everybody and can't be brought back. Replies stay.</p>
  </${Dialog}>`;
}

/** A comment of mine on its way. @param {{store: Comments, unsent: import('./types.js').Unsent}} props */
export function UnsentComment({ store, unsent }) {
  const self = me();
  const late = useSignal(unsent.status === 'failed');
  useEffect(() => {
    const timer = setTimeout(() => {
      late.value = true;
    }, 400);
    return () => clearTimeout(timer);
  }, [unsent.since]);
  const failed = unsent.status === 'failed';
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(unsent.body);
      toast({ text: 'Copied your comment' });
    } catch {
      toast({ text: `This browser doesn't let us copy. Select the text instead.` });
    }
  };
  return html`<article class="comment comment-unsent ${failed ? 'comment-failed' : ''}" aria-label="Your comment, ${failed ? 'not sent' : 'being sent'}">
    <header class="comment-head">
      ${self ? html`<${Avatar} person=${self} silent />` : null}
      <span class="comment-author">You</span>
      ${failed ? html`<span class="comment-not-sent"><${Icon} name="warning" />Not sent</span>` : late.value ? html`<span class="comment-sending"><${Icon} name="clock" />Sending…</span>` : null}
    </header>
    <p class="comment-body comment-plain">${unsent.body}</p>
    ${
      failed
        ? html`<p class="comment-refused" role="alert">${unsent.fault ? sentence(unsent.fault, 'Your comment is kept here.') : 'This was not sent when you left.'}</p>
          <p class="comment-acts">
            <button type="button" class="text-button" onClick=${() => void store.again(unsent.key)}>Try again</button>
            <button type="button" class="text-button" onClick=${copy}>Copy text</button>
            <button type="button" class="text-button" onClick=${() => store.discard(unsent.key)}>Discard</button>
          </p>`
        : null
    }
  </article>`;
}
