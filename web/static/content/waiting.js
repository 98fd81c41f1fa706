// @ts-check
// What somebody else wrote into a field that I am in: it waits under the field until I decide.
import { html, useEffect, useSignal } from '../core/html.js';
import { clock } from '../core/time.js';
import { firstName } from '../core/words.js';
import { Avatar } from '../ui/avatar.js';
import { Button } from '../ui/button.js';
import { toast } from '../ui/toast.js';
import { differing } from './differing.js';

/** A press on a button leaves the caret where it is; text can still be selected. @param {MouseEvent} event */
function keepCaret(event) {
  if (event.target instanceof Element && event.target.closest('button')) event.preventDefault();
}

/** Whether the focus goes from a field to what waits under it. @param {FocusEvent} event */
export function toWaiting({ target, relatedTarget }) {
  const within = relatedTarget instanceof Element ? relatedTarget.closest('[data-waiting]')?.closest('[data-field]') : null;
  return Boolean(within) && target instanceof Element && target.closest('[data-field]') === within;
}

/** Back to the field that the decision was about, since its buttons are gone. @param {string} name */
function toField(name) {
  const control = document.querySelector(`[data-field="${name}"] :is(input, textarea)`);
  if (control instanceof HTMLElement) control.focus({ preventScroll: true });
}

/**
 * @param {{editor: import('./store.js').Editor, field: import('./field-state.js').FieldState, label: string, lang: string}} props
 */
export function Waiting({ editor, field, label, lang }) {
  const open = useSignal(false);
  const theirs = field.theirs.value;
  const stale = Boolean(editor.stale.value);
  useEffect(() => {
    // A save met this text: both stand side by side without another press.
    if (stale && field.contested.value) open.value = true;
  }, [stale]);
  if (!theirs) return null;

  const name = firstName(theirs.by) || 'Somebody';
  const whose = theirs.by ? `${name}’s` : 'The saved';
  const contested = field.contested.value;
  const keep = () => {
    editor.keepMine(field.name);
    toField(field.name);
  };
  const take = () => {
    const undo = editor.takeTheirs(field.name);
    toField(field.name);
    if (contested) toast({ text: `${whose} text is in ${label} now`, action: { label: 'Undo', run: undo } });
  };

  // Looking at what waits is not leaving the field: else it would come in before one has seen it.
  const left = (/** @type {FocusEvent} */ event) => {
    const place = /** @type {Element} */ (event.currentTarget).closest('[data-field]');
    if (!(event.relatedTarget instanceof Node && place?.contains(event.relatedTarget))) editor.leave(field.name);
  };

  return html`<div class="waiting ${contested ? 'waiting-contested' : ''}" role="group" aria-label="${name} changed ${label} too" data-waiting=${field.name}
    onMouseDown=${keepCaret} onFocusOut=${left}>
    <p class="waiting-line">
      ${theirs.by ? html`<${Avatar} person=${theirs.by} size=${20} silent />` : null}
      <span>${name} changed this${theirs.at ? ` at ${clock(theirs.at)}` : ''}${contested ? '. Your text is kept' : ''}</span>
      <button type="button" class="text-button" aria-expanded=${open.value ? 'true' : 'false'} onClick=${() => {
        open.value = !open.value;
      }}>${open.value ? 'Hide' : 'See'}</button>
      ${open.value ? null : html`<button type="button" class="text-button" onClick=${take}>Take theirs</button>`}
      ${open.value || !contested ? null : html`<button type="button" class="text-button" onClick=${keep}>Keep mine</button>`}
    </p>
    ${open.value ? html`<${Both} mine=${field.text.value} theirs=${theirs.value} whose=${whose} lang=${lang} contested=${contested} onKeep=${keep} onTake=${take} />` : null}
  </div>`;
}

/** @param {{mine: string, theirs: string, whose: string, lang: string, contested: boolean, onKeep: () => void, onTake: () => void}} props */
function Both({ mine, theirs, whose, lang, contested, onKeep, onTake }) {
  const cut = differing(mine, theirs);
  return html`<div class="both">
    <div class="both-side">
      <h2>Your text</h2>
      <p class="both-text" lang=${lang}>${cut.before}${cut.mine ? html`<mark class="both-mine">${cut.mine}</mark>` : null}${cut.after}</p>
      ${contested ? html`<${Button} size="small" onClick=${onKeep}>Keep mine</${Button}>` : null}
    </div>
    <div class="both-side">
      <h2>${whose} text</h2>
      <p class="both-text" lang=${lang}>${cut.before}${cut.theirs ? html`<mark class="both-theirs">${cut.theirs}</mark>` : null}${cut.after}</p>
      <${Button} size="small" onClick=${onTake}>Take theirs</${Button}>
    </div>
  </div>`;
}
