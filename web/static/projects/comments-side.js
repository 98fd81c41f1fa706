// @ts-check
// The comments beside the items where there is room, else in a drawer, on a phone a sheet.
import { html, useEffect, useLayoutEffect, useRef, useSignal } from '../core/html.js';
import { route } from '../core/router.js';
import { CommentsAside } from '../comments/feed.js';
import { Button } from '../ui/button.js';

const WIDE = '(min-width: 1280px)';

/** Whether there is room beside, and whether the drawer is open where there is none. */
export function useSide() {
  const wide = useSignal(matchMedia(WIDE).matches);
  const opened = useSignal(route.peek().hash.startsWith('#comment-'));
  useEffect(() => {
    const query = matchMedia(WIDE);
    const changed = () => {
      wide.value = query.matches;
    };
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  useEffect(() => {
    if (route.value.hash.startsWith('#comment-')) opened.value = true;
  }, [route.value.hash]);
  return {
    wide,
    opened,
    open: () => {
      opened.value = true;
    },
  };
}

/**
 * @param {object} props
 * @param {ReturnType<typeof useSide>} props.side
 * @param {import('../comments/store.js').Comments} props.store
 * @param {import('./desk.js').Desk} props.desk
 * @param {any} props.about
 * @param {any} props.field
 */
export function CommentsSide({ side, store, desk, about, field }) {
  const { may, rows, projectId } = desk.store;
  /** @param {number} id */
  const titleOf = (id) => rows.get(id)?.value.item.title;
  const aside = html`<${CommentsAside} projectId=${projectId} store=${store} mayComment=${may.value.comment} mayDeleteAny=${may.value.delete_any_comment?.allowed === true} titleOf=${titleOf} about=${about} field=${field} />`;
  if (side.wide.value) return html`<div class="overview-side">${aside}</div>`;
  return side.opened.value
    ? html`<${Drawer} onClose=${() => {
        side.opened.value = false;
      }}>${aside}</${Drawer}>`
    : null;
}

/** @param {{onClose: () => void, children?: any}} props */
function Drawer({ onClose, children }) {
  const drawer = useRef(/** @type {HTMLDialogElement|null} */ (null));
  useLayoutEffect(() => {
    const opener = document.activeElement;
    drawer.current?.showModal();
    return () => {
      drawer.current?.close(); // all else can't have the focus while it is open
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  /** A press beside it closes it. @param {MouseEvent} event */
  const pressed = (event) => {
    if (event.target === drawer.current) onClose();
  };
  /** @param {Event} event */
  const cancelled = (event) => {
    if (event.target !== drawer.current) return;
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${drawer} class="comments-drawer" aria-label="Comments" onCancel=${cancelled} onClick=${pressed}>
    <div class="comments-drawer-inner">${children}<${Button} kind="quiet" icon="close" label="Close comments" class="comments-drawer-close" onClick=${onClose} /></div>
  </dialog>`;
}
