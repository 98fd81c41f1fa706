// @ts-check
// The one place where text from the server becomes elements. The server made it from Markdown and
// sanitised it; the policy's name stands in the Content Security Policy, so nothing else can do this.
import { html, useLayoutEffect, useRef } from '../core/html.js';

/** @type {{createHTML: (text: string) => any} | null} */
let policy = null;

/** @param {string} text */
function trusted(text) {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  policy ??= types ? types.createPolicy('galley-html', { createHTML: (/** @type {string} */ t) => t }) : null;
  return policy ? policy.createHTML(text) : text;
}

/** What scrolls by itself is reached by keyboard as well. @param {ResizeObserverEntry[]} sized */
function reachable(sized) {
  for (const { target } of sized) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute('tabindex', '0');
    else target.removeAttribute('tabindex');
  }
}

/** @param {{html: string, class?: string, lang?: string}} props */
export function RichText({ html: markup, class: extra = '', lang }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    const template = document.createElement('template');
    template.innerHTML = trusted(markup);
    place.current?.replaceChildren(template.content);
    const blocks = place.current?.querySelectorAll('pre') ?? [];
    if (blocks.length === 0) return;
    const observer = new ResizeObserver(reachable);
    for (const block of blocks) observer.observe(block);
    return () => observer.disconnect();
  }, [markup]);
  return html`<div ref=${place} class="rich-text ${extra}" lang=${lang}></div>`;
}
