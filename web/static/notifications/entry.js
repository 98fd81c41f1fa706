// @ts-check
import { html, useId, useSignal } from '../core/html.js';
import { Time } from '../core/time.js';
import { Avatar } from '../ui/avatar.js';
import { Icon } from '../ui/icon.js';
import { iconOf, placeOf, reasonOf, wordsOf } from './words.js';

/**
 * Who did what where, in their words, when, and why it came to me.
 * @param {{row: import('./store.js').Row, onRead: () => void, close: () => void}} props
 */
export function Entry({ row, onRead, close }) {
  const id = useId();
  const why = useSignal(false);
  const n = row.value;
  const { who, did, what } = wordsOf(n);
  const place = placeOf(n);
  const unread = n.read_at === null;
  const words = html`<strong>${who}</strong> ${did} <strong>${what}</strong>`;
  const open = () => {
    if (unread) onRead();
    close();
  };
  return html`<li class="note ${unread ? 'note-unread' : ''}" data-note=${n.id}>
    ${n.actor ? html`<${Avatar} person=${n.actor} size=${28} silent />` : html`<span class="note-sign"><${Icon} name=${iconOf(n)} /></span>`}
    <div class="note-body">
      ${
        place
          ? html`<a class="note-link" href=${place} onClick=${open}>${words}${unread ? html`<span class="visually-hidden">, unread</span>` : null}</a>`
          : html`<span class="note-link" tabindex="-1">${words}</span>`
      }
      ${n.text && n.comment_id ? html`<blockquote class="note-quote"><p>${withNames(n.text)}</p></blockquote>` : null}
      <p class="note-meta">
        <${Icon} name=${iconOf(n)} size=${14} />
        <${Time} at=${n.created_at} />
        ${what === n.project_name ? null : html`<span aria-hidden="true">·</span><span class="note-project">${n.project_name}</span>`}
        <span aria-hidden="true">·</span>
        <button type="button" class="text-button note-why-button" aria-expanded=${why.value ? 'true' : 'false'} aria-controls=${id} onClick=${() => {
          why.value = !why.value;
        }}>Why did I get this?</button>
      </p>
      <div id=${id} class="note-why" hidden=${!why.value}>${reasonOf(n)}</div>
    </div>
    ${unread ? html`<button type="button" class="note-dot" aria-label="Mark read" title="Mark read" onClick=${onRead}></button>` : html`<span class="note-dot-place"></span>`}
  </li>`;
}

/** Names in the quoted words stand out, as they do in the comment. @param {string} text */
function withNames(text) {
  return text.split(/((?<![\w@])@[\w.-]+)/).map((piece, index) => (index % 2 ? html`<span class="note-name">${piece}</span>` : piece));
}
