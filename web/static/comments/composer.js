// @ts-check
// Where one writes: a new comment, a reply, or a change of one's words. What is written is kept on
// this device until it is posted.
import { html, useId, useLayoutEffect, useRef, useSignal } from '../core/html.js';
import { Button } from '../ui/button.js';
import { useMentions } from './mention-picker.js';
import { handlesIn, wrapped } from './mentions.js';
import { tells } from './tells.js';

/** @typedef {import('./store.js').Comments} Comments */
/** @typedef {import('./types.js').PersonRef} PersonRef */

const most = 10_000;
const nearly = 9_000;

/**
 * @param {object} props
 * @param {Comments} props.store
 * @param {string} props.draft under which name the words are kept
 * @param {string} props.label
 * @param {string} props.verb what the button says
 * @param {string} [props.initial]
 * @param {PersonRef[]} [props.people] whom a post tells anyway
 * @param {string|null|false} [props.reason] why nothing can be written
 * @param {boolean} [props.autofocus]
 * @param {any} [props.above] what stands over the field
 * @param {{current: HTMLTextAreaElement|null}} [props.field]
 * @param {(body: string) => void|string|Promise<string|void>} props.onPost answers why not
 * @param {() => void} [props.onCancel]
 */
export function Composer({
  store,
  draft,
  label,
  verb,
  initial = '',
  people = [],
  reason,
  autofocus = false,
  above,
  field: given,
  onPost,
  onCancel,
}) {
  const own = useRef(/** @type {HTMLTextAreaElement|null} */ (null));
  const field = given ?? own;
  const id = useId();
  const text = useSignal(store.kept.read(draft) || initial);
  const refused = useSignal('');
  const busy = useSignal(false);
  const caret = useRef(/** @type {[number, number]|null} */ (null));
  const taken = useRef(/** @type {PersonRef[]} */ ([]));

  /** @param {string} words */
  const write = (words) => {
    text.value = words;
    refused.value = '';
    store.kept.write(draft, words === initial ? '' : words);
  };
  const mentions = useMentions({
    people: store.people,
    field,
    onTaken: (person) => taken.current.push(person),
    onText: (words, at) => put(words, at, at),
  });
  /** @param {string} words @param {number} from @param {number} to */
  const put = (words, from, to) => {
    caret.current = [from, to];
    write(words);
  };
  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    grow(area);
    if (!caret.current) return;
    area.focus();
    area.setSelectionRange(...caret.current);
    caret.current = null;
    mentions.look();
  }, [text.value]);
  useLayoutEffect(() => {
    if (!autofocus || !field.current) return;
    field.current.focus();
    field.current.setSelectionRange(text.value.length, text.value.length);
  }, []);

  const length = [...text.value].length;
  const empty = text.value.trim() === '';
  const off = reason || (empty ? 'Nothing is written yet' : length > most ? `At most ${most} characters. This has ${length}.` : '');

  const post = async () => {
    if (off || busy.value) return;
    const words = text.value;
    busy.value = true;
    const answer = onPost(words.trim());
    if (!(answer instanceof Promise)) write('');
    const why = await answer;
    busy.value = false;
    if (typeof why === 'string') refused.value = why;
    else if (answer instanceof Promise) store.kept.write(draft, '');
  };
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (mentions.pressed(event)) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      void post();
    } else if (event.key === 'Escape' && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      if (onCancel) onCancel();
      else field.current?.blur();
    }
  };
  const at = () => {
    const area = /** @type {HTMLTextAreaElement} */ (field.current);
    const before = area.value.slice(0, area.selectionStart);
    const sign = /(^|\s)$/.test(before) ? '@' : ' @';
    put(before + sign + area.value.slice(area.selectionEnd), before.length + sign.length, before.length + sign.length);
  };
  const bold = () => {
    const area = /** @type {HTMLTextAreaElement} */ (field.current);
    const made = wrapped(area.value, area.selectionStart, area.selectionEnd, '**');
    put(made.text, made.from, made.to);
  };
  const known = [...people, ...taken.current, ...[...store.rows.values()].map((row) => row.peek().comment.author)];
  const told = tells(handlesIn(text.value), people, known);

  return html`<form class="composer ${reason ? 'composer-off' : ''}" onSubmit=${(/** @type {Event} */ event) => {
    event.preventDefault();
    void post();
  }}>
    ${above}
    <textarea
      ref=${field}
      class="composer-text"
      rows="1"
      aria-label=${label}
      placeholder=${label}
      readonly=${Boolean(reason)}
      aria-describedby=${`${id}-more`}
      value=${text.value}
      ...${mentions.wiring}
      onInput=${(/** @type {InputEvent} */ event) => {
        write(/** @type {HTMLTextAreaElement} */ (event.target).value);
        mentions.look();
      }}
      onClick=${mentions.look}
      onBlur=${mentions.close}
      onKeyDown=${pressed}
    ></textarea>
    ${mentions.list}
    ${refused.value ? html`<p class="composer-refused" role="alert">${refused.value}</p>` : null}
    <div class="composer-foot">
      ${reason ? null : html`<${Button} kind="quiet" size="small" icon="mention" label="Name somebody" onClick=${at} /><${Button} kind="quiet" size="small" icon="bold" label="Bold" onClick=${bold} />`}
      <span class="composer-told" id=${`${id}-more`}>${reason || (length > nearly ? `${length} of ${most}` : told)}</span>
      ${onCancel ? html`<${Button} kind="quiet" size="small" onClick=${onCancel}>${initial ? 'Keep as it was' : 'Not now'}</${Button}>` : null}
      <${Button} type="submit" size="small" class=${off ? '' : 'button-next'} busy=${busy.value} reason=${off} reasonId=${`${id}-more`} title="Ctrl Enter">${verb}</${Button}>
    </div>
  </form>`;
}

/** As high as its words, up to what the style sheet allows. @param {HTMLTextAreaElement} area */
function grow(area) {
  area.style.blockSize = 'auto';
  area.style.blockSize = `${area.scrollHeight}px`;
}
