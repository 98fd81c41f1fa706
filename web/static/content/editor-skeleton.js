// @ts-check
import { html, useEffect } from '../core/html.js';
import { title } from '../core/title.js';
import { crumbs } from '../shell/shell.js';
import { useLate } from '../ui/skeleton.js';
import { useMargin } from './margin.js';

/**
 * What this is, and the way here, while or because there is no text.
 * @param {string} heading @param {import('../shell/shell.js').Crumb[]} way
 */
export function useWhere(heading, way) {
  useEffect(() => {
    title.value = heading;
    crumbs.value = [...way, { label: '' }];
  }, [heading, way.at(-1)?.label]);
}

/** The editor's shapes at their true size, so that nothing moves when the text comes. @param {{way: import('../shell/shell.js').Crumb[], inProject: boolean}} props */
export function EditorSkeleton({ way, inProject }) {
  const late = useLate();
  const margin = useMargin() && inProject;
  useWhere('Loading the page', way);
  return html`<div class="editor editor-loading ${margin ? 'editor-with-margin' : ''} ${late ? 'skeleton-late' : ''}" role="status" aria-busy="true" aria-label="Loading the page">
    <div class="editor-top"><div class="editor-head"><h1 class="visually-hidden">Loading the page</h1><span class="bone bone-title"></span></div><div class="version-bar"><span class="bone bone-line"></span></div></div>
    <div class="editor-sheet">
      <div class="editor-form">
        ${['bone-input', 'bone-input', 'bone-input', 'bone-body'].map((bone, index) => html`<div key=${index} class="editor-field"><span class="bone bone-label"></span><span class="bone ${bone}"></span></div>`)}
      </div>
    </div>
    ${margin ? html`<div class="editor-margin"></div>` : null}
  </div>`;
}
