// @ts-check
// Adds content to a project: what is there already, or a new page. What another project holds says so.
import { api, newKey, sentence } from '../core/api.js';
import { html, useEffect, useMemo, useRef, useSignal } from '../core/html.js';
import { Link, navigate } from '../core/router.js';
import { me, setActiveProject } from '../core/session.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failed } from '../ui/empty.js';
import { Field } from '../ui/field.js';
import { Icon } from '../ui/icon.js';
import { Skeleton } from '../ui/skeleton.js';
import { ItemState } from '../ui/state.js';
import { keyOf, makeAdding, standingOf } from './add-store.js';

/** @typedef {import('./add-store.js').Adding} Adding */
/** @typedef {import('./add-store.js').Content} Content */

const pause = 150;

/** @param {{desk: import('./desk.js').Desk, onClose: () => void}} props */
export function AddItems({ desk, onClose }) {
  const { projectId, add, project } = desk.store;
  const adding = useMemo(
    () =>
      makeAdding({
        api,
        newKey,
        add,
        activate: async () => {
          if (me()?.active_project_id !== projectId) await setActiveProject(projectId);
        },
      }),
    [],
  );
  const making = useSignal(false);
  const timer = useRef(/** @type {any} */ (null));
  useEffect(() => {
    void adding.search('');
    return () => clearTimeout(timer.current);
  }, []);
  /** @param {InputEvent} event */
  const typed = (event) => {
    const words = /** @type {HTMLInputElement} */ (event.target).value;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void adding.search(words), pause);
  };
  if (making.value)
    return html`<${NewPage} adding=${adding} project=${project.value?.name ?? ''} title=${adding.words.value} onBack=${() => {
      making.value = false;
    }} />`;
  const added = Object.values(adding.acts.value).filter((act) => act.state === 'added').length;
  return html`<${Dialog} title="Add items" open onClose=${onClose} class="add-items"
    actions=${html`<${Button} icon="file-plus" class="add-new" onClick=${() => {
      making.value = true;
    }}>New page</${Button}><${Button} kind="primary" onClick=${onClose}>${added > 0 ? 'Done' : 'Close'}</${Button}>`}>
    <label class="add-search"><${Icon} name="search" /><input class="input" type="search" autofocus autocomplete="off" placeholder="Find by title" aria-label="Find content by title" onInput=${typed} /></label>
    ${me()?.active_project_id === projectId ? null : html`<p class="add-note">New drafts and new pages make this your active project.</p>`}
    <${Found} adding=${adding} projectId=${projectId} onNew=${() => {
      making.value = true;
    }} />
  </${Dialog}>`;
}

/** @param {{adding: Adding, projectId: number, onNew: () => void}} props */
function Found({ adding, projectId, onNew }) {
  const { found, fault, words, more } = adding;
  if (fault.value)
    return html`<${Failed} onRetry=${() => void adding.search(words.value)}>The content didn't load. ${sentence(fault.value)}</${Failed}>`;
  if (!found.value) return html`<div class="add-found"><${Skeleton} rows=${6} label="Loading the content" /></div>`;
  if (found.value.length === 0) {
    return html`<div class="add-found add-none"><p>${words.value.trim() ? `No title says “${words.value.trim()}”.` : 'There is no content yet.'}</p><button type="button" class="text-button" onClick=${onNew}>Make a new page</button></div>`;
  }
  return html`<ul class="add-found" aria-label="Content">
    ${found.value.map((content) => html`<${One} key=${keyOf(content)} adding=${adding} content=${content} projectId=${projectId} />`)}
    ${more.value ? html`<li class="add-more">There is more. Write a part of the title to find it.</li>` : null}
  </ul>`;
}

