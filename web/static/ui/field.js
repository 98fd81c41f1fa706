// @ts-check
import { cloneElement, html, isValidElement, useId } from '../core/html.js';
import { Icon } from './icon.js';

/**
 * Name, hint, count; the control; then help or what is wrong. The control gets its id and its
 * descriptions from here, whether it is given as an element or as a function of those properties.
 * @param {object} props
 * @param {string} props.label
 * @param {string} [props.hint] stands beside the name
 * @param {any} [props.help]
 * @param {string | null} [props.error]
 * @param {string} [props.count] "26 of 60"
 * @param {boolean} [props.required]
 * @param {any} [props.aside] what stands at the right of the name instead of the count
 * @param {any} props.children
 * @param {string} [props.class]
 */
export function Field({ label, hint, help, error, count, required = false, aside, children, class: extra = '' }) {
  const id = useId();
  const described = [hint && `${id}-hint`, count && `${id}-count`, (error || help) && `${id}-more`].filter(Boolean);
  const wiring = {
    id,
    'aria-describedby': described.join(' ') || null,
    'aria-invalid': error ? 'true' : null,
    required: required || null,
  };
  const control = Array.isArray(children) ? children.find((child) => child !== null && child !== false) : children;
  return html`<div class="field ${error ? 'field-wrong' : ''} ${extra}">
    <div class="field-head">
      <label for=${id}
        >${label}${
          required ? html`<span class="field-star" aria-hidden="true">*</span><span class="visually-hidden"> (needed)</span>` : null
        }</label
      >
      ${hint ? html`<span class="field-hint" id="${id}-hint">${hint}</span>` : null}
      ${
        aside || count
          ? html`<span class="field-aside">${aside}${count ? html`<span id="${id}-count">${count}</span>` : null}</span>`
          : null
      }
    </div>
    ${typeof control === 'function' ? control(wiring) : isValidElement(control) ? cloneElement(control, wiring) : control}
    ${
      error
        ? html`<p class="field-error" id="${id}-more"><${Icon} name="warning" /><span>${error}</span></p>`
        : help
          ? html`<p class="field-help" id="${id}-more">${help}</p>`
          : null
    }
  </div>`;
}
