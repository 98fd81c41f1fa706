// @ts-check
import { html, useEffect, useMemo } from '../core/html.js';
import { liveState } from '../core/live.js';
import { me } from '../core/session.js';
import { exact, now, relative } from '../core/time.js';
import { RefreshBar } from '../shell/refresh-bar.js';
import { Failed } from '../ui/empty.js';
import { Icon } from '../ui/icon.js';
import { Skeleton } from '../ui/skeleton.js';
import { Switch } from '../ui/switch.js';
import { makeSettings } from './store.js';

/** How changes reach people: the switch, and what happens without it. */
export function LiveUpdates() {
  const store = useMemo(makeSettings, []);
  useEffect(() => {
    store.load();
    return store.leave;
  }, []);
  const byHand = liveState.value.kind === 'manual';
  useEffect(() => {
    if (byHand) void store.lookAgain();
  }, [byHand]);
  if (store.failure.value) return html`<${Failed} onRetry=${store.load}>${store.failure}</${Failed}>`;
  const settings = store.settings.value;
  if (!settings) return html`<div class="card"><${Skeleton} rows=${3} row="project" /></div>`;
  const pinned = settings.pinned?.websockets_enabled ?? null;
  return html`<${RefreshBar} />
    <section class="card setting-card" aria-labelledby="websockets">
      <div class="setting">
        <${Switch}
          on=${settings.websockets_enabled}
          labelledBy="websockets"
          describedBy=${pinned ? 'websockets-more websockets-pinned' : 'websockets-more'}
          busy=${store.saving.value}
          reason=${pinned}
          reasonBeside
          onChange=${store.setWebsockets}
        />
        <div>
          <h2 id="websockets">WebSockets</h2>
          <p class="setting-more" id="websockets-more">${since(settings, pinned)} ${consequence(settings.websockets_enabled, pinned)}</p>
          ${
            pinned
              ? html`<p class="setting-pinned" id="websockets-pinned"><${Icon} name="lock" size=${14} />Set by ${pinned}. Change it there and start Galley again.</p>`
              : null
          }
          ${
            store.refusal.value
              ? html`<p class="field-error" role="alert"><${Icon} name="warning" /><span>${store.refusal}</span></p>`
              : null
          }
        </div>
      </div>
      <div class="setting-rest">
        <h3>When a browser can't open a socket, or sockets are off</h3>
        <p class="setting-name">Refresh by hand</p>
        <p class="setting-more">No connection at all. People see “7 changes since you looked” and bring them with one press.</p>
      </div>
    </section>`;
}

/** @param {boolean} on @param {string | null} pinned */
function consequence(on, pinned) {
  if (on) return 'The fastest way for changes to reach people.';
  const back = pinned ? '' : ' Switch it on and open browsers come back within a minute.';
  return `Nothing is lost: people refresh by hand.${back}`;
}

/** @param {import('./store.js').Settings} settings @param {string | null} pinned */
function since({ websockets_enabled, changed_at, changed_by }, pinned) {
  const word = websockets_enabled ? 'On' : 'Off';
  // Whoever moved the switch last did not bring this about.
  if (pinned) return `${word}.`;
  if (!changed_at) return `${word} since the beginning.`;
  const self = me();
  const by = changed_by ? `, by ${changed_by.id === self?.id ? 'you' : changed_by.name}` : '';
  const ago = relative(changed_at, now.value);
  const when = ago === 'now' ? 'since just now' : /min|h$/.test(ago) ? `for ${ago}` : `since ${ago}`;
  return html`<span title=${exact(changed_at)}>${word} ${when}${by}.</span>`;
}
