// @ts-check
// The bell in the top bar: how much is unread, and the way to it.
import { api } from '../core/api.js';
import { html, useEffect, useMemo, useRef, useState } from '../core/html.js';
import { useKeys } from '../core/keys.js';
import { follow, liveState } from '../core/live.js';
import { me } from '../core/session.js';
import { style } from '../core/styles.js';
import { unreadCount } from '../core/title.js';
import { plural } from '../core/words.js';
import { polite } from '../ui/announce.js';
import { Icon } from '../ui/icon.js';
import { Popover } from '../ui/popover.js';
import { Skeleton } from '../ui/skeleton.js';
import { makeNotifications } from './store.js';

const BUTTON = 'bell';
/** The badge has room for two digits. */
const MOST = 99;

/** The panel comes once there is time for it, or when it is opened. */
function usePanel() {
  const [panel, setPanel] = useState(/** @type {{Panel: any} | null} */ (null));
  const bring = () => {
    Promise.all([import('./panel.js'), style('/notifications/notifications.css')]).then(([module]) => setPanel(module), reportError);
  };
  useEffect(() => {
    const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 2_000));
    idle(bring);
  }, []);
  return { panel, bring };
}

export function Bell() {
  const { panel, bring } = usePanel();
  const store = useMemo(() => makeNotifications({ api, follow, unread: unreadCount }), []);
  const before = useRef(unreadCount.peek());
  const count = unreadCount.value;
  useEffect(() => store.start(me()?.position ?? null), []);
  useEffect(() => {
    if (count > before.current) polite(plural(count - before.current, 'new notification'));
    before.current = count;
  }, [count]);
  useKeys({ n: { label: 'Notifications', run: () => document.getElementById(BUTTON)?.click() } }, 'Everywhere');

  const opened = () => {
    bring();
    void store.choose('unread', liveState.value.kind !== 'live');
  };
  const closed = () => {
    store.frozen.value = false;
    store.showWaiting();
  };
  const face = html`<${Icon} name="bell" size=${18} />${count > 0 ? html`<span class="bell-count" aria-hidden="true">${count > MOST ? `${MOST}+` : count}</span>` : null}`;
  return html`<${Popover} buttonId=${BUTTON} button=${face} buttonClass="bell" buttonLabel=${`Notifications, ${count > 0 ? `${count} unread` : 'none unread'}`}
    label="Notifications" align="end" class="notifications" onOpen=${opened} onClose=${closed}>
    ${(/** @type {() => void} */ close) => (panel ? html`<${panel.Panel} store=${store} close=${close} />` : html`<${Skeleton} rows=${3} row="entry" label="Loading the notifications" />`)}
  </${Popover}>`;
}
