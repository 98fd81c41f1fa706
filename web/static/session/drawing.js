// @ts-check
// What Galley does, as a fixed drawing. Never real content: nobody is signed in here.
import { html } from '../core/html.js';
import { Pile } from '../ui/avatar.js';
import { Icon } from '../ui/icon.js';
import { ItemState } from '../ui/state.js';

const rows = [
  { title: 'Coast Pass: every train, every ferry, one price', state: 'ready' },
  { title: 'Coast Pass goes on sale on 24 March', state: 'ready' },
  { title: 'Prices from 24 March', state: 'ready', lit: true },
  { title: 'Home: spring banner', state: 'draft' },
];

const people = [
  { id: 0, name: 'Anna Vale' },
  { id: 3, name: 'Jonas Ekholt' },
  { id: 2, name: 'Priya Nandi' },
];

export function Drawing() {
  return html`<div class="drawing" aria-hidden="true">
      ${rows.map(
        ({ title, state, lit }) =>
          html`<div key=${title} class="drawing-row ${lit ? 'drawing-row-lit' : ''}">
            <${Icon} name="page" /><span>${title}</span><${ItemState} state=${state} />
          </div>`,
      )}
      <div class="drawing-foot"><${Pile} people=${people} /><${Icon} name="publish" /><span>3 ready, out as one</span></div>
    </div>
    <p class="way-in-claim">Change many things. Publish them as one.</p>`;
}
