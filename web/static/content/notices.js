// @ts-check
// One notice at a time, the most urgent one.
import { sentence } from '../core/api.js';
import { html, useLayoutEffect, useRef, useSignal } from '../core/html.js';
import { navigate } from '../core/router.js';
import { me, setActiveProject } from '../core/session.js';
import { exact, relative } from '../core/time.js';
import { firstName, list } from '../core/words.js';
import { Button } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import { labelOf, notReady, settleWords } from './words.js';
import { LiveBeside } from './live-beside.js';

/** @typedef {import('./store.js').Editor} Editor */
/** @typedef {import('./place-store.js').Place} Place */
/** @typedef {'stale'|'refused'|'offer'|'gone'|'conflict'|'locked'|'reader'|'published'|''} Urgency */

/** @param {Editor} editor @param {Place|null} place @returns {Urgency} */
export function mostUrgent(editor, place) {
  const mode = editor.mode.value;
  if (editor.stale.value && editor.contested.value.length > 0) return 'stale';
  if (editor.refused.value) return 'refused';
  if (editor.offer.value && mode !== 'reader') return 'offer';
  if (place?.gone.value) return 'gone';
  if (mode === 'reader') return 'reader';
  if (mode === 'locked') return 'locked';
  if (editor.conflict.value) return 'conflict';
  return mode === 'begin' ? 'published' : '';
}

/** @param {{editor: Editor, place: Place|null}} props */
export function Notices({ editor, place }) {
  const shown = {
    stale: StaleNotice,
    refused: RefusedNotice,
    offer: OfferNotice,
    gone: GoneNotice,
    conflict: ConflictNotice,
    locked: LockedNotice,
    reader: ReaderNotice,
    published: PublishedNotice,
    '': null,
  }[mostUrgent(editor, place)];
  return html`<div class="editor-notice">${shown ? html`<${shown} editor=${editor} place=${place} />` : null}</div>`;
}

/** Where a new draft stands: in the project it joined, else by itself. @param {import('./types.js').Content} content */
export function addressOf(content) {
  const { project_id: project, item_id: item } = content.version;
  return project && item ? `/projects/${project}/items/${item}` : `/content/${content.id}?language=${content.language}`;
}

/** @param {Editor} editor */
export async function beginAndGo(editor) {
  const begun = await editor.begin();
  if (begun) navigate(addressOf(begun));
}

/** @param {{editor: Editor}} props */
function StaleNotice({ editor }) {
  const stale = editor.stale.value;
  const contested = editor.contested.value;
  const who = firstName(stale?.by) || 'Somebody';
  const labels = list(contested.map((field) => labelOf(editor, field.name)));
  const settle = () => {
    const block = document.querySelector(`[data-waiting="${contested[0].name}"]`);
    block?.scrollIntoView({ block: 'center' });
    block?.querySelector('button')?.focus();
  };
  return html`<${Notice} kind="error" stops title="Not saved: ${who} saved this page ${stale?.at ? ago(stale.at) : 'meanwhile'}"
    actions=${html`<${Button} kind="primary" onClick=${settle}>${settleWords(contested.length)}</${Button}>`}>
    You both changed ${labels}. Nothing was overwritten: your text is kept here, and theirs stands beside it. Choose one, and it is saved.
  </${Notice}>`;
}

/** @param {string} at */
const ago = (at) => (relative(at) === 'now' ? 'a moment ago' : /min|h$/.test(relative(at)) ? `${relative(at)} ago` : relative(at));

/** @param {{editor: Editor}} props */
function RefusedNotice({ editor }) {
  const fault = /** @type {import('./types.js').Fault} */ (editor.refused.value);
  return html`<${Notice} kind="error" stops title="That didn't work" actions=${html`<${Button} onClick=${() => {
    editor.refused.value = null;
  }}>Close</${Button}>`}>
    ${fault.code === 'invalid' && notReady(editor) ? notReady(editor) : sentence(fault)}
  </${Notice}>`;
}

/** @param {{editor: Editor}} props */
function OfferNotice({ editor }) {
  const entry = /** @type {import('./kept.js').KeptText} */ (editor.offer.value);
  const labels = list(Object.keys(entry.fields).map((name) => labelOf(editor, name)));
  return html`<${Notice} kind="warning" icon="history" title="Your words from ${ago(entry.at)} were never saved"
    actions=${html`<${Button} onClick=${() => editor.throwAway()}>Throw them away</${Button}><${Button} kind="primary" onClick=${() => editor.putBack()}>Put them back</${Button}>`}>
    This device kept what you wrote in ${labels}.
  </${Notice}>`;
}

