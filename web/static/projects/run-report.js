// @ts-check
// What a publish run did, item by item.
import { html } from '../core/html.js';
import { Link } from '../core/router.js';
import { Icon } from '../ui/icon.js';

/** @typedef {import('./types.js').Run} Run */

/** @param {Run} run */
export function tally(run) {
  const out = run.items.filter((item) => item.result !== 'skipped').length;
  return { out, stayed: run.items.length - out };
}

/** "15 items went out, 2 stayed" @param {Run} run */
export function runWords(run) {
  const { out, stayed } = tally(run);
  if (run.state === 'failed' || out === 0) return 'Nothing went out';
  return `${out} ${out === 1 ? 'item' : 'items'} went out${stayed > 0 ? `, ${stayed} stayed` : ''}`;
}

/** @type {Record<string, {icon: string, look: string, word: string}>} */
const RESULTS = {
  published: { icon: 'state-published', look: 'state-published', word: 'Published' },
  unpublished: { icon: 'ban', look: 'state-previously_published', word: 'Taken off the site' },
  skipped: { icon: 'warning', look: 'run-skipped', word: 'Stayed' },
};

/** What stayed comes first: that is what one has to look at. @param {{run: Run}} props */
export function RunReport({ run }) {
  const items = [...run.items].sort((a, b) => Number(b.result === 'skipped') - Number(a.result === 'skipped'));
  return html`<ul class="run-items">
    ${items.map((item) => {
      const { icon, look, word } = RESULTS[item.result] ?? RESULTS.skipped;
      return html`<li key=${item.item_id} class="run-item">
        <span class="state ${look}"><${Icon} name=${icon} /></span>
        <span class="run-title"><${Link} href="/projects/${run.project_id}/items/${item.item_id}" lang=${item.language === 'en' ? null : item.language}>${item.title || 'Page without a title'}</${Link}> <span class="lang-code">${item.language}</span></span>
        <span class="run-why">${item.reason || word}</span>
      </li>`;
    })}
  </ul>`;
}
