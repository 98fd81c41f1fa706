// @ts-check
import { html, useId } from '../core/html.js';
import { Icon } from './icon.js';
import { Menu } from './menu.js';

/**
 * @typedef {object} ButtonProps
 * @property {'primary' | 'secondary' | 'quiet' | 'danger'} [kind]
 * @property {'small' | 'normal' | 'large'} [size]
 * @property {string} [icon]
 * @property {string} [kbd]
 * @property {boolean} [busy] keeps width and label, a ring replaces the icon
 * @property {string | null | false} [reason] why it can't be used now
 * @property {boolean} [reasonShown] the reason stands beside the label instead of in a tip
 * @property {string} [reasonId] the reason stands elsewhere on the page, in the element of this id
 * @property {string} [label] the name when there is only an icon
 * @property {(event: MouseEvent) => void} [onClick]
 * @property {any} [children]
 * @property {string} [class]
 * @property {'button' | 'submit'} [type]
 */

/** @param {ButtonProps & Record<string, any>} props */
export function Button({
  kind = 'secondary',
  size = 'normal',
  icon,
  kbd,
  busy = false,
  reason,
  reasonShown = false,
  reasonId,
  label,
  onClick,
  children,
  class: extra = '',
  type = 'button',
  ...rest
}) {
  const own = useId();
  const id = reasonId ?? own;
  const off = Boolean(reason);
  /** @param {MouseEvent} event */
  const click = (event) => {
    if (!off && !busy) return onClick?.(event);
    // A refused submit must not submit: the form would act on a button that says it can't.
    event.preventDefault();
    event.stopPropagation();
  };
  const bare = !children || children.length === 0;
  const button = html`<button
    type=${type}
    ...${rest}
    class="button button-${kind} button-${size} ${bare ? 'button-bare' : ''} ${extra}"
    aria-label=${label ?? rest['aria-label'] ?? null}
    aria-disabled=${off || busy ? 'true' : null}
    aria-busy=${busy ? 'true' : null}
    aria-describedby=${off ? id : (rest['aria-describedby'] ?? null)}
    onClick=${click}
  >
    ${busy ? html`<span class="spinner" aria-hidden="true"></span>` : icon ? html`<${Icon} name=${icon} />` : null}
    ${bare ? null : html`<span class="button-label">${children}</span>`}
    ${kbd && !off ? html`<kbd aria-hidden="true">${kbd}</kbd>` : null}
    ${off && reasonShown ? html`<span class="button-reason" id=${id}>${reason}</span>` : null}
  </button>`;
  // One that may come to have a reason has the place for it from the start: else it were made anew, and lost the focus.
  if (reason === undefined || reasonShown || reasonId) return button;
  return html`<span class="reason-host"
    >${button}${off ? html`<span class="reason-tip" role="tooltip" id=${id}>${reason}</span>` : null}</span
  >`;
}

/**
 * A button with a second half that opens a menu of ways to do the same thing.
 * @param {ButtonProps & {items: import('./menu.js').MenuItem[], menuLabel: string, [rest: string]: any}} props
 */
export function SplitButton({ items, menuLabel, kind = 'primary', size = 'normal', ...main }) {
  return html`<div class="split-button split-button-${kind}" role="group">
    <${Button} kind=${kind} size=${size} ...${main} />
    <${Menu}
      items=${items}
      label=${menuLabel}
      align="end"
      wide
      buttonClass="button button-${kind} button-${size} button-bare split-button-more"
    >
      <${Icon} name="chevron-down" />
    </${Menu}>
  </div>`;
}
