// @ts-check
import { effect, signal } from './html.js';

/** The heading of the screen that is shown. */
export const title = signal('');

/** Unread notifications; the bell keeps it. */
export const unreadCount = signal(0);

/**
 * @param {string} heading
 * @param {number} unread
 */
export function titleText(heading, unread) {
  return (unread > 0 ? `(${unread}) ` : '') + (heading ? `${heading} · Galley` : 'Galley');
}

/** Keeps the window's title in step with both. */
export function startTitle() {
  return effect(() => {
    document.title = titleText(title.value, unreadCount.value);
  });
}
