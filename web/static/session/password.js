// @ts-check
import { html, useSignal } from '../core/html.js';

/**
 * A password field that can be read: managers, paste and "Show" are welcome.
 * @param {{value: string, onInput: (value: string) => void, fresh?: boolean, [rest: string]: any}} props fresh: one is being chosen
 */
export function Password({ value, onInput, fresh = false, ...wiring }) {
  const shown = useSignal(false);
  return html`<div class="input-with-action">
    <input
      ...${wiring}
      class="input input-large"
      name="password"
      type=${shown.value ? 'text' : 'password'}
      autocomplete=${fresh ? 'new-password' : 'current-password'}
      autocapitalize="none"
      spellcheck="false"
      maxlength="200"
      value=${value}
      onInput=${(/** @type {any} */ event) => onInput(event.currentTarget.value)}
    />
    <button
      type="button"
      class="text-button"
      aria-pressed=${shown.value ? 'true' : 'false'}
      aria-label="Show the password"
      onClick=${() => {
        shown.value = !shown.value;
      }}
    >
      ${shown.value ? 'Hide' : 'Show'}
    </button>
  </div>`;
}
