// @ts-check
// The item editor, in a project and by itself.
import { api, newKey, sentence } from '../core/api.js';
import { html, useEffect, useMemo, useSignalEffect } from '../core/html.js';
import { useKeys } from '../core/keys.js';
import { follow } from '../core/live.js';
import { navigate, route } from '../core/router.js';
import { me } from '../core/session.js';
import { title } from '../core/title.js';
import { RefreshBar } from '../shell/refresh-bar.js';
import { crumbs } from '../shell/shell.js';
import { Button } from '../ui/button.js';
import { Empty, Failed } from '../ui/empty.js';
import { toast } from '../ui/toast.js';
import { EditorSkeleton, useWhere } from './editor-skeleton.js';
import { Form } from './form.js';
import { goTo, Head, titleOf } from './head.js';
import { CommentsButton, Margin, useMargin } from './margin.js';
import { addressOf, mostUrgent, Notices, useSteadyCaret } from './notices.js';
import { makePlace } from './place-store.js';
import { makeEditor } from './store.js';
import { VersionBar } from './version-bar.js';
import { notSaved } from './words.js';

/** @typedef {import('./store.js').Editor} Editor */
/** @typedef {import('./place-store.js').Place} Place */

/** The browser may refuse to keep anything, and then the editor goes on without. */
function shelf() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** @param {{contentId: number, language: string, version?: number}} where */
function open(where) {
  return makeEditor(where, { api, follow, newKey, shelf: shelf(), me: () => me() ?? { id: 0, role: 'reviewer' } });
}

const toContent = [{ label: 'Content', href: '/content' }];

/** @param {Place} place */
const toItem = (place) => [
  { label: 'Projects', href: '/projects' },
  { label: place.projectName.value || 'Project', href: `/projects/${place.projectId}` },
];

/** /projects/:id/items/:item */
export function ItemScreen() {
  const { id, item } = route.value.params;
  return html`<${ItemEditor} key="${id}/${item}" projectId=${Number(id)} itemId=${Number(item)} />`;
}

/** /content/:id?language= */
export function ContentItemScreen() {
  const { params, query } = route.value;
  const language = query.language || 'en';
  return html`<${OneEditor} key="${params.id}.${language}.${query.version ?? ''}" where=${{ contentId: Number(params.id), language, version: Number(query.version) || undefined }} place=${null} />`;
}

/** @param {{projectId: number, itemId: number}} props */
function ItemEditor({ projectId, itemId }) {
  const place = useMemo(() => makePlace({ projectId, itemId }, { api, follow }), []);
  useEffect(() => {
    void place.load();
    return () => place.close();
  }, []);
  const item = place.item.value;
  const way = toItem(place);
  if (place.phase.value === 'failed')
    return html`<${NotLoaded} way=${way} fault=${place.fault.value} onRetry=${() => void place.load()} />`;
  if (place.phase.value === 'missing') return html`<${Missing} way=${way} words="Back to the project" />`;
  if (!item) return html`<${EditorSkeleton} way=${way} inProject />`;
  return html`<${OneEditor} key=${item.content_id} where=${{ contentId: item.content_id, language: item.language, version: item.version }} place=${place} />`;
}

/** @param {{where: {contentId: number, language: string, version?: number}, place: Place|null}} props */
function OneEditor({ where, place }) {
  const editor = useMemo(() => open(where), []);
  useEffect(() => {
    void editor.load();
    return () => void leave(editor);
  }, []);
  const way = place ? toItem(place) : toContent;
  if (editor.phase.value === 'failed')
    return html`<${NotLoaded} way=${way} fault=${editor.fault.value} onRetry=${() => void editor.load()} />`;
  if (editor.phase.value === 'missing') return html`<${Missing} way=${toContent} words="See all content" />`;
  if (!editor.content.value) return html`<${EditorSkeleton} way=${way} inProject=${place !== null} />`;
  return html`<${EditorView} editor=${editor} place=${place} />`;
}

/** What was typed last goes out although the page is left; if it can't, its writer learns where it is. @param {Editor} editor */
async function leave(editor) {
  const content = editor.content.value;
  const saved = await editor.close();
  if (saved || !content) return;
  const label = titleOf(editor);
  toast({
    text: `“${label}” is not saved: ${notSaved(editor.save.value.fault)}`,
    action: { label: 'Open', run: () => navigate(addressOf(content)) },
  });
}

