// @ts-check
// What the project is and what one can do with all of it.
import { sentence } from '../core/api.js';
import { html } from '../core/html.js';
import { me, setActiveProject } from '../core/session.js';
import { plural } from '../core/words.js';
import { Button, SplitButton } from '../ui/button.js';
import { Icon } from '../ui/icon.js';
import { Menu } from '../ui/menu.js';
import { PROJECT_STATES, ProjectState } from '../ui/state.js';
import { Tag } from '../ui/tag.js';
import { toast } from '../ui/toast.js';
import { dueOf } from './due.js';
import { notYet } from './preflight.js';
import { refusal, whyNotPublish } from './reasons.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('./types.js').Project} Project */

/** @param {{desk: Desk, talk: import('../comments/store.js').Comments, side: ReturnType<typeof import('./comments-side.js').useSide>}} props */
export function Head({ desk, talk, side }) {
  const project = /** @type {Project} */ (desk.store.project.value);
  const active = me()?.active_project_id === project.id;
  const due = dueOf(project);
  return html`<header class="overview-head">
    <div class="overview-title">
      <span class="overview-sign"><${ProjectState} state=${project.state} bare /></span>
      <h1 tabindex="-1">${project.name}</h1>
      <span class="overview-tags"><${Tag} kind=${project.state === 'publish_failed' ? 'changes' : 'outline'}>${PROJECT_STATES[project.state]?.label}</${Tag}>${active ? html`<span class="project-mine">Your edits go here</span>` : null}</span>
      <p class="overview-about">
        ${project.description ? html`<span class="overview-description" title=${project.description}>${project.description}</span>` : null}
        ${due ? html`<span class="overview-due ${due.late ? 'project-late' : ''}"><${Icon} name=${due.late ? 'warning' : 'calendar'} />Due ${due.day}${due.until ? html`, <strong>${due.until}</strong>` : null}</span>` : null}
      </p>
    </div>
    <div class="overview-acts">
      <${Button} icon="comment" class="overview-talk" aria-haspopup="dialog" onClick=${side.open}><span class="overview-talk-word">Comments </span><span class="count">${talk.count.value}${talk.older.value ? '+' : ''}</span></${Button}>
      ${active || me()?.role === 'reviewer' ? null : html`<${Button} class="overview-activate" onClick=${() => void activate(project)}>Make this my active project</${Button}>`}
      <${More} desk=${desk} project=${project} active=${active} />
      <${Publish} desk=${desk} />
    </div>
  </header>`;
}

/** @param {Project} project */
async function activate(project) {
  try {
    await setActiveProject(project.id);
  } catch (error) {
    toast({ text: sentence(error, 'Your edits go where they went.') });
  }
}

/** @param {{desk: Desk, project: Project, active: boolean}} props */
function More({ desk, project, active }) {
  const { may } = desk.store;
  const items = [
    { label: 'Edit details…', icon: 'edit', reason: refusal(may.value.edit), run: () => void desk.askDetails() },
    { label: 'Add items…', icon: 'plus', kbd: 'C', reason: refusal(may.value.add_items), run: () => void desk.askAdd() },
    {
      label: 'Make this my active project',
      icon: 'project-active',
      reason: active ? 'Your edits go here already' : refusal(may.value.edit_content ?? may.value.add_items),
      run: () => void activate(project),
    },
    { label: 'Select all items', icon: 'check', kbd: 'Ctrl A', run: () => desk.selection.all() },
  ];
  return html`<${Menu} label="More for this project" items=${items} align="end" buttonClass="button button-secondary button-normal button-bare overview-more"><${Icon} name="more" /></${Menu}>`;
}

/** @param {{desk: Desk}} props */
function Publish({ desk }) {
  const { store, publishing } = desk;
  const sum = store.preflight.value;
  const reason = whyNotPublish(store);
  const whole = refusal(store.may.value.publish) ?? (notYet(sum) || null);
  const stay = sum.total - sum.ready;
  const items = [
    {
      label: 'Publish what is ready',
      icon: 'arrow-up',
      kbd: 'Shift P',
      reason,
      hint: `${plural(sum.ready, 'item')} ${sum.ready === 1 ? 'goes' : 'go'} out now.${stay > 0 ? ` The other ${stay} stay, and the project stays open.` : ''}`,
      run: () => void desk.askPublish('ready'),
    },
    {
      label: 'Publish all or nothing',
      icon: 'projects',
      reason: whole,
      hint: `All ${sum.total} go out as one, or none does.`,
      run: () => void desk.askPublish('all'),
    },
    { label: 'Publish runs', icon: 'list', separated: true, hint: 'What went out, when, and what stayed', run: () => void desk.showRuns() },
  ];
  return html`<${SplitButton} items=${items} menuLabel="Ways to publish" busy=${publishing.busy.value} reason=${reason} onClick=${() => void desk.askPublish('ready')}>${sum.ready > 0 ? html`Publish <span class="publish-number">${sum.ready}</span> ready` : 'Publish'}</${SplitButton}>`;
}
