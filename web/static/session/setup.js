// @ts-check
// The first run: whoever can read the server's log makes the first admin.
import { Problem, sentence } from '../core/api.js';
import { html, useEffect, useSignal } from '../core/html.js';
import { loadSession, makeFirstAdmin } from '../core/session.js';
import { title } from '../core/title.js';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { Icon } from '../ui/icon.js';
import { Password } from './password.js';
import { WayIn } from './way-in.js';

const least = 12;

const empty = { code: '', name: '', email: '', password: '' };

function Steps() {
  return html`<div class="steps">
    <h2 class="steps-title">Two steps to a working newsroom</h2>
    <ol>
      <li class="step">
        <span class="step-mark step-done"><${Icon} name="check" label="Done" /></span>
        <div>
          <p class="step-name">Galley is running</p>
          <p class="step-more">The database is ready.</p>
        </div>
      </li>
      <li class="step" aria-current="step">
        <span class="step-mark step-now" aria-hidden="true">2</span>
        <div>
          <p class="step-name">Make the first admin</p>
          <p class="step-more">You. More people can join later.</p>
        </div>
      </li>
    </ol>
  </div>`;
}

/** @param {typeof empty} answers @returns {string} why it can't go on yet */
function missing(answers) {
  if (!answers.code.trim()) return 'Enter the setup code first';
  if (!answers.name.trim()) return 'Say who you are first';
  if (!answers.email.includes('@')) return 'Enter your e-mail first';
  if ([...answers.password].length < least) return `Choose a password of ${least} characters or more first`;
  return '';
}

/** @param {string} password */
function passwordHelp(password) {
  const short = least - [...password].length;
  if (short <= 0) return 'Long enough.';
  return password ? `${short} more ${short === 1 ? 'character' : 'characters'}. Long beats complicated.` : 'Long beats complicated.';
}

export function Setup() {
  const answers = useSignal(empty);
  const fields = useSignal(/** @type {Record<string, string>} */ ({}));
  const error = useSignal('');
  const busy = useSignal(false);
  useEffect(() => {
    title.value = 'Make the first admin';
  }, []);
  const reason = missing(answers.value);

  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    if (busy.value || reason) return;
    busy.value = true;
    error.value = '';
    fields.value = {};
    const { code, name, email, password } = answers.value;
    try {
      await makeFirstAdmin({ code: code.trim(), name: name.trim(), email: email.trim(), password });
    } catch (problem) {
      // Somebody else was faster: what is left is to sign in.
      if (problem instanceof Problem && problem.status === 409) return loadSession();
      fields.value = problem instanceof Problem ? problem.fields : {};
      if (problem instanceof Problem && problem.status === 403) fields.value = { code: problem.message };
      if (Object.keys(fields.value).length === 0) error.value = sentence(problem);
    } finally {
      busy.value = false;
    }
  };

  /** @param {keyof typeof empty} name @param {string} label @param {Record<string, any>} more @param {string} [help] */
  const field = (name, label, more, help) => html`<${Field} label=${label} help=${help} error=${fields.value[name]}>
    ${(/** @type {any} */ wiring) =>
      html`<input
        ...${wiring}
        ...${more}
        class=${`input input-large ${more.class ?? ''}`}
        name=${name}
        spellcheck="false"
        value=${answers.value[name]}
        onInput=${(/** @type {any} */ event) => {
          answers.value = { ...answers.value, [name]: event.currentTarget.value };
        }}
      />`}
  </${Field}>`;

  return html`<${WayIn} left=${html`<${Steps} />`}>
    <h1>Make the first admin</h1>
    <p class="way-in-more">Only someone who can read the server's log can do this.</p>
    <form novalidate onSubmit=${submit}>
      ${field('code', 'Setup code', { autocomplete: 'one-time-code', class: 'input-code' }, 'Printed when Galley started, on the line “no admin yet”.')}
      ${field('name', 'Your name', { autocomplete: 'name', maxlength: 100 })}
      ${field('email', 'E-mail', { type: 'email', autocomplete: 'username', autocapitalize: 'none', maxlength: 254 })}
      <${Field} label="Password" help=${passwordHelp(answers.value.password)} error=${fields.value.password}>
        ${(/** @type {any} */ wiring) =>
          html`<${Password}
            ...${wiring}
            fresh
            value=${answers.value.password}
            onInput=${(/** @type {string} */ password) => {
              answers.value = { ...answers.value, password };
            }}
          />`}
      </${Field}>
      ${error.value ? html`<p class="field-error" role="alert"><${Icon} name="warning" /><span>${error}</span></p>` : null}
      <div class="way-in-go">
        <${Button}
          kind="primary"
          size="large"
          type="submit"
          busy=${busy.value}
          reason=${reason}
          reasonId="setup-reason"
        >Create admin and go on</${Button}>
        <p class="way-in-reason" id="setup-reason">${reason}</p>
      </div>
    </form>
  </${WayIn}>`;
}
