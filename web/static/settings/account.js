// @ts-check
import { sentence } from '../core/api.js';
import { html, useSignal } from '../core/html.js';
import { lettersOn, setLetters } from '../core/keys.js';
import { me, signOut, signOutEverywhere } from '../core/session.js';
import { setTheme, theme } from '../core/theme.js';
import { ActiveProject } from '../shell/active-project.js';
import { roles } from '../shell/my-menu.js';
import { Avatar } from '../ui/avatar.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Switch } from '../ui/switch.js';

/** @type {{value: import('../core/theme.js').Theme, label: string}[]} */
const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

/** What concerns only me. */
export function Account() {
  const self = me();
  if (!self) return null;
  return html`<section class="card setting-card account-me" aria-label="You">
      <${Avatar} person=${self} size=${32} silent />
      <div>
        <p class="setting-name">${self.name}</p>
        <p class="setting-more">${roles[self.role] ?? self.role} · ${self.email} · @${self.handle}</p>
      </div>
    </section>
    ${self.role === 'reviewer' ? null : html`<div class="account-project"><${ActiveProject} /></div>`}
    <section class="card setting-card" aria-labelledby="appearance">
      <fieldset class="account-themes">
        <legend id="appearance" class="setting-title">Appearance</legend>
        ${themes.map(
          ({ value, label }) =>
            html`<label key=${value} class="choice">
              <input
                type="radio"
                class="radio"
                name="theme"
                value=${value}
                checked=${theme.value === value}
                onChange=${() => setTheme(value)}
              />${label}
            </label>`,
        )}
      </fieldset>
    </section>
    <section class="card setting-card" aria-labelledby="letters">
      <div class="setting">
        <${Switch} on=${lettersOn.value} labelledBy="letters" describedBy="letters-more" onChange=${setLetters} />
        <div>
          <h2 id="letters">Single-letter keys</h2>
          <p class="setting-more" id="letters-more">J and K through lists, N for the bell and so on. Kept in this browser. Press <kbd>?</kbd> to see them all.</p>
        </div>
      </div>
    </section>
    <${Leaving} />`;
}

/** The two ways out. */
function Leaving() {
  const asking = useSignal(false);
  const busy = useSignal(false);
  const failure = useSignal('');
  /** @param {() => Promise<void>} act */
  const leave = async (act) => {
    busy.value = true;
    failure.value = '';
    try {
      await act();
    } catch (error) {
      failure.value = sentence(error, 'You are still signed in.');
      busy.value = false;
    }
  };
  const close = () => {
    asking.value = false;
  };
  const actions = html`<${Button} onClick=${close} autofocus>Stay signed in</${Button}>
    <${Button} kind="danger" busy=${busy.value} onClick=${() => leave(signOutEverywhere)}>Sign out everywhere</${Button}>`;
  return html`<section class="card setting-card" aria-labelledby="leaving">
    <h2 id="leaving" class="setting-title">Signed in</h2>
    <p class="setting-more">Used a browser that is not yours, or lost one? End all of your sessions at once.</p>
    ${failure.value && !asking.value ? html`<p class="field-error" role="alert">${failure}</p>` : null}
    <div class="account-ways">
      <${Button} icon="sign-out" busy=${busy.value && !asking.value} onClick=${() => leave(signOut)}>Sign out</${Button}>
      <${Button}
        kind="danger"
        onClick=${() => {
          asking.value = true;
        }}
      >Sign out everywhere…</${Button}>
    </div>
    <${Dialog} title="Sign out everywhere?" open=${asking.value} onClose=${close} actions=${actions}>
      <p>Every browser that is signed in as you ends its session within seconds, this one too. What was saved stays.</p>
      ${failure.value ? html`<p class="field-error" role="alert">${failure}</p>` : null}
    </${Dialog}>
  </section>`;
}
