// @ts-check
// Which version this is, what it came from, and whether my words are safe.
import { html, useEffect } from '../core/html.js';
import { me } from '../core/session.js';
import { assertive } from '../ui/announce.js';
import { Icon } from '../ui/icon.js';
import { STATES } from '../ui/state.js';
import { baseWords, languageName, liveAddress, savedWords } from './words.js';

/** @param {{editor: import('./store.js').Editor}} props */
export function VersionBar({ editor }) {
  const content = editor.content.value;
  if (!content) return null;
  const { version, live, language } = content;
  const state = STATES[/** @type {keyof typeof STATES} */ (version.state)]?.label ?? version.state;
  return html`<div class="version-bar" role="group" aria-label="Version">
    <span class="version-language">${languageName(language)}</span>
    <span class="version-number"><strong>${state} v${version.number}</strong> <span class="version-base">${baseWords(content)}</span></span>
    <${Saved} editor=${editor} />
    ${live ? html`<a class="version-live tap" href=${liveAddress(content)} target="_blank" rel="noopener"><${Icon} name="external" />See it live</a>` : null}
  </div>`;
}

/** @param {{editor: import('./store.js').Editor}} props */
export function Saved({ editor }) {
  const { kind, text, retry } = savedWords(editor, me()?.id ?? 0);
  useEffect(() => {
    if (kind === 'not') assertive(text);
  }, [kind === 'not' ? text : '']);
  return html`<span class="saved saved-${kind}" data-saved=${kind}>
    ${kind === 'saved' ? html`<${Icon} name="check" />` : kind === 'not' ? html`<${Icon} name="warning" />` : null}
    <span>${text}</span>
    ${retry ? html`<button type="button" class="text-button" onClick=${() => void editor.flush()}>Try now</button>` : null}
  </span>`;
}
