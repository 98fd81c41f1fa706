// @ts-check
import { html, useId } from '../core/html.js';
import { Icon } from './icon.js';

/**
 * One sentence of fact, one of consequence, at most two actions.
 * @param {object} props
 * @param {'info' | 'warning' | 'error' | 'good'} [props.kind]
 * @param {string} [props.icon]
 * @param {any} props.title the fact
 * @param {any} [props.children] the consequence
 * @param {any} [props.actions]
 * @param {boolean} [props.stops] it stops my work: read out at once
 */
export function Notice({ kind = 'info', icon, title, children, actions, stops = false }) {
  const id = useId();
  const sign = icon ?? (kind === 'info' ? 'info' : kind === 'good' ? 'state-ready' : 'warning');
  return html`<div class="notice notice-${kind}" role=${stops ? 'alert' : 'group'} aria-labelledby=${id}>
    <${Icon} name=${sign} />
    <div class="notice-text">
      <p class="notice-title" id=${id}>${title}</p>
      ${children ? html`<div class="notice-more">${children}</div>` : null}
    </div>
    ${actions ? html`<div class="notice-actions">${actions}</div>` : null}
  </div>`;
}