/** @param {{adding: Adding, content: Content, projectId: number}} props */
function One({ adding, content, projectId }) {
  const act = adding.acts.value[keyOf(content)];
  const standing = standingOf(content, projectId);
  const title = content.title || 'Page without a title';
  const busy = act?.state === 'busy';
  const done = act?.state === 'added' || standing.kind === 'here';
  const itemId = act?.itemId ?? (standing.kind === 'here' ? standing.itemId : null);
  const draft = () => void adding.draftFrom(content);
  return html`<li class="add-row">
    <${Icon} name="page" class="item-type" />
    <span class="add-text">
      <span class="add-title"><span class="add-name" lang=${content.language === 'en' ? null : content.language} title=${title}>${title}</span> <span class="lang-code">${content.language}</span></span>
      <span class="add-about">${act?.state === 'refused' ? html`<span class="add-refused" role="alert"><${Icon} name="warning" size=${14} />${act.reason}</span>` : html`<${About} standing=${standing} content=${content} done=${done} />`}</span>
    </span>
    ${
      done
        ? html`<span class="add-done"><${Icon} name="check" size=${14} />${itemId ? html`<${Link} href="/projects/${projectId}/items/${itemId}" class="tap">In this project</${Link}>` : 'In this project'}</span>`
        : standing.kind === 'free'
          ? html`<${Button} size="small" icon="plus" busy=${busy} aria-label=${`Add ${title}`} onClick=${() => void adding.take(content)}>Add</${Button}>`
          : html`<${Button} size="small" busy=${busy} aria-label=${`New draft from here: ${title}`} onClick=${draft}>New draft from here</${Button}>`
    }
  </li>`;
}

/** @param {{standing: import('./add-store.js').Standing, content: Content, done: boolean}} props */
function About({ standing, content, done }) {
  if (standing.kind === 'held' && !done) {
    const href = standing.itemId ? `/projects/${standing.projectId}/items/${standing.itemId}` : `/projects/${standing.projectId}`;
    return html`<${Icon} name="lock" size=${14} />Held by ${standing.projectId ? html`<${Link} href=${href} class="tap">${standing.name}</${Link}>` : 'a project you may not see'}`;
  }
  return html`<${ItemState} state=${content.version.state} />${content.path ? html`<span class="add-path">/${content.path.replace(/^\//, '')}</span>` : null}`;
}

/** @param {{adding: Adding, project: string, title: string, onBack: () => void}} props */
function NewPage({ adding, project, title: words, onBack }) {
  const title = useSignal(words.trim());
  const language = useSignal('en');
  const busy = useSignal(false);
  const asked = useSignal(false);
  const fault = useSignal(/** @type {any} */ (null));
  const missing = asked.value && !title.value.trim() ? 'A page needs a title' : null;
  const make = async () => {
    asked.value = true;
    if (!title.value.trim() || busy.value) return;
    busy.value = true;
    fault.value = null;
    try {
      const made = await adding.create({ title: title.value.trim(), language: language.value.trim() });
      const { project_id: id, item_id: item } = made.version;
      navigate(id && item ? `/projects/${id}/items/${item}` : `/content/${made.id}?language=${made.language}`);
    } catch (error) {
      fault.value = error;
    } finally {
      busy.value = false;
    }
  };
  /** @param {import('../core/html.js').Signal<string>} into */
  const typed = (into) => (/** @type {InputEvent} */ event) => {
    into.value = /** @type {HTMLInputElement} */ (event.target).value;
  };
  const other = me()?.active_project_id !== null && me()?.active_project?.name !== project;
  return html`<${Dialog} title="New page" open onClose=${onBack} onSubmit=${() => void make()}
    actions=${html`<${Button} onClick=${onBack}>Not yet</${Button}><${Button} kind="primary" type="submit" busy=${busy.value}>Make page</${Button}>`}>
    <p>It begins as a draft in ${project}.${other ? ` Your edits go there from now on, no longer to ${me()?.active_project?.name}.` : ''}</p>
    <${Field} label="Title" required error=${missing ?? fault.value?.fields?.['fields.title'] ?? fault.value?.fields?.title ?? null}>
      <input class="input" type="text" name="title" autofocus autocomplete="off" value=${title.value} onInput=${typed(title)} />
    </${Field}>
    <${Field} label="Language" hint="Such as en, de or pt-BR" error=${fault.value?.fields?.language ?? null}>
      <input class="input add-language" type="text" name="language" autocomplete="off" spellcheck=${false} value=${language.value} onInput=${typed(language)} />
    </${Field}>
    ${fault.value && Object.keys(fault.value.fields ?? {}).length === 0 ? html`<p class="field-error" role="alert">${sentence(fault.value, 'What you wrote is kept.')}</p>` : null}
  </${Dialog}>`;
}
