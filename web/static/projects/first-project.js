// @ts-check
// What stands where no project is yet: an example, drawn with the real signs, and the way to make one.
import { html } from '../core/html.js';
import { navigate } from '../core/router.js';
import { Button } from '../ui/button.js';
import { Icon } from '../ui/icon.js';
import { ItemState, ProjectState } from '../ui/state.js';

/** @type {{title: string, state: import('../ui/state.js').ItemStateName}[]} */
const EXAMPLE = [
  { title: 'Spring sale page', state: 'draft' },
  { title: 'Press note: new opening hours', state: 'ready' },
  { title: 'How to find us', state: 'ready' },
];

/** @param {{reason: string|null, onMake: () => void}} props */
export function FirstProject({ reason, onMake }) {
  return html`<div class="first-project">
    <div class="first-project-example" role="img" aria-label="An example: the project Spring opening hours holds three pages, one draft and two ready, and puts them out together.">
      <div class="first-project-row" aria-hidden="true"><${ProjectState} state="active" bare /><strong>Spring opening hours</strong><span class="first-project-aside">An example</span></div>
      ${EXAMPLE.map(({ title, state }) => html`<div key=${title} class="first-project-row" aria-hidden="true"><${Icon} name="page" /><span>${title}</span><span class="first-project-aside"><${ItemState} state=${state} /></span></div>`)}
      <div class="first-project-row first-project-last" aria-hidden="true"><span>Three changes, one moment</span><span class="first-project-aside"><${Icon} name="publish" />Out together</span></div>
    </div>
    <h2>A project holds changes until they go out together</h2>
    <p>Make one for a launch, a press release or a round of corrections. While it is your active project, everything you edit joins it by itself. Nothing is public before you publish.</p>
    <div class="first-project-actions">
      <${Button} kind="primary" icon="plus" kbd="C" reason=${reason} onClick=${onMake}>New project</${Button}>
      <${Button} onClick=${() => navigate('/content')}>Browse content</${Button}>
    </div>
  </div>`;
}
