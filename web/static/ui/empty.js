// @ts-check
import { html } from '../core/html.js';
import { Icon } from './icon.js';

/**
 * Nothing here yet: what this is for, when it fills, one action.
 * @param {{icon?: string, title?: string, children?: any, action?: any}} props
 */
export function Empty({ icon, title, children, action }) {
  return html`<div class="empty">
    ${icon ? html`<${Icon} name=${icon} size=${24} />` : null}
    ${title ? html`<h2 class="empty-title">${title}</h2>` : null}
    <p class="empty-text">${children}</p>
    ${action ? html`<div class="empty-action">${action}</div>` : null}
  </div>`;
}

/**
 * Something did not load: what happened, and the way to try again.
 * @param {{children?: any, onRetry: () => void}} props
 */
export function Failed({ children, onRetry }) {
  return html`<div class="failed" role="alert">
    <${Icon} name="warning" />
    <div>
      <p>${children}</p>
      <button type="button" class="text-button" onClick=${onRetry}>Try again</button>
    </div>
  </div>`;
}
