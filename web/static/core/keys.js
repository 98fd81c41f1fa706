// @ts-check
// Keyboard shortcuts. A screen says which keys it knows while it is shown; the latest one wins.
import { signal, useEffect, useRef } from './html.js';

/** @typedef {{run: (event: KeyboardEvent) => void, label?: string, inFields?: boolean}} Shortcut */
/** @typedef {Record<string, Shortcut | ((event: KeyboardEvent) => void)>} Shortcuts */

const kept = 'galley.letters';
const pause = 1_200;

/** Whether single letters work as shortcuts; a choice of the person. */
export const lettersOn = signal(true);

/** What is registered now, the newest first; the `?` dialog shows it. */
export const registered = signal(/** @type {{keys: Record<string, Shortcut>, place: string}[]} */ ([]));

let first = '';
let firstAt = 0;

/**
 * The name of a key press: "shift+p", "ctrl+s", "?", "enter". The command key counts as ctrl.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} event
 */
export function nameOf(event) {
  const key = event.key === ' ' ? 'space' : event.key.toLowerCase();
  const letter = key.length > 1 || /[a-z0-9]/.test(key);
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('ctrl');
  if (event.altKey) parts.push('alt');
  // For signs such as "?" shift is part of how they are typed, not of their name.
  if (event.shiftKey && letter) parts.push('shift');
  return [...parts, key].join('+');
}

/** @param {EventTarget | null} target */
function inField(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && /^(checkbox|radio|button|submit)$/.test(target.type))
  );
}

/**
 * Finds what a press means, given what was pressed just before.
 * @param {string} name
 * @param {{keys: Record<string, Shortcut>}[]} layers
 * @param {string} before
 * @returns {{shortcut: Shortcut | null, begins: boolean}} begins: it is the first of two, such as "g p"
 */
export function find(name, layers, before) {
  for (const wanted of before ? [`${before} ${name}`, name] : [name]) {
    for (const { keys } of layers) if (keys[wanted]) return { shortcut: keys[wanted], begins: false };
  }
  const begins = layers.some(({ keys }) => Object.keys(keys).some((key) => key.startsWith(`${name} `)));
  return { shortcut: null, begins };
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.getModifierState('AltGraph')) return;
  if (/^(Shift|Control|Alt|Meta|AltGraph)$/.test(event.key)) return;
  // An open dialog is a world of its own, and so is a panel that Esc closes.
  if (document.querySelector('dialog[open], [popover="auto"]:popover-open')) return;
  const name = nameOf(event);
  const typing = inField(event.target);
  const withModifier = /^(ctrl|alt)\+/.test(name);
  if (!withModifier && name !== 'escape') {
    if (typing) return;
    if (!lettersOn.value && /^(shift\+)?[^+]$/.test(name) && name !== '?') return;
  }
  // Enter and space belong to the button or link that has the focus.
  if (/^(enter|space)$/.test(name) && event.target instanceof Element && event.target.closest('a, button, summary')) return;
  const before = event.timeStamp - firstAt < pause ? first : '';
  const { shortcut, begins } = find(name, registered.value, before);
  first = begins ? name : '';
  firstAt = event.timeStamp;
  if (!shortcut || (typing && shortcut.inFields === false)) return;
  event.preventDefault();
  shortcut.run(event);
}

/** Begins to listen and reads the person's choice. */
export function startKeys() {
  lettersOn.value = localStorage.getItem(kept) !== 'off';
  document.addEventListener('keydown', onKey);
}

/** @param {boolean} on */
export function setLetters(on) {
  lettersOn.value = on;
  if (on) localStorage.removeItem(kept);
  else localStorage.setItem(kept, 'off');
}

/**
 * Knows these keys while the component is shown: useKeys({'shift+p': {run, label: 'Publish'}, j: next}, 'Project').
 * Only those with a label are listed in the `?` dialog.
 * @param {Shortcuts} shortcuts
 * @param {string} [place] the heading in the dialog
 */
export function useKeys(shortcuts, place = 'Here') {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const keys = Object.fromEntries(
      Object.entries(latest.current).map(([name, given]) => {
        const shape = typeof given === 'function' ? {} : given;
        /** @param {KeyboardEvent} event */
        const run = (event) => {
          const now = latest.current[name];
          if (typeof now === 'function') now(event);
          else now?.run(event);
        };
        return [name, { ...shape, run }];
      }),
    );
    const layer = { keys, place };
    registered.value = [layer, ...registered.value];
    return () => {
      registered.value = registered.value.filter((other) => other !== layer);
    };
  }, [Object.keys(shortcuts).join(' ')]);
}
