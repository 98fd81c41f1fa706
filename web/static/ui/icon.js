// @ts-check
import { html } from '../core/html.js';

/**
 * A sign from the sprite. Decorative unless it has a label: the word stands beside it.
 * @param {{name: string, size?: number, label?: string, class?: string}} props
 */
export function Icon({ name, size = 16, label, class: extra = '' }) {
  return html`<svg
    class="icon ${extra}"
    width=${size}
    height=${size}
    aria-hidden=${label ? null : 'true'}
    role=${label ? 'img' : null}
    aria-label=${label}
    focusable="false"
  >
    <use href="#icon-${name}" />
  </svg>`;
}
