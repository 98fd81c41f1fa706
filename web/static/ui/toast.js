// @ts-check
import { html, signal, useEffect, useLayoutEffect, useRef } from '../core/html.js';

/** @typedef {{text: string, action?: {label: string, run: () => void}, seconds?: number}} Message */

const most = 2;
let numbers = 0;

/** @type {import('@preact/signals').Signal<(Message & {id: number})[]>} */
const messages = signal([]);

/**
 * Says something that concerns this person alone: the result of an act out of view, or an undo.
 * @param {Message} message
 * @returns {() => void} takes it away again
 */
export function toast(message) {
  numbers += 1;
  const id = numbers;
  messages.value = [...messages.value, { ...message, id }].slice(-most);
  return () => dismiss(id);
}

/** @param {number} id */
function dismiss(id) {
  messages.value = messages.value.filter((message) => message.id !== id);
}

/** The place of toasts, once a page, above everything in the browser's top layer. */
export function Toasts() {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const some = messages.value.length > 0;
  useLayoutEffect(() => {
    // Shown anew each time, so that it lies above a dialog that was opened meanwhile.
    if (some) place.current?.showPopover();
    else place.current?.hidePopover();
  }, [some, messages.value]);
  return html`<div ref=${place} class="toasts" popover="manual" role="status">
    ${messages.value.map((message) => html`<${Toast} key=${message.id} message=${message} />`)}
  </div>`;
}

/** @param {{message: Message & {id: number}}} props */
function Toast({ message }) {
  const stays = useRef(false);
  useEffect(() => {
    const seconds = message.seconds ?? (message.action ? 10 : 6);
    let left = seconds;
    const timer = setInterval(() => {
      if (!stays.current) left -= 1;
      if (left <= 0) dismiss(message.id);
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
  /** @param {boolean} on */
  const stay = (on) => () => {
    stays.current = on;
  };
  const act = () => {
    dismiss(message.id);
    message.action?.run();
  };
  return html`<div class="toast" onMouseEnter=${stay(true)} onMouseLeave=${stay(false)} onFocusIn=${stay(true)} onFocusOut=${stay(false)}>
    <span>${message.text}</span>
    ${message.action ? html`<button type="button" class="toast-action" onClick=${act}>${message.action.label}</button>` : null}
  </div>`;
}
