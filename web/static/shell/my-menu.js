// @ts-check
import { sentence } from '../core/api.js';
import { html } from '../core/html.js';
import { navigate } from '../core/router.js';
import { me, signOut } from '../core/session.js';
import { Avatar } from '../ui/avatar.js';
import { Menu } from '../ui/menu.js';
import { toast } from '../ui/toast.js';
import { keysOpen } from './keys-dialog.js';

/** @type {Record<string, string>} */
export const roles = { admin: 'Admin', editor: 'Editor', reviewer: 'Reviewer' };

/** Me, my role, and what concerns only me. */
export function MyMenu() {
  const self = me();
  if (!self) return null;
  const leave = () => signOut().catch((error) => toast({ text: sentence(error, 'You are still signed in.') }));
  const items = [
    { label: 'Your account', icon: 'user', run: () => navigate('/settings/account') },
    { label: 'Keyboard', icon: 'keyboard', kbd: '?', run: () => (keysOpen.value = true) },
    { label: 'Sign out', icon: 'sign-out', separated: true, run: leave },
  ];
  return html`<${Menu} items=${items} label=${`${self.name}, ${roles[self.role] ?? self.role}`} buttonClass="nav-link nav-me" named>
    <${Avatar} person=${self} size=${20} silent />
    <span class="nav-word nav-me-name">${self.name}</span>${' '}
    <span class="nav-word nav-me-role">${roles[self.role] ?? self.role}</span>
  </${Menu}>`;
}
