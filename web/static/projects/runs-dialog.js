// @ts-check
// What went out of this project, newest first.
import { sentence } from '../core/api.js';
import { html, useEffect } from '../core/html.js';
import { exact, Time } from '../core/time.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Empty, Failed } from '../ui/empty.js';
import { Skeleton } from '../ui/skeleton.js';
import { RunReport, runWords } from './run-report.js';

/** @param {{desk: import('./desk.js').Desk, onClose: () => void}} props */
export function RunsDialog({ desk, onClose }) {
  const { publishing, store } = desk;
  const { runs, next, runsFault } = publishing;
  const last = store.lastRun.value?.id;
  useEffect(() => {
    void publishing.loadRuns();
  }, [last]);
  const body = runsFault.value
    ? html`<${Failed} onRetry=${() => void publishing.loadRuns()}>The runs didn't load. ${sentence(runsFault.value)}</${Failed}>`
    : runs.value === null
      ? html`<${Skeleton} rows=${3} label="Loading the runs" />`
      : runs.value.length === 0
        ? html`<${Empty} icon="publish" title="Nothing went out yet">Each time this project is published, a run comes here: what went out, what stayed, and why.</${Empty}>`
        : html`<ul class="runs">${runs.value.map(
            (run, index) => html`<li key=${run.id}>
            <details open=${index === 0}>
              <summary><strong>${runWords(run)}</strong><span class="run-by">${run.by.name} · <${Time} at=${run.started_at} /></span></summary>
              <p class="run-exact">${exact(run.started_at)}, ${run.mode === 'all' ? 'all or nothing' : 'what was ready'}</p>
              <${RunReport} run=${run} />
            </details>
          </li>`,
          )}</ul>`;
  return html`<${Dialog} title="Publish runs" open onClose=${onClose} class="run-dialog"
    actions=${html`${next.value ? html`<${Button} onClick=${() => void publishing.loadRuns(next.value)}>Show more</${Button}>` : null}<${Button} kind="primary" onClick=${onClose} autofocus>Close</${Button}>`}>${body}</${Dialog}>`;
}
