// @ts-check
// Where everything begins: the session, the routes and their screens.
import { html, render, useEffect, useErrorBoundary, useState } from './core/html.js';
import { startKeys } from './core/keys.js';
import { watchWindow } from './core/live.js';
import { navigate, route, startRouter } from './core/router.js';
import { loadSession, me, session, startSession } from './core/session.js';
import { loadTheme } from './core/theme.js';
import { startClock } from './core/time.js';
import { startTitle } from './core/title.js';
import { SignIn } from './session/sign-in.js';
import { Stopped } from './session/stopped.js';
import { Shell } from './shell/shell.js';
import { Failed } from './ui/empty.js';
import { Skeleton } from './ui/skeleton.js';

/** @type {Record<string, () => Promise<any>>} each answers the component */
const screens = {
  projects: () => import('./projects/list.js').then((m) => m.ProjectsScreen),
  project: () => import('./projects/overview.js').then((m) => m.OverviewScreen),
  item: () => import('./content/editor.js').then((m) => m.ItemScreen),
  content: () => import('./content/list.js').then((m) => m.ContentScreen),
  'content-item': () => import('./content/editor.js').then((m) => m.ContentItemScreen),
  settings: () => import('./settings/settings.js').then((m) => m.SettingsScreen),
  account: () => import('./settings/settings.js').then((m) => m.SettingsScreen),
  nowhere: () => import('./shell/nowhere.js').then((m) => m.NowhereScreen),
};

/** @type {Map<string, any>} */
const loaded = new Map();

/** @param {string} name @param {number} attempt */
function useScreen(name, attempt) {
  const [, show] = useState(0);
  const [problem, setProblem] = useState(/** @type {string} */ (''));
  useEffect(() => {
    setProblem('');
    if (loaded.has(name)) return;
    screens[name]().then(
      (component) => {
        loaded.set(name, component);
        show((n) => n + 1);
      },
      () => setProblem(name),
    );
  }, [name, attempt]);
  return { component: loaded.get(name), failed: problem === name };
}

/** The screen of the present address. */
function Screen() {
  const { name, params, query } = route.value;
  const [attempt, again] = useState(0);
  const { component, failed } = useScreen(name, attempt);
  const retry = () => again((n) => n + 1);
  if (failed) return html`<${Failed} onRetry=${retry}>This page didn't load. Nothing is lost.</${Failed}>`;
  if (!component) return html`<${Skeleton} />`;
  const key = `${name} ${JSON.stringify(params)}`;
  return html`<${Guard} key=${key}><${component} params=${params} query=${query} /></${Guard}>`;
}

/** A mistake in one screen must not take the frame away. @param {{children?: any}} props */
function Guard({ children }) {
  const [error, reset] = useErrorBoundary((cause) => reportError(cause));
  if (!error) return children;
  return html`<${Failed} onRetry=${reset}>Something went wrong on this page. What the server has is safe.</${Failed}>`;
}

/** Only the first run needs it, and that comes once. */
function FirstRun() {
  const [component, setComponent] = useState(/** @type {{Setup: any} | null} */ (null));
  useEffect(() => {
    import('./session/setup.js').then(setComponent);
  }, []);
  return component ? html`<${component.Setup} />` : null;
}

function App() {
  const state = session.value;
  const { name } = route.value;
  const inside = me() !== null;
  useEffect(() => {
    if (inside && /^(home|sign-in|setup)$/.test(name)) navigate('/projects', { replace: true });
  }, [inside, name]);
  if (state === null) return html`<div class="boot"></div>`;
  if ('failed' in state) return html`<${Stopped} problem=${state.failed} onRetry=${loadSession} />`;
  if ('signedOut' in state) return html`<${SignIn} ended=${state.ended} />`;
  if (!inside) return html`<${FirstRun} />`;
  if (/^(home|sign-in|setup)$/.test(name)) return html`<div class="boot"></div>`;
  return html`<${Shell}><${Screen} /></${Shell}>`;
}

loadTheme();
startClock();
startTitle();
startRouter();
startKeys();
watchWindow();
startSession();
const place = document.getElementById('app');
if (place) render(html`<${App} />`, place);
