// @ts-check
// The frame around every screen: navigation, top bar, and the places that belong to no screen.
import { html, signal, useEffect, useState } from '../core/html.js';
import { useKeys } from '../core/keys.js';
import { Link, navigate, route } from '../core/router.js';
import { me } from '../core/session.js';
import { Announcer } from '../ui/announce.js';
import { Icon } from '../ui/icon.js';
import { Toasts } from '../ui/toast.js';
import { ActiveProject } from './active-project.js';
import { Chip } from './chip.js';
import { KeysDialog, keysOpen } from './keys-dialog.js';
import { Logo } from './logo.js';
import { MyMenu } from './my-menu.js';
import { nextRegion } from './regions.js';

/** @typedef {{label: string, href?: string}} Crumb */

/** The way to the screen that is shown; screens set it. The last part is where one is. */
export const crumbs = signal(/** @type {Crumb[]} */ ([]));

/** @type {{href: string, label: string, icon: string, routes: string[]}[]} */
const places = [
  { href: '/projects', label: 'Projects', icon: 'projects', routes: ['projects', 'project', 'item'] },
  { href: '/content', label: 'Content', icon: 'content', routes: ['content', 'content-item'] },
];

/** @param {{children?: any}} props */
export function Shell({ children }) {
  useKeys(
    {
      'g p': { run: () => navigate('/projects'), label: 'Projects' },
      'g t': { run: () => navigate('/content'), label: 'Content' },
      'g s': { run: () => navigate('/settings'), label: 'Settings' },
      '?': { run: () => (keysOpen.value = true), label: 'These keys' },
      f6: { run: nextRegion, label: 'Next region' },
    },
    'Everywhere',
  );
  return html`<div class="shell">
    <a class="skip-link" href="#main">Skip to the content</a>
    <${Navigation} />
    <${TopBar} />
    <main id="main" class="shell-main" tabindex="-1">${children}</main>
    <${Tabs} />
    <${Toasts} />
    <${Announcer} />
    <${KeysDialog} />
  </div>`;
}

/** @param {{at: string[]}} props */
const isHere = ({ at }) => at.includes(route.value.name);

function Navigation() {
  const self = me();
  return html`<nav class="nav" aria-label="Main">
    <a class="nav-brand" href="/projects" aria-label="Galley, to the projects"><${Logo} /><span>Galley</span></a>
    ${self && self.role !== 'reviewer' ? html`<${ActiveProject} />` : null}
    <ul class="nav-list">
      ${places.map((place) => html`<li key=${place.href}><${NavLink} ...${place} /></li>`)}
    </ul>
    <ul class="nav-list nav-foot">
      <li><${NavLink} href="/settings" label="Settings" icon="settings" routes=${['settings', 'account']} /></li>
      <li><${MyMenu} /></li>
    </ul>
  </nav>`;
}

/** @param {{href: string, label: string, icon: string, routes: string[]}} props */
function NavLink({ href, label, icon, routes }) {
  return html`<${Link} href=${href} class="nav-link" current=${isHere({ at: routes })} title=${label}>
    <${Icon} name=${icon} /><span class="nav-word">${label}</span>
  </${Link}>`;
}

function TopBar() {
  const parts = crumbs.value;
  const back = parts.length > 1 ? parts[parts.length - 2] : null;
  return html`<header class="top-bar">
    ${
      back?.href
        ? html`<${Link} href=${back.href} class="top-bar-back" aria-label=${`Back to ${back.label}`}><${Icon} name="chevron-left" /></${Link}>`
        : null
    }
    <nav class="crumbs" aria-label="Where you are">
      <ol>
        ${parts.map(
          (part, index) =>
            html`<li key=${index}>
              ${index > 0 && part.label ? html`<${Icon} name="chevron-right" size=${14} />` : null}
              ${
                part.href && index < parts.length - 1
                  ? html`<${Link} href=${part.href}>${part.label}</${Link}>`
                  : html`<span aria-current="page">${part.label}</span>`
              }
            </li>`,
        )}
      </ol>
    </nav>
    <div class="top-bar-right"><${Chip} /><${BellSlot} /></div>
  </header>`;
}

/** The bell comes by itself: the first screen does not wait for it, and its place is kept. */
function BellSlot() {
  const [bell, setBell] = useState(/** @type {{Bell: any} | null} */ (null));
  useEffect(() => {
    import('../notifications/bell.js').then(setBell, reportError);
  }, []);
  return html`<div class="bell-slot">${bell ? html`<${bell.Bell} />` : null}</div>`;
}

/** The same places where the thumb is, on a phone. */
function Tabs() {
  return html`<nav class="tabs" aria-label="Places">
    ${places.map((place) => html`<${Tab} key=${place.href} ...${place} />`)}
    <${Tab} href="/settings/account" label="You" icon="user" routes=${['settings', 'account']} />
  </nav>`;
}

/** @param {{href: string, label: string, icon: string, routes: string[]}} props */
function Tab({ href, label, icon, routes }) {
  return html`<${Link} href=${href} class="tab" current=${isHere({ at: routes })}>
    <${Icon} name=${icon} size=${20} /><span>${label}</span>
  </${Link}>`;
}
