// @ts-check
// The controls that texts are written in.
import { html, useLayoutEffect, useRef } from '../core/html.js';
import { Button } from '../ui/button.js';
import { changeFor } from './markdown.js';

/** @typedef {import('./markdown.js').Mark} Mark */
/**
 * @typedef {object} ControlProps
 * @property {string} value
 * @property {string} name
 * @property {boolean} readonly
 * @property {string} lang
 * @property {(text: string) => void} onText
 * @property {() => void} onEnter
 * @property {(event: FocusEvent) => void} onLeave
 */

/** @param {{target: EventTarget|null}} event */
const textOf = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/** @param {ControlProps & Record<string, any>} props */
export function TextInput({ value, name, readonly, lang, onText, onEnter, onLeave, ...rest }) {
  return html`<input ...${rest} class="input" type="text" name=${name} lang=${lang} value=${value} readonly=${readonly} autocomplete="off"
    onInput=${(/** @type {InputEvent} */ event) => onText(textOf(event))} onFocus=${onEnter} onBlur=${onLeave} />`;
}

/** Grows with its text, so that there is one scroll bar and not two. @param {ControlProps & {rows?: number, field?: any} & Record<string, any>} props */
export function TextArea({ value, name, readonly, lang, onText, onEnter, onLeave, rows = 2, field, ...rest }) {
  const own = useRef(/** @type {HTMLTextAreaElement|null} */ (null));
  const ref = field ?? own;
  useLayoutEffect(() => {
    const area = ref.current;
    if (!area || CSS.supports('field-sizing', 'content')) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight + 2}px`;
  }, [value]);
  return html`<textarea ...${rest} ref=${ref} class="input textarea" name=${name} lang=${lang} rows=${rows} value=${value} readonly=${readonly}
    onInput=${(/** @type {InputEvent} */ event) => onText(textOf(event))} onFocus=${onEnter} onBlur=${onLeave}></textarea>`;
}

/** @type {{mark: Mark, icon: string, label: string}[]} */
const TOOLS = [
  { mark: 'bold', icon: 'bold', label: 'Bold (Ctrl B)' },
  { mark: 'italic', icon: 'italic', label: 'Italic (Ctrl I)' },
  { mark: 'link', icon: 'link', label: 'Link' },
  { mark: 'list', icon: 'list', label: 'List' },
  { mark: 'quote', icon: 'quote', label: 'Quote' },
];
/** @type {Record<string, Mark>} */
const KEYS = { b: 'bold', i: 'italic' };

/**
 * A text with marks. `aside` stands at the right of the tools.
 * @param {ControlProps & {aside?: any} & Record<string, any>} props
 */
export function MarkdownArea({ aside, readonly, id, ...props }) {
  const area = useRef(/** @type {HTMLTextAreaElement|null} */ (null));
  const tools = useRef(/** @type {HTMLElement|null} */ (null));

  /** @param {Mark} mark */
  function apply(mark) {
    const field = area.current;
    if (!field || readonly) return;
    const change = changeFor(mark, field.value, field.selectionStart, field.selectionEnd);
    field.focus();
    field.setSelectionRange(change.from, change.to);
    // The only way that leaves the browser's own undo whole; where it is gone, the text changes all the same.
    const done = change.insert === '' ? document.execCommand('delete') : document.execCommand('insertText', false, change.insert);
    if (!done) {
      field.setRangeText(change.insert, change.from, change.to, 'end');
      props.onText(field.value);
    }
    field.setSelectionRange(change.start, change.end);
  }

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    const mark = KEYS[event.key.toLowerCase()];
    if (!mark || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    apply(mark);
  }

  /** @param {KeyboardEvent} event */
  function onToolKey(event) {
    const all = /** @type {HTMLElement[]} */ ([...(tools.current?.querySelectorAll('button') ?? [])]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const moves = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 };
    if (!(event.key in moves) || at < 0) return;
    event.preventDefault();
    const next = all[(moves[event.key] + all.length) % all.length];
    for (const button of all) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  }

  return html`<div class="markdown ${readonly ? 'markdown-readonly' : ''}">
    ${
      readonly && !aside
        ? null
        : html`<div class="markdown-bar">
      ${
        readonly
          ? null
          : html`<div class="markdown-tools" role="toolbar" aria-label="Marks" aria-controls=${id} ref=${tools} onKeyDown=${onToolKey}>
        ${TOOLS.map(
          ({ mark, icon, label }, index) => html`<${Button} key=${mark} kind="quiet" size="small" icon=${icon} label=${label} title=${label}
          tabindex=${index === 0 ? 0 : -1} onMouseDown=${keepCaret} onClick=${() => apply(mark)} />`,
        )}
      </div>`
      }
      ${aside}
    </div>`
    }
    <${TextArea} ...${props} id=${id} field=${area} readonly=${readonly} rows=${10} onKeyDown=${onKeyDown} />
  </div>`;
}

/** A press on a tool leaves the selection in the text alone. @param {MouseEvent} event */
function keepCaret(event) {
  event.preventDefault();
}
