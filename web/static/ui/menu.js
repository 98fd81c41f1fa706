// @ts-check
import { html, useId, useRef, useSignal } from '../core/html.js';
import { Icon } from './icon.js';
import { place } from './place.js';

/**
 * @typedef {object} MenuItem
 * @property {string} label
 * @property {string} [icon]
 * @property {string} [hint] a second line: what it does
 * @property {string} [kbd]
 * @property {string | null | false} [reason] why it can't be chosen now; it stays reachable
 * @property {boolean} [checked] makes it a choice
 * @property {boolean} [danger]
 * @property {boolean} [separated] a line stands above it
 * @property {() => void} [run]
 */

const pause = 800;

/**
 * A menu button. Arrows, Home, End, the first letters, Esc.
 * @param {object} props
 * @param {MenuItem[]} props.items
 * @param {string} props.label full name of the button
 * @param {any} [props.children] what stands in the button
 * @param {string} [props.buttonClass]
 * @param {'start' | 'end'} [props.align]
 * @param {boolean} [props.wide]
 * @param {boolean} [props.named] the content is the button's name; `label` names the menu only
 */
export function Menu({
  items,
  label,
  children,
  buttonClass = 'button button-quiet button-normal button-bare',
  align = 'start',
  wide = false,
  named = false,
}) {
  const id = useId();
  const open = useSignal(false);
  const panel = useRef(/** @type {HTMLElement | null} */ (null));
  const anchor = useRef(/** @type {HTMLElement | null} */ (null));
  const typed = useRef({ text: '', at: 0 });

  const entries = () => /** @type {HTMLElement[]} */ ([...(panel.current?.querySelectorAll('[role^=menuitem]') ?? [])]);
  /** @param {number} index */
  const focus = (index) => {
    const all = entries();
    all[(index + all.length) % all.length]?.focus();
  };
  /** @param {ToggleEvent} event */
  const toggled = (event) => {
    open.value = event.newState === 'open';
    if (!open.value) return;
    typed.current = { text: '', at: 0 };
    requestAnimationFrame(() => {
      if (!panel.current || !anchor.current) return;
      place(panel.current, anchor.current, align);
      const chosen = items.findIndex((item) => item.checked);
      focus(Math.max(0, chosen));
    });
  };
  /** @param {MenuItem} item */
  const choose = (item) => {
    if (item.reason) return;
    // The focus goes back first: what runs may open a dialog, which remembers where it came from.
    panel.current?.hidePopover();
    anchor.current?.focus();
    item.run?.();
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    const all = entries();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
    if (event.key in moves) focus(moves[event.key]);
    else if (event.key === 'Tab') panel.current?.hidePopover();
    else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey) jump(event, all, at);
    else return;
    if (event.key !== 'Tab') event.preventDefault();
  };
  /** @param {KeyboardEvent} event @param {HTMLElement[]} all @param {number} at */
  const jump = (event, all, at) => {
    const again = event.timeStamp - typed.current.at < pause;
    typed.current = { text: (again ? typed.current.text : '') + event.key.toLowerCase(), at: event.timeStamp };
    const from = typed.current.text.length > 1 ? at : at + 1;
    const order = [...all.slice(from), ...all.slice(0, from)];
    order.find((entry) => entry.textContent?.trim().toLowerCase().startsWith(typed.current.text))?.focus();
  };
  /** @param {KeyboardEvent} event */
  const onButtonKey = (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    panel.current?.showPopover();
  };

  return html`<button
      ref=${anchor}
      type="button"
      class=${buttonClass}
      aria-label=${named ? null : label}
      aria-haspopup="menu"
      aria-expanded=${open.value ? 'true' : 'false'}
      popovertarget=${id}
      onKeyDown=${onButtonKey}
    >
      ${children}
    </button>
    <div
      ref=${panel}
      id=${id}
      class="menu ${wide ? 'menu-wide' : ''}"
      popover="auto"
      role="menu"
      aria-label=${label}
      onToggle=${toggled}
      onKeyDown=${onKeyDown}
    >
      ${open.value ? items.map((item) => entry(item, () => choose(item))) : null}
    </div>`;
}

/**
 * @param {MenuItem} item
 * @param {() => void} onClick
 */
function entry(item, onClick) {
  const choice = item.checked !== undefined;
  const more = item.reason || item.hint;
  return html`${item.separated ? html`<div class="menu-line" role="separator"></div>` : null}
    <button
      type="button"
      role=${choice ? 'menuitemradio' : 'menuitem'}
      aria-checked=${choice ? String(item.checked) : null}
      aria-disabled=${item.reason ? 'true' : null}
      class="menu-item ${item.danger ? 'menu-item-danger' : ''}"
      tabindex="-1"
      onClick=${onClick}
    >
      ${
        choice
          ? html`<${Icon} name="check" class=${item.checked ? '' : 'icon-hidden'} />`
          : item.icon
            ? html`<${Icon} name=${item.icon} />`
            : null
      }
      <span class="menu-item-text">
        <span class="menu-item-label">${item.label}</span>${' '}
        ${more ? html`<span class="menu-item-more">${more}</span>` : null}
      </span>
      ${item.kbd ? html`<kbd aria-hidden="true">${item.kbd}</kbd>` : null}
    </button>`;
}
