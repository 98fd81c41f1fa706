// @ts-check
// The two halves of the way in: a drawing or the steps at the left, the form at the right.
import { html } from '../core/html.js';
import { Logo } from '../shell/logo.js';

/** @param {{left: any, children?: any}} props */
export function WayIn({ left, children }) {
  return html`<div class="way-in">
    <aside class="way-in-left" aria-label="About Galley">
      <p class="way-in-brand"><${Logo} /><span>Galley</span></p>
      <div class="way-in-middle">${left}</div>
    </aside>
    <main class="way-in-right"><div class="way-in-form">${children}</div></main>
  </div>`;
}
