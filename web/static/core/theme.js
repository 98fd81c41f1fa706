// @ts-check
import { signal } from './html.js';

// theme.js at the root reads the same key before the first paint.
const key = 'galley.theme';

/** @typedef {'system' | 'light' | 'dark'} Theme */

/** What the person chose. */
export const theme = signal(/** @type {Theme} */ ('system'));

/** Reads the choice that was kept. */
export function loadTheme() {
  const kept = localStorage.getItem(key);
  theme.value = kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** @param {Theme} choice */
export function setTheme(choice) {
  theme.value = choice;
  if (choice === 'system') {
    localStorage.removeItem(key);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(key, choice);
    document.documentElement.dataset.theme = choice;
  }
}
