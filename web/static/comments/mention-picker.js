// @ts-check
// Who may be named: a list beside the field, which keeps the focus. Only those who may open the
// project are offered.
import { html, useEffect, useId, useLayoutEffect, useRef, useSignal } from '../core/html.js';
import { Avatar } from '../ui/avatar.js';
import { place } from '../ui/place.js';
import { mentionAt, withMention } from './mentions.js';

/** @typedef {import('./types.js').PersonRef & {role: string}} Person */

const pause = 120;
const most = 6;
/** @type {Record<string, string>} */
const roles = { admin: 'Admin', editor: 'Editor', reviewer: 'Reviewer' };

/**
 * @param {object} options
 * @param {(words: string) => Promise<Person[]>} options.people
 * @param {{current: HTMLTextAreaElement|null}} options.field
 * @param {(text: string, caret: number) => void} options.onText a name was taken
 * @param {(person: Person) => void} options.onTaken
 */
export function useMentions({ people, field, onText, onTaken }) {
  const id = useId();
  const found = useSignal(/** @type {Person[]} */ ([]));
  const at = useSignal(0);
  const open = useSignal(false);
  const from = useRef(-1);
  const turn = useRef(0);
  const timer = useRef(/** @type {any} */ (null));
  const close = () => {
    clearTimeout(timer.current);
    turn.current += 1;
    open.value = false;
  };
  useEffect(() => close, []);

  /** Looks where the caret is, after each change. */
  const look = () => {
    const text = field.current;
    const mention = text && text.selectionStart === text.selectionEnd ? mentionAt(text.value, text.selectionStart) : null;
    if (!mention) return close();
    from.current = mention.from;
    clearTimeout(timer.current);
    const mine = ++turn.current;
    timer.current = setTimeout(
      async () => {
        const answer = await people(mention.words).catch(() => []);
        if (mine !== turn.current) return;
        found.value = answer.slice(0, most);
        at.value = 0;
        open.value = answer.length > 0;
      },
      open.value ? 0 : pause,
    );
  };

  /** @param {Person} person */
  const take = (person) => {
    const text = /** @type {HTMLTextAreaElement} */ (field.current);
    const made = withMention(text.value, from.current, text.selectionStart, person.handle);
    onTaken(person);
    close();
    onText(made.text, made.caret);
  };

  /** @param {KeyboardEvent} event @returns {boolean} whether the list took the key */
  const pressed = (event) => {
    if (!open.value || event.isComposing) return false;
    const last = found.value.length - 1;
    switch (event.key) {
      case 'ArrowDown':
        at.value = at.value === last ? 0 : at.value + 1;
        break;
      case 'ArrowUp':
        at.value = at.value === 0 ? last : at.value - 1;
        break;
      case 'Enter':
      case 'Tab':
        // Ctrl Enter posts, also while a name is offered.
        if (event.ctrlKey || event.metaKey || event.shiftKey) return false;
        take(found.value[at.value]);
        break;
      case 'Escape':
        close();
        break;
      default:
        return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  };

  // It stays a text field for those who listen: a field of several lines can't be a combobox.
  const wiring = open.value
    ? {
        'aria-autocomplete': 'list',
        'aria-haspopup': 'listbox',
        'aria-controls': id,
        'aria-activedescendant': `${id}-${at.value}`,
      }
    : {};
  const list = open.value ? html`<${List} id=${id} people=${found.value} at=${at} field=${field} onTake=${take} />` : null;
  return { look, pressed, close, wiring, list };
}

/** @param {{id: string, people: Person[], at: any, field: {current: HTMLElement|null}, onTake: (person: Person) => void}} props */
function List({ id, people, at, field, onTake }) {
  const panel = useRef(/** @type {HTMLElement|null} */ (null));
  useLayoutEffect(() => {
    if (!panel.current || !field.current) return;
    if (!panel.current.matches(':popover-open')) panel.current.showPopover();
    place(panel.current, field.current, 'start');
  }, [people]);
  return html`<ul ref=${panel} id=${id} class="menu mention-list" popover="manual" role="listbox" aria-label="People">
    ${people.map(
      (person, index) => html`<li
        key=${person.id}
        id="${id}-${index}"
        role="option"
        class="mention-option ${index === at.value ? 'mention-option-at' : ''}"
        aria-selected=${index === at.value ? 'true' : 'false'}
        onPointerMove=${() => {
          at.value = index;
        }}
        onPointerDown=${(/** @type {Event} */ event) => event.preventDefault()}
        onClick=${() => onTake(person)}
      >
        <${Avatar} person=${person} silent />
        <span class="mention-name">${person.name}</span>
        <span class="mention-role">${roles[person.role] ?? person.role}</span>
        ${index === at.value ? html`<kbd aria-hidden="true">Enter</kbd>` : null}
      </li>`,
    )}
  </ul>`;
}
