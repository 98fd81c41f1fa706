// @ts-check
import { html, signal } from './html.js';
import { isOurs, parse } from './routes.js';
import { title } from './title.js';

/** Where we are. */
export const route = signal(parse('/'));

const patience = 5_000;
/** @type {MutationObserver | null} */
let waitingForHeading = null;

/** @returns {HTMLElement | null} what scrolls */
function scroller() {
  return document.getElementById('main');
}

/**
 * @param {string} path
 * @param {{replace?: boolean}} [options]
 */
export function navigate(path, { replace = false } = {}) {
  const before = location.pathname + location.search;
  if (replace) history.replaceState({ scroll: 0 }, '', path);
  else {
    history.replaceState({ scroll: scroller()?.scrollTop ?? 0 }, '');
    history.pushState({ scroll: 0 }, '', path);
  }
  arrive(location.pathname + location.search !== before && !replace, 0);
}

/**
 * @param {boolean} elsewhere whether this is another screen, which begins at its heading
 * @param {number} scroll
 */
function arrive(elsewhere, scroll) {
  const was = route.peek();
  route.value = parse(location.pathname + location.search + location.hash);
  if (was.name !== route.peek().name) title.value = '';
  if (elsewhere) settle(scroll);
}

/**
 * Screens come by themselves and some only after their data: the heading gets the focus when it is
 * there, unless the person has gone on to something else meanwhile.
 * @param {number} scroll
 */
function settle(scroll) {
  waitingForHeading?.disconnect();
  const before = document.activeElement;
  const try_ = () => {
    const main = scroller();
    const heading = main?.querySelector('h1:not([aria-busy="true"] h1)');
    if (!main || !(heading instanceof HTMLElement)) return false;
    main.scrollTop = scroll;
    const idle = document.activeElement === before || document.activeElement === document.body;
    if (idle && !location.hash) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
    return main.scrollTop >= scroll - 1;
  };
  const observer = new MutationObserver(() => {
    if (try_()) observer.disconnect();
  });
  waitingForHeading = observer;
  // One frame later the old screen is gone; looking sooner would focus its heading.
  requestAnimationFrame(() => {
    if (try_()) return;
    observer.observe(document.body, { childList: true, subtree: true });
    setTimeout(() => observer.disconnect(), patience);
  });
}

/** Begins a screen that came without an address of its own, such as the one behind the sign-in page. */
export function focusHeading() {
  settle(0);
}

/** @param {MouseEvent} event */
function onClick(event) {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link?.href || link.target || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  if (!isOurs(url, location.origin)) return;
  // The skip link and its like jump within the page as the browser does it.
  if (link.getAttribute('href')?.startsWith('#')) return;
  event.preventDefault();
  navigate(url.pathname + url.search + url.hash);
}

/** Begins to follow the window's address. One listener serves all links, also those in comments. */
export function startRouter() {
  history.scrollRestoration = 'manual';
  route.value = parse(location.pathname + location.search + location.hash);
  document.addEventListener('click', onClick);
  addEventListener('popstate', (event) => arrive(true, event.state?.scroll ?? 0));
}

/**
 * A link to a screen. `current` marks the place one is at.
 * @param {{href: string, class?: string, current?: boolean | 'page' | 'true', children?: any, [rest: string]: any}} props
 */
export function Link({ href, current, children, ...rest }) {
  return html`<a href=${href} aria-current=${current ? (current === true ? 'page' : current) : null} ...${rest}
    >${children}</a
  >`;
}