/** @param {{editor: Editor, place: Place|null}} props */
function EditorView({ editor, place }) {
  const margin = useMargin();
  const content = /** @type {import('./types.js').Content} */ (editor.content.value);
  const { project_id: projectId, item_id: itemId } = content.version;
  const about = projectId && itemId ? { projectId, itemId, mayComment: place?.item.value?.may?.comment ?? { allowed: true } } : null;
  const heading = titleOf(editor);
  const project = place?.projectName.value;
  useEffect(() => {
    title.value = heading;
    crumbs.value = [...(place ? toItem(place) : toContent), { label: heading }];
  }, [heading, project]);
  useSteadyCaret(mostUrgent(editor, place));
  useGuard(editor);
  useAddress(editor);
  useKeys(
    {
      'ctrl+s': { label: 'Save now', run: () => void editor.flush() },
      ...(place
        ? {
            'alt+arrowup': { label: 'Previous item', run: () => goTo(place, place.previous.value) },
            'alt+arrowdown': { label: 'Next item', run: () => goTo(place, place.next.value) },
          }
        : {}),
    },
    'Editor',
  );
  const count = place && place.itemId === itemId ? place.comments.value : 0;
  return html`<div class="editor ${about && margin ? 'editor-with-margin' : ''}">
    <div class="editor-top">
      <${RefreshBar} />
      <${Head} editor=${editor} place=${place} comments=${about && !margin ? html`<${CommentsButton} ...${about} count=${count} />` : null} />
      <${VersionBar} editor=${editor} />
    </div>
    <div class="editor-sheet">
      <${Notices} editor=${editor} place=${place} />
      <${Form} editor=${editor} />
      <${AlsoHeld} content=${content} />
    </div>
    ${about && margin ? html`<${Margin} key="${projectId}/${itemId}" ...${about} />` : null}
  </div>`;
}

/** Nothing unsaved is lost by closing the window: it goes out when the page is hidden, and the browser asks while it is not. @param {Editor} editor */
function useGuard(editor) {
  useEffect(() => {
    const hidden = () => void (document.visibilityState === 'hidden' && editor.flush());
    const leaving = (/** @type {BeforeUnloadEvent} */ event) => {
      if (!editor.unsaved.value) return;
      void editor.flush();
      event.preventDefault();
    };
    document.addEventListener('visibilitychange', hidden);
    addEventListener('beforeunload', leaving);
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      removeEventListener('beforeunload', leaving);
    };
  }, []);
}

/** A save may begin a new draft with an address of its own. It takes the place of the old one without moving the caret. @param {Editor} editor */
function useAddress(editor) {
  useSignalEffect(() => {
    const content = editor.content.value;
    if (!content || editor.mode.value !== 'edit') return;
    const { name, params } = route.peek();
    const address = addressOf(content);
    const elsewhere = name === 'item' && content.version.item_id !== null && Number(params.item) !== content.version.item_id;
    if (elsewhere && location.pathname !== address) history.replaceState(history.state, '', address);
  });
}

/** @param {{content: import('./types.js').Content}} props */
function AlsoHeld({ content }) {
  const others = (content.held_by ?? []).filter((holder) => holder.project_id !== content.version.project_id);
  if (others.length === 0) return null;
  return html`<section class="also-held">
    <h2>Also held by</h2>
    <ul>
      ${others.map((holder) => html`<li key=${holder.item_id}><a href="/projects/${holder.project_id}/items/${holder.item_id}">${holder.name}</a> holds v${holder.version}</li>`)}
    </ul>
  </section>`;
}

/** @param {{way: import('../shell/shell.js').Crumb[], fault: any, onRetry: () => void}} props */
function NotLoaded({ way, fault, onRetry }) {
  useWhere('Page not loaded', way);
  return html`<div class="editor-alone"><h1 class="visually-hidden">Page not loaded</h1><${Failed} onRetry=${onRetry}>This page didn't load. ${sentence(fault)}</${Failed}></div>`;
}

/** @param {{way: {label: string, href: string}[], words: string}} props */
function Missing({ way, words }) {
  useWhere('Page not found', way);
  return html`<div class="editor-alone"><h1 class="visually-hidden">Page not found</h1>
    <${Empty} icon="page" title="This page is not here" action=${html`<${Button} onClick=${() => navigate(way[way.length - 1].href)}>${words}</${Button}>`}>
      It was taken out, or it stands in a project that you may not see.
    </${Empty}>
  </div>`;
}
