// @ts-check
// All projects: what goes out next, how far each one is.
import { api, newKey, sentence } from '../core/api.js';
import { html, useEffect, useMemo, useRef, useSignal } from '../core/html.js';
import { useKeys } from '../core/keys.js';
import { follow } from '../core/live.js';
import { me } from '../core/session.js';
import { style } from '../core/styles.js';
import { title } from '../core/title.js';
import { RefreshBar } from '../shell/refresh-bar.js';
import { crumbs } from '../shell/shell.js';
import { Button } from '../ui/button.js';
import { Empty, Failed } from '../ui/empty.js';
import { Icon } from '../ui/icon.js';
import { Skeleton } from '../ui/skeleton.js';
import { ItemState } from '../ui/state.js';
import { ProjectRow } from './list-row.js';
import { makeProjects } from './list-store.js';
import { moveRow } from './row-keys.js';

/** @typedef {import('./list-store.js').Projects} Projects */
/** @typedef {import('./list-store.js').Tab} Tab */

/** @type {{tab: Tab, label: string}[]} */
const TABS = [
  { tab: 'open', label: 'Open' },
  { tab: 'mine', label: 'Mine' },
  { tab: 'published', label: 'Published' },
];
/** @type {{tab: Tab, empty: string, text: string}[]} */
const NOTHING = [
  { tab: 'open', empty: 'No project is open', text: 'What is planned or under way stands here, what is due next first.' },
  { tab: 'mine', empty: 'No project is yours', text: 'Projects that you make stand here, whatever their state.' },
  { tab: 'published', empty: 'Nothing is published yet', text: 'A project comes here once all of it is out.' },
];

/** /projects */
export function ProjectsScreen() {
  const store = useMemo(() => makeProjects({ api, follow, newKey, me: () => me()?.id ?? 0 }), []);
  const body = useRef(/** @type {HTMLElement|null} */ (null));
  const filter = useRef(/** @type {HTMLInputElement|null} */ (null));
  const making = useSignal(/** @type {any} */ (null));
  const may = me()?.may?.create_project;
  const reason = may && !may.allowed ? (may.reason ?? 'Only editors make projects') : null;
  const make = async () => {
    if (!reason && !making.value) making.value = (await import('./project-dialog.js')).NewProject;
  };
  useEffect(() => {
    title.value = 'Projects';
    crumbs.value = [{ label: 'Projects' }];
    void store.load();
    return () => store.close();
  }, []);
  useKeys(
    {
      '/': { label: 'Filter', run: () => filter.current?.focus() },
      c: { label: 'New project', run: () => void make() },
      j: { label: 'Next project', run: () => moveRow(body.current, 1) },
      k: { label: 'Project before', run: () => moveRow(body.current, -1) },
      arrowdown: () => moveRow(body.current, 1),
      arrowup: () => moveRow(body.current, -1),
    },
    'Projects',
  );
  const empty = store.empty.value;
  const first = useSignal(/** @type {any} */ (null));
  useEffect(() => {
    if (!empty) return;
    Promise.all([import('./first-project.js'), style('/projects/first-project.css')]).then(([module]) => {
      first.value = module.FirstProject;
    }, reportError);
  }, [empty]);
  return html`<div class="projects">
    <${RefreshBar} />
    <header class="projects-head">
      <h1 tabindex="-1">Projects</h1>
      ${empty ? null : html`<${Button} kind="primary" icon="plus" reason=${reason} onClick=${() => void make()}>New project</${Button}>`}
    </header>
    ${
      empty
        ? first.value && html`<${first.value} reason=${reason} onMake=${() => void make()} />`
        : html`<div class="projects-tools"><${Tabs} store=${store} /><${Filter} store=${store} field=${filter} /></div>
          <div ref=${body} id="projects-panel" role="tabpanel" aria-labelledby="projects-tab-${store.tab.value}" aria-busy=${store.phase.value === 'loading' ? 'true' : null}><${Table} store=${store} /></div>`
    }
    ${
      making.value
        ? html`<${making.value} make=${store.maker()} onClose=${() => {
            making.value = null;
          }} />`
        : null
    }
  </div>`;
}

