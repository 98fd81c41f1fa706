// @ts-check
// What the public reads, beside my draft, for the fields that differ.
import { sentence } from '../core/api.js';
import { html, useEffect, useSignal } from '../core/html.js';
import { Button } from '../ui/button.js';
import { Failed } from '../ui/empty.js';
import { Skeleton } from '../ui/skeleton.js';
import { differing } from './differing.js';
import { textOf } from './editor-state.js';
import { labelOf } from './words.js';

/** @param {{editor: import('./store.js').Editor, number: number}} props */
export function LiveBeside({ editor, number }) {
  const live = useSignal(/** @type {import('./types.js').Content|null} */ (null));
  const fault = useSignal(/** @type {any} */ (null));
  const load = () => {
    fault.value = null;
    editor.readVersion(number).then(
      (content) => {
        live.value = content;
      },
      (problem) => {
        fault.value = problem;
      },
    );
  };
  useEffect(load, [number]);
  if (fault.value) return html`<${Failed} onRetry=${load}>The live text didn't load. ${sentence(fault.value)}</${Failed}>`;
  const content = live.value;
  if (!content) return html`<${Skeleton} rows=${2} label="Loading the live text" />`;
  const parted = editor.list.value.filter((field) => field.text.value !== textOf(content, field.name));
  return html`<div class="live-beside" role="group" aria-label="Live text beside this draft">
    ${parted.length === 0 ? html`<p>Every field says the same as the live page.</p>` : null}
    ${parted.map(
      (field) => html`<${Parted} key=${field.name} label=${labelOf(editor, field.name)} lang=${content.language} mine=${field.text.value}
      live=${textOf(content, field.name)} number=${number} readonly=${editor.mode.value !== 'edit'} onTake=${() => editor.type(field.name, textOf(content, field.name))} />`,
    )}
  </div>`;
}

/** @param {{label: string, lang: string, mine: string, live: string, number: number, readonly: boolean, onTake: () => void}} props */
function Parted({ label, lang, mine, live, number, readonly, onTake }) {
  const cut = differing(mine, live);
  return html`<section>
    <h2>${label}</h2>
    <div class="both">
      <div class="both-side">
        <h3>This draft</h3>
        <p class="both-text" lang=${lang}>${cut.before}${cut.mine ? html`<mark class="both-mine">${cut.mine}</mark>` : null}${cut.after}</p>
      </div>
      <div class="both-side">
        <h3>Live v${number}</h3>
        <p class="both-text" lang=${lang}>${cut.before}${cut.theirs ? html`<mark class="both-theirs">${cut.theirs}</mark>` : null}${cut.after}</p>
        ${readonly ? null : html`<${Button} size="small" onClick=${onTake}>Take the live ${label.toLowerCase()}</${Button}>`}
      </div>
    </div>
  </section>`;
}
