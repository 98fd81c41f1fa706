// @ts-check
// What can go out, and what stands in the way. Every number leads to its rows.
import { html, useLayoutEffect, useRef } from '../core/html.js';
import { Icon } from '../ui/icon.js';
import { OBSTACLES } from './preflight.js';

/** @typedef {import('./overview-store.js').Overview} Overview */

/** @type {Record<import('./preflight.js').Obstacle, {icon: string, look: string, word: (n: number) => string}>} */
const SIGNS = {
  conflict: { icon: 'warning', look: 'changes', word: (n) => (n === 1 ? 'conflict' : 'conflicts') },
  missing: { icon: 'warning', look: 'review', word: (n) => (n === 1 ? 'missing field' : 'missing fields') },
  not_ready: { icon: 'state-draft', look: 'draft', word: () => 'not ready yet' },
};
/** From what is out to what is far from it. @type {[string, string[]][]} */
const PARTS = [
  ['published', ['published', 'previously_published']],
  ['ready', ['ready', 'scheduled']],
  ['review', ['in_review']],
  ['changes', ['rejected']],
  ['draft', ['draft']],
];

/** @param {{store: Overview}} props */
export function PreflightStrip({ store }) {
  const sum = store.preflight.value;
  const filter = store.filter.value;
  const everything = store.present.value.length;
  /** @param {import('./overview-store.js').Filter} kind */
  const toggle = (kind) => store.choose(filter === kind ? 'all' : kind);
  if (everything === 0) return html`<div class="strip"><span class="strip-empty">Nothing is in this project yet</span></div>`;
  return html`<div class="strip" role="group" aria-label="What can go out">
    <button type="button" class="strip-sum tap" aria-pressed=${filter === 'can_go' ? 'true' : 'false'} onClick=${() => toggle('can_go')}>
      ${sum.total === 0 ? 'Everything is out' : html`<span class="strip-number">${sum.ready}</span> of <span class="strip-number">${sum.total}</span> can go out`}
    </button>
    <${Proportion} counts=${store.counts.value} />
    <span class="strip-obstacles">
      ${OBSTACLES.filter((kind) => sum.by[kind] > 0).map((kind) => {
        const { icon, look, word } = SIGNS[kind];
        return html`<button key=${kind} type="button" class="strip-obstacle strip-${look} tap" aria-pressed=${filter === kind ? 'true' : 'false'} onClick=${() => toggle(kind)}>
          <${Icon} name=${icon} /><span class="strip-count">${sum.by[kind]}</span><span class="strip-word"> ${word(sum.by[kind])}</span>
        </button>`;
      })}
    </span>
  </div>`;
}

/** The same numbers as a line; they stand beside it, so nobody has to read it. @param {{counts: Record<string, number>}} props */
function Proportion({ counts }) {
  return html`<span class="proportion" aria-hidden="true">
    ${PARTS.map(([look, states]) => html`<${Part} key=${look} look=${look} n=${states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)} />`)}
  </span>`;
}

/** @param {{look: string, n: number}} props */
function Part({ look, n }) {
  const part = useRef(/** @type {HTMLElement|null} */ (null));
  useLayoutEffect(() => {
    part.current?.style.setProperty('flex-grow', String(n));
  }, [n]);
  return n > 0 ? html`<span ref=${part} class="proportion-part proportion-${look}"></span>` : null;
}
