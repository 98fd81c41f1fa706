// @ts-check
// The comments beside the form: in the margin where there is room, else a drawer or, on a phone, a sheet over it.
import { html, useEffect, useLayoutEffect, useRef, useSignal } from '../core/html.js';
import { CommentsAside } from '../comments/feed.js';
import { Button } from '../ui/button.js';

const WIDE = '(min-width: 1280px)';

/** Whether there is a margin. */
export function useMargin() {
  const wide = useSignal(matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const changed = () => {
      wide.value = query.matches;
    };
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return wide.value;
}

/** @typedef {{projectId: number, itemId: number, mayComment: import('./types.js').May}} About */

/** @param {About} props */
export function Margin(props) {
  return html`<div class="editor-margin"><${CommentsAside} ...${props} /></div>`;
}

/** The button with the count, and what it opens. @param {About & {count: number}} props */
export function CommentsButton({ count, ...about }) {
  const open = useSignal(location.hash.startsWith('#comment-'));
  return html`<${Button} icon="comment" class="comments-button" aria-haspopup="dialog" onClick=${() => {
    open.value = true;
  }}>
      <span class="comments-button-word">Comments </span><span class="comments-button-count">${count}</span>
    </${Button}>
    ${
      open.value
        ? html`<${Sheet} onClose=${() => {
            open.value = false;
          }}><${CommentsAside} ...${about} /></${Sheet}>`
        : null
    }`;
}

/** @param {{onClose: () => void, children?: any}} props */
function Sheet({ onClose, children }) {
  const sheet = useRef(/** @type {HTMLDialogElement|null} */ (null));
  useLayoutEffect(() => {
    const opener = document.activeElement;
    sheet.current?.showModal();
    return () => {
      sheet.current?.close(); // all else can't have the focus while it is open
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  /** A press beside the sheet closes it. @param {MouseEvent} event */
  const pressed = (event) => {
    if (event.target === sheet.current) onClose();
  };
  /** @param {Event} event */
  const cancelled = (event) => {
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${sheet} class="comments-sheet" aria-label="Comments" onCancel=${cancelled} onClick=${pressed}>
    <div class="comments-sheet-inner">
      <div class="comments-sheet-head"><${Button} kind="quiet" icon="close" label="Close comments" onClick=${onClose} /></div>
      ${children}
    </div>
  </dialog>`;
}
