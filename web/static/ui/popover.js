// @ts-check
import { html, useId, useRef, useSignal } from '../core/html.js';
import { place } from './place.js';

/**
 * A button and the panel it opens. Light dismissal, Esc and the focus' way back are the browser's.
 * @param {object} props
 * @param {any} props.button what stands in the button
 * @param {string} [props.buttonClass]
 * @param {string} [props.buttonLabel] full name of the button when its content is not enough
 * @param {string} props.label name of the panel
 * @param {'start' | 'end'} [props.align]
 * @param {string} [props.class] of the panel
 * @param {() => void} [props.onOpen]
 * @param {() => void} [props.onClose]
 * @param {any} [props.children] content, or a function that gets `close` and returns it; made while it is open
 * @param {string} [props.buttonId]
 */
export function Popover({
  button,
  buttonClass = 'button button-secondary button-normal',
  buttonLabel,
  buttonId,
  label,
  align = 'start',
  class: extra = '',
  onOpen,
  onClose,
  children,
}) {
  const id = useId();
  const open = useSignal(false);
  const panel = useRef(/** @type {HTMLElement | null} */ (null));
  const anchor = useRef(/** @type {HTMLElement | null} */ (null));
  /** @param {ToggleEvent} event */
  const toggled = (event) => {
    open.value = event.newState === 'open';
    if (!open.value) return onClose?.();
    onOpen?.();
    requestAnimationFrame(() => settle());
  };
  const settle = () => {
    if (!panel.current || !anchor.current) return;
    place(panel.current, anchor.current, align);
    const first = panel.current.querySelector('[autofocus], [data-first]');
    if (first instanceof HTMLElement) first.focus();
  };
  const close = () => panel.current?.hidePopover();
  return html`<button
      ref=${anchor}
      id=${buttonId}
      type="button"
      class=${buttonClass}
      aria-label=${buttonLabel}
      aria-haspopup="dialog"
      aria-expanded=${open.value ? 'true' : 'false'}
      popovertarget=${id}
    >
      ${button}
    </button>
    <div ref=${panel} id=${id} class="popover ${extra}" popover="auto" role="dialog" aria-label=${label} onToggle=${toggled}>
      ${open.value ? (typeof children === 'function' ? children(close) : children) : null}
    </div>`;
}
