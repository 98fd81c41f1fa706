// @ts-check
import { html, useEffect } from '../core/html.js';
import { Link, route } from '../core/router.js';
import { me } from '../core/session.js';
import { title } from '../core/title.js';
import { crumbs } from '../shell/shell.js';
import { Account } from './account.js';
import { LiveUpdates } from './live-updates.js';

/** Everybody's own account; for admins, what concerns the whole installation before it. */
export function SettingsScreen() {
  const self = me();
  const admin = self?.role === 'admin';
  const account = route.value.name === 'account' || !admin;
  const name = account ? 'Your account' : 'Live updates';
  useEffect(() => {
    title.value = name;
    crumbs.value = [{ label: 'Settings', href: admin ? '/settings' : undefined }, { label: name }];
  }, [name, admin]);
  return html`<div class="settings">
    <nav class="settings-sections" aria-label="Settings">
      <ul>
        ${admin ? html`<li><${Link} href="/settings" current=${!account}>Live updates</${Link}></li>` : null}
        <li><${Link} href="/settings/account" current=${account}>Your account</${Link}></li>
      </ul>
    </nav>
    <div class="settings-body">
      <h1>${name}</h1>
      ${account ? html`<${Account} />` : html`<${LiveUpdates} />`}
    </div>
  </div>`;
}
