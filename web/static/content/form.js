// @ts-check
// The form, made from the content type.
import { html, useSignal } from '../core/html.js';
import { firstName } from '../core/words.js';
import { Field } from '../ui/field.js';
import { useGlow } from '../ui/glow.js';
import { MarkdownArea, TextArea, TextInput } from './controls.js';
import { toWaiting, Waiting } from './waiting.js';

/** @typedef {import('./types.js').FieldType} FieldType */

/** A text that may be longer than this is a paragraph, and its field grows. */
const LINE = 200;

/** @type {FieldType} */
const slugField = { name: 'slug', label: 'Slug', kind: 'text', required: false, help: 'The last part of the address', max: 0 };

/** The slug stands after the short fields, before the long text. @param {FieldType[]} fields */
function inOrder(fields) {
  const long = fields.findIndex((field) => field.kind === 'markdown');
  const at = long < 0 ? fields.length : long;
  return [...fields.slice(0, at), slugField, ...fields.slice(at)];
}

/** @param {{editor: import('./store.js').Editor, aside?: any}} props */
export function Form({ editor, aside }) {
  const type = editor.shape.value;
  const content = editor.content.value;
  if (!type || !content) return null;
  const readonly = editor.mode.value === 'locked' || editor.mode.value === 'reader';
  return html`<form class="editor-form" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()} aria-label=${type.label}>
    ${inOrder(type.fields).map((field) => html`<${FormField} key=${field.name} editor=${editor} field=${field} readonly=${readonly} lang=${content.language} aside=${field.kind === 'markdown' ? aside : null} />`)}
  </form>`;
}

/** @param {{editor: import('./store.js').Editor, field: FieldType, readonly: boolean, lang: string, aside?: any}} props */
function FormField({ editor, field, readonly, lang, aside }) {
  const state = /** @type {import('./field-state.js').FieldState} */ (editor.fields.value.get(field.name));
  const left = useSignal(false);
  const glow = useGlow(state.changedAt.value);
  const text = state.text.value;
  const length = [...text].length;
  const control = {
    name: field.name,
    value: text,
    readonly,
    lang,
    onText: (/** @type {string} */ next) => editor.type(field.name, next),
    onEnter: () => editor.enter(field.name),
    onLeave: (/** @type {FocusEvent} */ event) => {
      left.value = true;
      if (!toWaiting(event)) editor.leave(field.name);
    },
  };
  return html`<div class="editor-field ${glow ? 'editor-field-glow' : ''}" data-field=${field.name}>
    <${Field} label=${field.label} hint=${field.kind === 'markdown' ? field.help || 'Markdown' : field.help} required=${field.required && !readonly}
      count=${counter(field, length)} error=${wrong(editor, field, length, left.value && !readonly)}
      aside=${glow && state.changedBy.value ? html`<span class="changed-by">Changed by ${firstName(state.changedBy.value)}</span>` : null}>
      ${(/** @type {any} */ wiring) => html`<${kindOf(field)} ...${wiring} ...${control} aside=${aside} />`}
    </${Field}>
    <${Waiting} editor=${editor} field=${state} label=${field.label} lang=${lang} />
  </div>`;
}

/** @param {FieldType} field */
function kindOf(field) {
  if (field.kind === 'markdown') return MarkdownArea;
  return field.max > LINE ? Paragraph : Line;
}

/** @param {any} props */
const Line = ({ aside: _, ...props }) => html`<${TextInput} ...${props} />`;
/** @param {any} props */
const Paragraph = ({ aside: _, ...props }) => html`<${TextArea} ...${props} />`;

/** A long limit is only worth a number when it comes near. @param {FieldType} field @param {number} length */
function counter(field, length) {
  if (!field.max || (field.max > 400 && length < field.max * 0.9)) return undefined;
  return `${length} of ${field.max}`;
}

/** @param {import('./store.js').Editor} editor @param {FieldType} field @param {number} length @param {boolean} left */
function wrong(editor, field, length, left) {
  const said = editor.errors.value[field.name];
  if (said) return said;
  if (field.max && length > field.max) return `${length - field.max} characters too long`;
  if (left && field.required && !editor.fields.value.get(field.name)?.text.value.trim()) return 'Needed before this can go out';
  return null;
}
