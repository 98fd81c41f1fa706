// @ts-check
import { html, signal } from '../core/html.js';
import { lettersOn, registered } from '../core/keys.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';

/** Whether the list of keys is shown. */
export const keysOpen = signal(false);

/** @type {Record<string, string>} */
const words = {
  ctrl: 'Ctrl',
  alt: 'Alt',
  shift: 'Shift',
  enter: 'Enter',
  escape: 'Esc',
  arrowup: '↑',
  arrowdown: '↓',
  delete: 'Del',
  f6: 'F6',
};

/** @param {string} name */
function keyWords(name) {
  const parts = name === '+' ? ['+'] : name.split(/[+ ]/);
  return parts.map((part) => words[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}

/** Every key that does something here, by place. */
export function KeysDialog() {
  if (!keysOpen.value) return null;
  const close = () => (keysOpen.value = false);
  const groups = new Map();
  // What works here comes before what works everywhere.
  const layers = [...registered.value].sort((a, b) => Number(a.place === 'Everywhere') - Number(b.place === 'Everywhere'));
  for (const { keys, place } of layers) {
    const rows = Object.entries(keys).filter(([, shortcut]) => shortcut.label);
    if (rows.length > 0) groups.set(place, [...(groups.get(place) ?? []), ...rows]);
  }
  const close_ = html`<${Button} kind="primary" onClick=${close} autofocus>Close</${Button}>`;
  return html`<${Dialog} title="Keys" open onClose=${close} actions=${close_} class="keys-dialog">
    ${lettersOn.value ? null : html`<p>Single letters are switched off in your account.</p>`}
    ${[...groups].map(
      ([place, rows]) => html`<section key=${place}>
        <h3>${place}</h3>
        <dl>
          ${rows.map(
            (/** @type {[string, {label: string}]} */ [name, shortcut]) =>
              html`<div key=${name}>
                <dt>${keyWords(name).map((part) => html`<kbd key=${part}>${part}</kbd> `)}</dt>
                <dd>${shortcut.label}</dd>
              </div>`,
          )}
        </dl>
      </section>`,
    )}
  </${Dialog}>`;
}
