// @ts-check
// Asks before the public sees it, then says what went out.
import { sentence } from '../core/api.js';
import { html } from '../core/html.js';
import { plural } from '../core/words.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Icon } from '../ui/icon.js';
import { notYet } from './preflight.js';
import { whyNotPublish } from './reasons.js';
import { RunReport, runWords, tally } from './run-report.js';

/** @typedef {import('./desk.js').Desk} Desk */

/** @param {{desk: Desk, onClose: () => void}} props */
export function PublishDialog({ desk, onClose }) {
  const run = desk.publishing.run.value;
  return run ? html`<${Report} desk=${desk} onClose=${onClose} />` : html`<${Question} desk=${desk} onClose=${onClose} />`;
}

/** @param {{desk: Desk, onClose: () => void}} props */
function Question({ desk, onClose }) {
  const { store, publishing, publishMode } = desk;
  const { ready, total } = store.preflight.value;
  const all = publishMode.value === 'all';
  const n = all ? total : ready;
  const stay = total - ready;
  const busy = publishing.busy.value;
  const fault = publishing.fault.value;
  // It may have become impossible while one reads the question.
  const off = all ? notYet(store.preflight.value) : whyNotPublish(store);
  const text = all
    ? 'They go out as one: if one of them can’t, none does.'
    : stay > 0
      ? `They go out as one. ${stay} ${stay === 1 ? 'stays' : 'stay'} in the project.`
      : 'They go out as one. Nothing stays behind.';
  return html`<${Dialog} title=${`Publish ${plural(n, 'item')} now?`} open onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose} autofocus>Not yet</${Button}><${Button} kind="primary" busy=${busy} reason=${off} onClick=${() => void publishing.publish(publishMode.value)}>Publish ${n}</${Button}>`}>
    <p>${text} The public sees them at once.</p>
    ${fault ? html`<p class="field-error" role="alert"><${Icon} name="warning" /><span>${sentence(fault, unsure(fault))}</span></p>` : null}
  </${Dialog}>`;
}

/** @param {any} fault */
const unsure = (fault) =>
  fault.code === 'offline' || fault.code === 'timeout' ? 'It may have gone out: trying again does not publish twice.' : 'Nothing went out.';

/** @param {{desk: Desk, onClose: () => void}} props */
function Report({ desk, onClose }) {
  const run = /** @type {import('./types.js').Run} */ (desk.publishing.run.value);
  const { out, stayed } = tally(run);
  return html`<${Dialog} title=${runWords(run)} open onClose=${onClose} class="run-dialog" actions=${html`<${Button} kind="primary" onClick=${onClose} autofocus>Close</${Button}>`}>
    <p>${out > 0 ? 'They are on the site now.' : 'The site is as it was.'}${stayed > 0 ? ' What stayed says why:' : ''}</p>
    <${RunReport} run=${run} />
  </${Dialog}>`;
}
