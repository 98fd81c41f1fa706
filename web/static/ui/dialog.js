// @ts-check
import { html, useEffect, useId, useLayoutEffect, useRef } from '../core/html.js';

/**
 * A question in the way of everything else. The focus begins at `autofocus`, else at the first
 * control, and goes back to where it was.
 * @param {object} props
 * @param {string} props.title
 * @param {boolean} props.open
 * @param {() => void} props.onClose Esc, or the caller's own button
 * @param {any} [props.actions] right, the primary one last
 * @param {any} [props.children]
 * @param {string} [props.class]
 * @param {(event: SubmitEvent) => void} [props.onSubmit] makes it a form
 */
export function Dialog(props) {
  return props.open ? html`<${OpenDialog} ...${props} />` : null;
}

/** @param {Parameters<typeof Dialog>[0]} props */
function OpenDialog({ title, onClose, actions, children, class: extra = '', onSubmit }) {
  const id = useId();
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const opener = useRef(/** @type {Element | null} */ (null));
  useLayoutEffect(() => {
    opener.current = document.activeElement;
    dialog.current?.showModal();
    return () => dialog.current?.close();
  }, []);
  // The native way back fails when the opener was rendered anew meanwhile.
  useEffect(
    () => () => {
      const back = opener.current;
      if (back instanceof HTMLElement && back.isConnected) back.focus();
    },
    [],
  );
  /** @param {Event} event */
  const cancelled = (event) => {
    event.preventDefault();
    onClose();
  };
  /** @param {SubmitEvent} event */
  const submitted = (event) => {
    event.preventDefault();
    onSubmit?.(event);
  };
  const body = html`<h2 class="dialog-title" id=${id}>${title}</h2>
    <div class="dialog-body">${children}</div>
    ${actions ? html`<div class="dialog-actions">${actions}</div>` : null}`;
  return html`<dialog ref=${dialog} class="dialog ${extra}" aria-labelledby=${id} onCancel=${cancelled}>
    ${onSubmit ? html`<form class="dialog-content" novalidate onSubmit=${submitted}>${body}</form>` : html`<div class="dialog-content">${body}</div>`}
  </dialog>`;
}
