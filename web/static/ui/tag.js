// @ts-check
import { html } from '../core/html.js';
import { Icon } from './icon.js';

/**
 * A small word about a thing. Tinted only for what needs somebody.
 * @param {{kind?: 'plain' | 'outline' | 'review' | 'changes', icon?: string, title?: string, children?: any}} props
 */
export function Tag({ kind = 'plain', icon, title, children }) {
  return html`<span class="tag tag-${kind}" title=${title}
    >${icon ? html`<${Icon} name=${icon} size=${14} />` : null}<span>${children}</span></span
  >`;
}
