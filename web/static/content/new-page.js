// @ts-check
import { api, newKey, sentence } from '../core/api.js';
import { html, useMemo, useSignal } from '../core/html.js';
import { navigate } from '../core/router.js';
import { me } from '../core/session.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { makeNewPage, slugOf } from './list-store.js';
import { addressOf } from './notices.js';
import { byName } from './sender.js';

/** Asks for what a page can't be without. @param {{open: boolean, onClose: () => void}} props */
export function NewPage({ open, onClose }) {
  return open ? html`<${Asking} onClose=${onClose} />` : null;
}

/** @param {{onClose: () => void}} props */
function Asking({ onClose }) {
  const page = useMemo(() => makeNewPage({ api, newKey }), []);
  const title = useSignal('');
  const slug = useSignal('');
  const ownSlug = useSignal(false);
  const language = useSignal('en');
  const asked = useSignal(false);
  const active = me()?.active_project;
  const errors = byName(page.fault.value?.fields ?? {});
  const missing = asked.value && !title.value.trim() ? 'A page needs a title' : null;
  const other = page.fault.value && Object.keys(errors).length === 0 ? sentence(page.fault.value, 'What you wrote is kept.') : '';

  const make = async () => {
    asked.value = true;
    if (!title.value.trim()) return;
    const made = await page.create({
      title: title.value.trim(),
      slug: ownSlug.value ? slug.value.trim() : slugOf(title.value),
      language: language.value.trim(),
    });
    if (!made) return;
    onClose();
    navigate(addressOf(made));
  };
  /** @param {import('../core/html.js').Signal<string>} into */
  const typed = (into) => (/** @type {InputEvent} */ event) => {
    into.value = /** @type {HTMLInputElement} */ (event.target).value;
    if (into === slug) ownSlug.value = true;
  };

  return html`<${Dialog} title="New page" open onClose=${onClose} onSubmit=${() => void make()}
    actions=${html`<${Button} onClick=${onClose}>Not yet</${Button}><${Button} kind="primary" type="submit" busy=${page.busy.value}>Make page</${Button}>`}>
    <p>${active ? `It joins ${active.name}, where your edits go.` : 'You have no active project, so it stands by itself.'}</p>
    <${Field} label="Title" required error=${missing ?? errors.title ?? null}>
      <input class="input" type="text" name="title" autofocus autocomplete="off" value=${title.value} onInput=${typed(title)} />
    </${Field}>
    <${Field} label="Slug" hint="The last part of the address" error=${errors.slug ?? null}>
      <input class="input" type="text" name="slug" autocomplete="off" spellcheck=${false} value=${ownSlug.value ? slug.value : slugOf(title.value)} onInput=${typed(slug)} />
    </${Field}>
    <${Field} label="Language" hint="Such as en, de or pt-BR" error=${errors.language ?? null}>
      <input class="input new-page-language" type="text" name="language" autocomplete="off" spellcheck=${false} value=${language.value} onInput=${typed(language)} />
    </${Field}>
    ${other ? html`<p class="field-error" role="alert">${other}</p>` : null}
  </${Dialog}>`;
}
