// @ts-check
// The head of the editor: what this is, how it stands, and the one next act.
import { html } from '../core/html.js';
import { navigate } from '../core/router.js';
import { Button } from '../ui/button.js';
import { Icon } from '../ui/icon.js';
import { ItemState } from '../ui/state.js';
import { Tag } from '../ui/tag.js';
import { beginAndGo } from './notices.js';
import { notReady } from './words.js';

/** @typedef {import('./store.js').Editor} Editor */
/** @typedef {import('./place-store.js').Place} Place */

/** @param {Editor} editor */
export const titleOf = (editor) =>
  editor.fields.value.get('title')?.text.value.trim() || editor.content.value?.title || 'Page without a title';

/** @param {{editor: Editor, place: Place|null, comments?: any}} props comments: the button that opens them, where they have no margin */
export function Head({ editor, place, comments }) {
  const content = editor.content.value;
  if (!content) return null;
  const title = titleOf(editor);
  return html`<header class="editor-head">
    <div class="editor-title">
      <${Icon} name="page" />
      <h1 lang=${content.language} title=${title} tabindex="-1">${title}</h1>
      <${ItemState} state=${content.version.state} />
      ${editor.conflict.value ? html`<${Tag} kind="changes" icon="warning">Conflict</${Tag}>` : null}
    </div>
    <div class="editor-acts">
      ${place ? html`<${PlaceInProject} place=${place} />` : null}
      ${comments}
      <${NextAct} editor=${editor} />
    </div>
  </header>`;
}

/** @param {{place: Place}} props */
function PlaceInProject({ place }) {
  const { index, ids, projectName } = place;
  if (index.value < 0) return null;
  return html`<div class="editor-place" role="group" aria-label="Place in ${projectName.value}">
    <span class="editor-place-words">${index.value + 1} of ${ids.value.length} in ${projectName.value}</span>
    <${Button} kind="quiet" icon="arrow-up" label="Previous item" title="Previous item (Alt ↑)" reason=${place.previous.value ? '' : 'This is the first one'} onClick=${() => goTo(place, place.previous.value)} />
    <${Button} kind="quiet" icon="arrow-down" label="Next item" title="Next item (Alt ↓)" reason=${place.next.value ? '' : 'This is the last one'} onClick=${() => goTo(place, place.next.value)} />
  </div>`;
}

/** @param {Place} place @param {number|null} id */
export function goTo(place, id) {
  if (id) navigate(`/projects/${place.projectId}/items/${id}`);
}

/** @param {{editor: Editor}} props */
export function NextAct({ editor }) {
  const state = editor.content.value?.version.state;
  const acting = editor.acting.value;
  const busy = acting === 'ready' || acting === 'draft' || acting === 'begin';
  if (editor.mode.value === 'begin') {
    return html`<${Button} kind="primary" icon="file-plus" busy=${busy} onClick=${() => beginAndGo(editor)}>Start a new draft</${Button}>`;
  }
  const reason = notReady(editor);
  if (state === 'ready') {
    const off = editor.mode.value === 'edit' ? '' : reason;
    return html`<${Button} icon="state-draft" busy=${busy} reason=${off} onClick=${() => void editor.setState('draft')}>Back to draft</${Button}>`;
  }
  const primary = editor.mode.value === 'edit' ? 'primary' : 'secondary';
  return html`<${Button} kind=${primary} icon="state-ready" busy=${busy} reason=${reason} onClick=${() => void editor.setState('ready')}>Set ready</${Button}>`;
}
