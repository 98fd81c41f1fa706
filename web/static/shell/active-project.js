// @ts-check
// "Your edits go to": which project takes up what this person creates or edits.
import { api, sentence } from '../core/api.js';
import { html, useRef, useSignal } from '../core/html.js';
import { me, setActiveProject } from '../core/session.js';
import { Icon } from '../ui/icon.js';
import { Popover } from '../ui/popover.js';
import { ProjectState } from '../ui/state.js';
import { toast } from '../ui/toast.js';

/** @typedef {{id: number, name: string, state: any}} Choice */

export function ActiveProject() {
  const self = me();
  if (!self) return null;
  const name = self.active_project?.name ?? 'No project';
  const button = html`<span class="active-project-label">Your edits go to</span>${' '}
    <span class="active-project-name">
      <${Icon} name=${self.active_project ? 'project-active' : 'ban'} /><span>${name}</span><${Icon} name="chevron-down" size=${14} />
    </span>`;
  return html`<${Popover}
    button=${button}
    buttonClass="active-project"
    label="Where your edits go"
    class="active-project-panel"
  >${(/** @type {() => void} */ close) => html`<${Choices} close=${close} />`}</${Popover}>`;
}

/** @param {{close: () => void}} props */
function Choices({ close }) {
  const choices = useSignal(/** @type {Choice[] | null} */ (null));
  const problem = useSignal('');
  const at = useSignal(0);
  const asked = useRef(false);
  const chosen = me()?.active_project_id ?? null;
  const load = async () => {
    problem.value = '';
    try {
      const answer = await api.get('/projects', { query: { limit: 200 } });
      choices.value = answer.items.filter((/** @type {any} */ p) => !p.archived && p.state !== 'published');
      at.value = Math.max(0, (choices.value ?? []).findIndex((project) => project.id === chosen) + 1);
    } catch (error) {
      problem.value = sentence(error);
    }
  };
  if (!asked.current) {
    asked.current = true;
    load();
  }
  /** @param {number | null} id */
  const choose = async (id) => {
    close();
    try {
      await setActiveProject(id);
    } catch (error) {
      toast({ text: sentence(error, 'Your edits go where they went.') });
    }
  };
  if (problem.value) {
    return html`<div class="failed">
      <${Icon} name="warning" />
      <div>
        <p>${problem.value}</p>
        <button type="button" class="text-button" onClick=${load}>Try again</button>
      </div>
    </div>`;
  }
  const all = [null, ...(choices.value ?? [])];
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    /** @type {Record<string, number>} */
    const moves = { ArrowDown: at.value + 1, ArrowUp: at.value - 1, Home: 0, End: all.length - 1 };
    if (event.key in moves) at.value = Math.min(all.length - 1, Math.max(0, moves[event.key]));
    else if (event.key === 'Enter' || event.key === ' ') choose(all[at.value]?.id ?? null);
    else return;
    event.preventDefault();
  };
  return html`<ul
    class="listbox"
    role="listbox"
    tabindex="0"
    data-first
    aria-label="Where your edits go"
    aria-activedescendant=${`active-project-${at.value}`}
    aria-busy=${choices.value ? null : 'true'}
    onKeyDown=${onKeyDown}
  >
    ${all.map(
      (project, index) =>
        html`<li
          key=${project?.id ?? 0}
          id=${`active-project-${index}`}
          role="option"
          class="listbox-option ${index === at.value ? 'listbox-option-at' : ''}"
          aria-selected=${(project?.id ?? null) === chosen ? 'true' : 'false'}
          onClick=${() => choose(project?.id ?? null)}
          onMouseMove=${() => {
            at.value = index;
          }}
        >
          ${project ? html`<${ProjectState} state=${project.state} bare />` : html`<${Icon} name="ban" />`}
          <span class="listbox-word">${project ? project.name : 'No project'}</span>
          ${(project?.id ?? null) === chosen ? html`<${Icon} name="check" />` : null}
        </li>`,
    )}
  </ul>`;
}
