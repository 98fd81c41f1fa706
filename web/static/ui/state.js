// @ts-check
import { html } from '../core/html.js';
import { Icon } from './icon.js';

/** Item states as they come on the wire, in the order of their life. */
export const STATES = {
  draft: { label: 'Draft', icon: 'state-draft' },
  in_review: { label: 'In review', icon: 'state-in-review' },
  rejected: { label: 'Changes asked', icon: 'state-rejected' },
  ready: { label: 'Ready', icon: 'state-ready' },
  scheduled: { label: 'Scheduled', icon: 'state-scheduled' },
  published: { label: 'Published', icon: 'state-published' },
  previously_published: { label: 'Was published', icon: 'state-previously-published' },
};

/** Project states as they come on the wire. */
export const PROJECT_STATES = {
  active: { label: 'Active', icon: 'project-active' },
  scheduled: { label: 'Scheduled', icon: 'project-scheduled' },
  publishing: { label: 'Publishing', icon: 'project-publishing' },
  published: { label: 'Published', icon: 'project-published' },
  publish_failed: { label: 'Publish failed', icon: 'project-publish-failed' },
  archived: { label: 'Archived', icon: 'project-archived' },
};

/** @typedef {keyof typeof STATES} ItemStateName */
/** @typedef {keyof typeof PROJECT_STATES} ProjectStateName */

/**
 * Shape, then word, then colour. Without the word (`bare`) the shape says it to those who listen.
 * @param {{state: ItemStateName, bare?: boolean}} props
 */
export function ItemState({ state, bare = false }) {
  const known = STATES[state] ?? { label: state, icon: 'state-draft' };
  return html`<span class="state state-${state}">
    <${Icon} name=${known.icon} label=${bare ? known.label : null} />
    ${bare ? null : html`<span class="state-word">${known.label}</span>`}
  </span>`;
}

/**
 * @param {{state: ProjectStateName, bare?: boolean, word?: string}} props word: instead of the usual one, "Publishing 8 of 11"
 */
export function ProjectState({ state, bare = false, word }) {
  const known = PROJECT_STATES[state] ?? { label: state, icon: 'project-active' };
  return html`<span class="state project-state-${state}">
    <${Icon} name=${known.icon} label=${bare ? known.label : null} />
    ${bare ? null : html`<span class="state-word">${word ?? known.label}</span>`}
  </span>`;
}
