// @ts-check
// The place above a list where, by hand, new things announce themselves. It has its height from the
// first paint, so that the counter's arrival moves nothing.
import { sentence } from '../core/api.js';
import { html, useSignal } from '../core/html.js';
import { useKeys } from '../core/keys.js';
import { liveState, refresh, refreshing } from '../core/live.js';
import { clock } from '../core/time.js';
import { plural } from '../core/words.js';
import { Button } from '../ui/button.js';

/** Nothing while changes come by themselves. */
export function RefreshBar() {
  return liveState.value.kind === 'manual' ? html`<${Bar} />` : null;
}

/** @param {Record<string, number>} by */
function kinds(by) {
  return Object.entries(by)
    .filter(([, n]) => n > 0)
    .map(([kind, n]) => plural(n, kind.replace(/s$/, '')))
    .join(', ');
}

function Bar() {
  const failure = useSignal('');
  const { count, countBy, checkedAt, freshAt } = liveState.value;
  const bring = () => {
    failure.value = '';
    refresh().catch((error) => {
      failure.value = sentence(error, 'What you see stays as it is.');
    });
  };
  useKeys({ r: { run: bring, label: 'Refresh' } }, 'Everywhere');
  const text = failure.value || (count > 0 ? `${plural(count, 'change')} since you looked` : `Nothing new, ${clock(checkedAt || freshAt)}`);
  return html`<div class="refresh-bar ${count > 0 ? 'refresh-bar-new' : ''}" role="region" aria-label="Refresh by hand">
    <p class="refresh-bar-text" role="status">${text}</p>
    ${count > 0 && !failure.value ? html`<p class="refresh-bar-kinds">${kinds(countBy)}</p>` : null}
    <p class="refresh-bar-from">${count > 0 ? `What you see is from ${clock(freshAt)}` : null}</p>
    <${Button} size="small" class="tap" icon="refresh" kbd="R" busy=${refreshing.value} onClick=${bring}>Refresh</${Button}>
  </div>`;
}
