// @ts-check
// What a project is called, what it is for and when it is due: asked for a new one, and changed later.
import { sentence } from '../core/api.js';
import { html, useMemo, useSignal } from '../core/html.js';
import { navigate } from '../core/router.js';
import { setActiveProject } from '../core/session.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { toast } from '../ui/toast.js';

/** @typedef {import('./types.js').Project} Project */
/** @typedef {{name: string, description: string, due_on: string|null}} Words */

const longest = 120;

/** @param {{make: (words: Words) => Promise<Project>, onClose: () => void}} props */
export function NewProject({ make, onClose }) {
  const active = useSignal(true);
  // Made once, so that a repeat after a lost answer carries the same key.
  const once = useMemo(() => make, []);
  /** @param {Words} words */
  const send = async (words) => {
    const project = await once(words);
    if (active.value) {
      await setActiveProject(project.id).catch((error) => toast({ text: sentence(error, 'Your edits go where they went.') }));
    }
    onClose();
    navigate(`/projects/${project.id}`);
  };
  return html`<${Asking} title="New project" verb="Make project" stay="Not yet" words=${{ name: '', description: '', due_on: null }} send=${send} onClose=${onClose}>
    <label class="choice"><input type="checkbox" class="checkbox" checked=${active.value} onChange=${(/** @type {Event} */ event) => {
      active.value = /** @type {HTMLInputElement} */ (event.target).checked;
    }} />My edits go here from now on</label>
  </${Asking}>`;
}

/** @param {{project: Project, edit: (words: Partial<Words>) => Promise<any>, onClose: () => void}} props */
export function ProjectDetails({ project, edit, onClose }) {
  /** @param {Words} words */
  const send = async (words) => {
    const changed = Object.fromEntries(Object.entries(words).filter(([name, value]) => /** @type {any} */ (before)[name] !== value));
    const fault = Object.keys(changed).length > 0 ? await edit(changed) : null;
    if (fault) throw fault;
    onClose();
  };
  const before = useMemo(() => ({ name: project.name, description: project.description, due_on: project.due_on }), []);
  return html`<${Asking} title="Project details" verb="Save details" stay="Keep as it was" words=${before} send=${send} onClose=${onClose} />`;
}

/** @param {{title: string, verb: string, stay: string, words: Words, send: (words: Words) => Promise<void>, onClose: () => void, children?: any}} props */
function Asking({ title, verb, stay, words, send, onClose, children }) {
  const name = useSignal(words.name);
  const description = useSignal(words.description);
  const due = useSignal(words.due_on ?? '');
  const busy = useSignal(false);
  const asked = useSignal(false);
  const fault = useSignal(/** @type {any} */ (null));
  const length = [...name.value].length;
  const wrong = !name.value.trim()
    ? 'A project needs a name'
    : length > longest
      ? `At most ${longest} characters. This has ${length}.`
      : null;
  const fields = fault.value?.fields ?? {};
  const other = fault.value && Object.keys(fields).length === 0 ? sentence(fault.value, 'What you wrote is kept.') : '';

  const go = async () => {
    asked.value = true;
    if (wrong || busy.value) return;
    busy.value = true;
    fault.value = null;
    try {
      await send({ name: name.value.trim(), description: description.value.trim(), due_on: due.value || null });
    } catch (error) {
      fault.value = error;
    } finally {
      busy.value = false;
    }
  };
  /** @param {import('../core/html.js').Signal<string>} into */
  const typed = (into) => (/** @type {InputEvent} */ event) => {
    into.value = /** @type {HTMLInputElement} */ (event.target).value;
  };
  return html`<${Dialog} title=${title} open onClose=${onClose} onSubmit=${() => void go()}
    actions=${html`<${Button} onClick=${onClose}>${stay}</${Button}><${Button} kind="primary" type="submit" busy=${busy.value}>${verb}</${Button}>`}>
    <${Field} label="Name" required error=${(asked.value && wrong) || fields.name || null} count=${length > longest - 20 ? `${length} of ${longest}` : undefined}>
      <input class="input" type="text" name="name" autofocus autocomplete="off" value=${name.value} onInput=${typed(name)} />
    </${Field}>
    <${Field} label="What it is for" hint="One line, shown in the list" error=${fields.description ?? null}>
      <textarea class="input" name="description" rows="2" value=${description.value} onInput=${typed(description)}></textarea>
    </${Field}>
    <${Field} label="Due" hint="A goal, not a schedule" error=${fields.due_on ?? null}>
      <input class="input project-due-input" type="date" name="due_on" value=${due.value} onInput=${typed(due)} />
    </${Field}>
    ${children}
    ${other ? html`<p class="field-error" role="alert">${other}</p>` : null}
  </${Dialog}>`;
}

/** The details of the project that is open. @param {{desk: import('./desk.js').Desk, onClose: () => void}} props */
export function DeskDetails({ desk, onClose }) {
  const project = /** @type {Project} */ (desk.store.project.value);
  return html`<${ProjectDetails} project=${project} edit=${desk.store.edit} onClose=${onClose} />`;
}
