// @ts-check
import { html, useEffect } from '../core/html.js';
import { title } from '../core/title.js';
import { useLate } from '../ui/skeleton.js';

/** The editor's shapes at their true size, so that nothing moves when the text comes. */
export function EditorSkeleton() {
  const late = useLate();
  useEffect(() => {
    title.value = 'Loading the page';
  }, []);
  return html`<div class="editor editor-loading ${late ? 'skeleton-late' : ''}" role="status" aria-busy="true" aria-label="Loading the page">
    <div class="editor-top"><div class="editor-head"><h1 class="visually-hidden">Loading the page</h1><span class="bone bone-title"></span></div><div class="version-bar"><span class="bone bone-line"></span></div></div>
    <div class="editor-sheet">
      <div class="editor-form">
        ${['bone-input', 'bone-input', 'bone-input', 'bone-body'].map((bone, index) => html`<div key=${index} class="editor-field"><span class="bone bone-label"></span><span class="bone ${bone}"></span></div>`)}
      </div>
    </div>
  </div>`;
}