/** @param {{store: Projects}} props */
function Tabs({ store }) {
  const chosen = store.tab.value;
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = TABS.findIndex(({ tab }) => tab === chosen);
    const next = TABS[(at + step + TABS.length) % TABS.length].tab;
    void store.choose(next);
    document.getElementById(`projects-tab-${next}`)?.focus();
  };
  return html`<div class="projects-tabs" role="tablist" aria-label="Which projects" onKeyDown=${pressed}>
    ${TABS.map(
      ({
        tab,
        label,
      }) => html`<button key=${tab} id="projects-tab-${tab}" type="button" role="tab" class="projects-tab" aria-selected=${tab === chosen ? 'true' : 'false'}
      aria-controls="projects-panel" tabindex=${tab === chosen ? 0 : -1} onClick=${() => void store.choose(tab)}>
      ${label} <span class="count">${store.phase.value === 'ready' ? store.tabs.value[tab] : ''}</span>
    </button>`,
    )}
  </div>`;
}

/** @param {{store: Projects, field: any}} props */
function Filter({ store, field }) {
  const timer = useRef(/** @type {any} */ (null));
  /** @param {InputEvent} event */
  const typed = (event) => {
    const words = /** @type {HTMLInputElement} */ (event.target).value;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void store.search(words), 80);
  };
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    /** @type {HTMLInputElement} */ (event.target).blur();
  };
  return html`<label class="projects-filter">
    <${Icon} name="search" />
    <input ref=${field} class="input" type="search" placeholder="Filter by name or person" aria-label="Filter by name or person" onInput=${typed} onKeyDown=${pressed} />
    <kbd aria-hidden="true">/</kbd>
  </label>`;
}

/** @param {{store: Projects}} props */
function Table({ store }) {
  const { phase, shown, words, tab } = store;
  if (phase.value === 'failed')
    return html`<${Failed} onRetry=${() => void store.load()}>The projects didn't load. ${sentence(store.fault.value)}</${Failed}>`;
  if (phase.value === 'loading') return html`<div class="card"><${Skeleton} rows=${8} row="project" label="Loading the projects" /></div>`;
  if (shown.value.length === 0 && words.value.trim()) return html`<${NoMatch} store=${store} />`;
  if (shown.value.length === 0) {
    const { empty, text } = /** @type {any} */ (NOTHING.find((one) => one.tab === tab.value));
    return html`<${Empty} icon="projects" title=${empty}>${text}</${Empty}>`;
  }
  return html`<div class="project-table card" role="table" aria-label="Projects" aria-rowcount=${shown.value.length + 1}>
      <div class="project-row project-columns" role="row">
        <span role="columnheader" class="project-cell-name">Project</span>
        ${/** @type {const} */ (['draft', 'ready', 'published']).map((state) => html`<span key=${state} role="columnheader" class="project-cell-count"><${ItemState} state=${state} bare /></span>`)}
        <span role="columnheader" class="project-cell-due">Due</span>
        <span role="columnheader" class="project-cell-owner">Owner</span>
      </div>
      ${shown.value.map((id) => html`<${ProjectRow} key=${id} row=${store.rows.get(id)} tab=${tab.value} />`)}
    </div>
    <footer class="projects-foot">
      <span class="projects-legend" aria-hidden="true"><${ItemState} state="draft" /><${ItemState} state="ready" /><${ItemState} state="published" /></span>
      ${store.more.value ? html`<${Button} size="small" onClick=${() => void store.loadMore()}>Show more</${Button}>` : null}
      ${
        store.outOfOrder.value
          ? html`<button type="button" class="pill pill-small" onClick=${store.arrange}><${Icon} name="sort" size=${14} />Sort again</button>`
          : html`<span class="projects-sorted">Sorted by what goes out next. New ones stand at the foot until you sort again.</span>`
      }
    </footer>`;
}

/** @param {{store: Projects}} props */
function NoMatch({ store }) {
  const clear = () => {
    const field = /** @type {HTMLInputElement|null} */ (document.querySelector('.projects-filter input'));
    if (field) field.value = '';
    void store.search('');
    field?.focus();
  };
  return html`<${Empty} icon="search" title="No project says “${store.words.value.trim()}”" action=${html`<${Button} onClick=${clear}>Show all ${store.tabs.value[store.tab.value]}</${Button}>`}>
    The filter looks at names, descriptions and owners.
  </${Empty}>`;
}
