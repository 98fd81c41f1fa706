// @ts-check
// How changes reach this page, in one word, with the details behind it.
import { html, signal, useEffect, useSignal } from '../core/html.js';
import { liveState, refresh, tryNow } from '../core/live.js';
import { clock } from '../core/time.js';
import { Icon } from '../ui/icon.js';
import { Popover } from '../ui/popover.js';

const grace = 2_000;

/** @typedef {import('../core/live.js').LiveState['kind']} Kind */

/** @type {Record<string, string>} */
const words = {
  live: 'Live',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
  manual: 'Refresh by hand',
};

/**
 * A short gap is nobody's concern: only after two seconds does the chip say so.
 * @returns {Kind}
 */
function useShownKind() {
  const { kind, since } = liveState.value;
  const shown = useSignal(/** @type {Kind} */ (kind));
  const brief = kind === 'reconnecting' || kind === 'starting';
  useEffect(() => {
    if (!brief) {
      shown.value = kind;
      return;
    }
    const timer = setTimeout(
      () => {
        shown.value = 'reconnecting';
      },
      Math.max(0, since + grace - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [kind, since]);
  return shown.value;
}

export function Chip() {
  const kind = useShownKind();
  // Until the first answer there is nothing to say; its place at the right is kept by the bell.
  if (kind === 'starting') return null;
  const mark = html`<${Mark} kind=${kind} /><span>${words[kind]}</span>`;
  return html`<${Popover}
    button=${mark}
    buttonClass="chip chip-${kind} tap"
    buttonLabel=${`Connection: ${words[kind]}`}
    label="How changes reach you"
    align="end"
    class="chip-details"
  >${(/** @type {() => void} */ close) => html`<${Details} kind=${kind} close=${close} />`}</${Popover}>`;
}

/** @param {{kind: Kind}} props */
function Mark({ kind }) {
  if (kind === 'offline') return html`<${Icon} name="offline" size=${14} />`;
  if (kind === 'manual') return html`<${Icon} name="refresh" size=${14} />`;
  return html`<span class="chip-mark chip-mark-${kind}" aria-hidden="true"></span>`;
}

const failure = signal('');

/** @param {{kind: Kind, close: () => void}} props */
function Details({ kind, close }) {
  const state = liveState.value;
  const bring = () => {
    failure.value = '';
    refresh().then(close, (error) => {
      failure.value = error.message;
    });
  };
  return html`<div class="chip-details-head">
      <${Mark} kind=${kind} /><strong>${words[kind]}</strong>
      <span>since ${clock(kind === 'manual' ? state.freshAt || state.since : state.since)}</span>
    </div>
    <p>${explain(kind, state.reason)}</p>
    ${failure.value && kind === 'manual' ? html`<p class="chip-details-failure">${failure.value}</p>` : null}
    <div class="chip-details-foot">
      ${
        kind === 'reconnecting' || kind === 'offline'
          ? html`<button type="button" class="text-button" onClick=${tryNow}>Try now</button>`
          : null
      }
      ${
        kind === 'manual'
          ? html`<button type="button" class="text-button" onClick=${bring}>Refresh</button>
            <button type="button" class="text-button" onClick=${tryNow}>Try live updates again</button>`
          : null
      }
      <code title="Position">${state.position}</code>
    </div>`;
}

/** @param {Kind} kind @param {string} reason */
function explain(kind, reason) {
  if (kind === 'live') return 'Changes arrive at once, by WebSocket.';
  if (kind === 'reconnecting') return 'You can keep working; nothing is lost.';
  if (kind === 'offline') return 'This browser has no line to the server. What you see stays; what you write is kept here.';
  return `${reason || 'An admin switched live updates off.'} New things show when you refresh.`;
}
