// @ts-check
import { sentence } from '../core/api.js';
import { html, useEffect, useRef, useSignal } from '../core/html.js';
import { signIn } from '../core/session.js';
import { title } from '../core/title.js';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { Notice } from '../ui/notice.js';
import { Drawing } from './drawing.js';
import { Password } from './password.js';
import { WayIn } from './way-in.js';

/** @param {{ended: boolean}} props ended: the session ended by itself while somebody was at work */
export function SignIn({ ended }) {
  const email = useSignal('');
  const password = useSignal('');
  const error = useSignal('');
  const busy = useSignal(false);
  const first = useRef(/** @type {HTMLInputElement | null} */ (null));
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  useEffect(() => {
    title.value = 'Sign in';
    first.current?.focus();
  }, []);
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    if (busy.value) return;
    if (!email.value.trim() || !password.value) {
      error.value = email.value.trim() ? 'Your password is missing.' : 'Your e-mail is missing.';
      return;
    }
    busy.value = true;
    error.value = '';
    try {
      await signIn(email.value.trim(), password.value);
    } catch (problem) {
      error.value = sentence(problem);
      form.current?.password.select();
    } finally {
      busy.value = false;
    }
  };
  return html`<${WayIn} left=${html`<${Drawing} />`}>
    <h1>Sign in</h1>
    <p class="way-in-more">to your newsroom</p>
    ${ended ? html`<${Notice} kind="warning" title="Your session ended" stops>Sign in to go on where you were.</${Notice}>` : null}
    <form ref=${form} novalidate onSubmit=${submit}>
      <${Field} label="E-mail">
        ${(/** @type {any} */ wiring) =>
          html`<input
            ...${wiring}
            ref=${first}
            class="input input-large"
            name="email"
            type="email"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            maxlength="254"
            value=${email}
            onInput=${(/** @type {any} */ input) => {
              email.value = input.currentTarget.value;
            }}
          />`}
      </${Field}>
      <${Field} label="Password" error=${error.value}>
        ${(/** @type {any} */ wiring) =>
          html`<${Password} ...${wiring} value=${password.value} onInput=${(/** @type {string} */ v) => (password.value = v)} />`}
      </${Field}>
      <div class="visually-hidden" role="alert">${error}</div>
      <${Button} kind="primary" size="large" type="submit" busy=${busy.value}>Sign in</${Button}>
    </form>
  </${WayIn}>`;
}
