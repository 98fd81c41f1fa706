// @ts-check
import { html } from '../core/html.js';

/** A galley proof: a column of lines in its tray. */
export function Logo() {
  return html`<svg class="logo" width="22" height="22" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path class="logo-tray" d="M4 3h13a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3H4" />
    <path class="logo-lines" d="M3.5 8h12M3.5 12h12M3.5 16h8" />
  </svg>`;
}