/** @param {{editor: Editor, place: Place|null}} props */
function GoneNotice({ editor, place }) {
  const gone = place?.gone.value;
  const who = firstName(gone?.by) || 'Somebody';
  const content = editor.content.value;
  const title = gone?.project ? `${who} deleted ${place?.projectName.value}` : `${who} took this page out of ${place?.projectName.value}`;
  return html`<${Notice} kind="warning" title=${title}
    actions=${content ? html`<${Button} onClick=${() => navigate(`/content/${content.id}?language=${content.language}`)}>Open it in Content</${Button}>` : null}>
    The page and this version are still there.
  </${Notice}>`;
}

/** @param {{editor: Editor}} props */
function ConflictNotice({ editor }) {
  const open = useSignal(false);
  const content = /** @type {import('./types.js').Content} */ (editor.content.value);
  const { version, live } = content;
  const began = version.base ? `This draft began from v${version.base}.` : 'This draft began before that.';
  const title = live ? 'Live moved on while you worked' : 'This page was taken off the site while you worked';
  const fact = live
    ? `v${live.number} went live ${when(live.published_at)}. ${began} Publishing it would bring back the old text.`
    : `${began} Publishing it would bring the page back.`;
  return html`<${Notice} kind="error" title=${title}
      actions=${
        live
          ? html`<${Button} aria-expanded=${open.value ? 'true' : 'false'} onClick=${() => {
              open.value = !open.value;
            }}>${open.value ? 'Hide live text' : 'See live text'}</${Button}>`
          : null
      }>
      ${fact} Compare, bring over what is new, then begin a new draft from here.
    </${Notice}>
    ${open.value && live ? html`<${LiveBeside} editor=${editor} number=${live.number} />` : null}`;
}

/** @param {string} at */
const when = (at) => (/min|h$|now/.test(relative(at)) ? ago(at) : `on ${exact(at)}`);

/** @param {{editor: Editor}} props */
function LockedNotice({ editor }) {
  const content = /** @type {import('./types.js').Content} */ (editor.content.value);
  const lock = /** @type {import('./types.js').Lock} */ (content.locked);
  const active = me()?.active_project;
  const acting = editor.acting.value;
  return html`<${Notice} kind="warning" icon="lock" title=${html`Held by <a href="/projects/${lock.project_id}/items/${lock.item_id}">${lock.name}</a>`}
    actions=${html`<${Button} busy=${acting === 'begin'} onClick=${() => beginAndGo(editor)}>New draft from here</${Button}>
      <${Button} kind="primary" busy=${acting === 'work'} onClick=${() => editor.workIn(() => setActiveProject(lock.project_id))}>Work in that project</${Button}>`}>
    Your edits go to ${active ? active.name : 'no project'}, so this version is read-only here.
  </${Notice}>`;
}

/** @param {{editor: Editor}} props */
function ReaderNotice({ editor }) {
  const reason = editor.content.value?.may?.edit.reason;
  return html`<${Notice} icon="eye" title="You can read this and comment on it">${reason || 'Only editors change the text.'}</${Notice}>`;
}

/** @param {{editor: Editor}} props */
function PublishedNotice({ editor }) {
  const content = /** @type {import('./types.js').Content} */ (editor.content.value);
  const active = me()?.active_project;
  const title =
    content.version.state === 'published'
      ? `v${content.version.number} is what the public sees`
      : `v${content.version.number} was live before`;
  return html`<${Notice} title=${title}>Saving starts a new draft${active ? ` in ${active.name}` : ''}. This version stays as it is.</${Notice}>`;
}

/**
 * Keeps the caret where it is on the screen when a notice comes or goes above it. While this renders, the page is still the old one.
 * @param {string} urgency
 */
export function useSteadyCaret(urgency) {
  const field = document.activeElement?.closest('.editor-form') ? document.activeElement : null;
  const before = useRef({ field, at: 0 });
  before.current = { field, at: field?.getBoundingClientRect().top ?? 0 };
  useLayoutEffect(() => {
    const was = before.current;
    if (!was.field || was.field !== document.activeElement) return;
    const moved = was.field.getBoundingClientRect().top - was.at;
    if (moved !== 0) document.getElementById('main')?.scrollBy({ top: moved, behavior: 'instant' });
  }, [urgency]);
}
