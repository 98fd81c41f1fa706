// @ts-check
import { html } from '../core/html.js';
import { Link } from '../core/router.js';
import { me } from '../core/session.js';
import { Avatar } from '../ui/avatar.js';
import { useGlow } from '../ui/glow.js';
import { Icon } from '../ui/icon.js';
import { PROJECT_STATES, ProjectState } from '../ui/state.js';
import { Tag } from '../ui/tag.js';
import { dueOf } from './due.js';
import { isOpen } from './list-store.js';

/** @typedef {import('./types.js').Project} Project */

/** A project in the list. @param {{row: import('../core/html.js').Signal<import('./list-store.js').Row>, tab: import('./list-store.js').Tab}} props */
export function ProjectRow({ row, tab }) {
  const { project, changedAt, gone, did } = row.value;
  const glow = useGlow(changedAt);
  if (gone) {
    return html`<div class="project-row project-row-gone" role="row" data-row=${project.id}>
      <span role="cell" class="project-cell-name"><${Icon} name="ban" /><span class="project-text"><s>${project.name}</s> ${did}</span></span>
    </div>`;
  }
  const mine = me()?.active_project_id === project.id;
  // It stays where it was until the tab is chosen again.
  const left = (tab === 'open' && !isOpen(project)) || (tab === 'published' && project.state !== 'published');
  return html`<div class="project-row ${glow} ${left ? 'project-row-left' : ''}" role="row" data-row=${project.id}>
    <span role="cell" class="project-cell-name">
      <${ProjectState} state=${project.state} bare />
      <span class="project-text">
        <span class="project-title"><${Link} href="/projects/${project.id}" data-title class="project-link">${project.name}</${Link}>
          ${mine ? html`<span class="project-mine">Your edits go here</span>` : null}
          ${project.state === 'publish_failed' ? html`<${Tag} kind="changes" icon="warning">Publish failed</${Tag}>` : null}
          ${left ? html`<span class="project-now">now ${PROJECT_STATES[project.state]?.label}</span>` : null}</span>
        <span class="project-description">${project.description}</span>
      </span>
    </span>
    <${Count} n=${project.counts.draft} word="draft" />
    <${Count} n=${project.counts.ready} word="ready" />
    <${Count} n=${project.counts.published} word="published" />
    <${Due} project=${project} />
    <span role="cell" class="project-cell-owner"><${Avatar} person=${project.owner} silent /><span class="project-owner">${project.owner.name}</span></span>
  </div>`;
}

/** @param {{n: number|undefined, word: string}} props */
function Count({ n, word }) {
  return html`<span role="cell" class="project-cell-count ${n ? '' : 'project-cell-zero'}">${n ? html`${n}<span class="project-count-word"> ${word}</span>` : html`<span class="project-none" aria-hidden="true">·</span><span class="visually-hidden">none</span>`}</span>`;
}

/** @param {{project: Project}} props */
function Due({ project }) {
  if (project.state === 'published') {
    return html`<span role="cell" class="project-cell-due"><${Icon} name="check" /><span class="project-text"><span>Published</span></span></span>`;
  }
  const due = dueOf(project);
  return html`<span role="cell" class="project-cell-due ${due?.late ? 'project-late' : ''} ${due ? '' : 'project-dateless'}">
    <${Icon} name=${due?.late ? 'warning' : 'calendar'} />
    <span class="project-text"><span>${due ? due.day : 'No date'}</span>${due ? html`<span class="project-until">${due.until}</span>` : null}</span>
  </span>`;
}
