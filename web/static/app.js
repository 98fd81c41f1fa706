// @ts-check
// Where everything begins: the session, the routes and their screens.
import { html, render, useEffect, useErrorBoundary, useRef, useState } from './core/html.js';
import { startKeys } from './core/keys.js';
import { liveState, refresh, watchWindow } from './core/live.js';
import { focusHeading, navigate, route, startRouter } from './core/router.js';
import { loadSession, me, session, startSession } from './core/session.js';
import { style } from './core/styles.js';
import { loadTheme } from './core/theme.js';
import { startClock } from './core/time.js';
import { startTitle } from './core/title.js';
import { Shell } from './shell/shell.js';
import { Failed } from './ui/empty.js';
import { Skeleton } from './ui/skeleton.js';

/**
 * A screen with the style sheets of its folders; they come at the same time.
 * @param {Promise<any>} module
 * @param {string} name
 * @param {string[]} sheets
 */
async function screen(module, name, ...sheets) {
  const [loaded] = await Promise.all([module, ...sheets.map((sheet) => style(`/${sheet}/${sheet}.css`))]);
  return loaded[name];
}

/** @type {Record<string, () => Promise<any>>} each answers the component */
const screens = {
  projects: () => screen(import('./projects/list.js'), 'ProjectsScreen', 'projects'),
  project: () => screen(import('./projects/overview.js'), 'OverviewScreen', 'projects', 'comments'),
  item: () => screen(import('./content/editor.js'), 'ItemScreen', 'content', 'comments'),
  content: () => screen(import('./content/list.js'), 'ContentScreen', 'content'),
  'content-item': () => screen(import('./content/editor.js'), 'ContentItemScreen', 'content', 'comments'),
  settings: () => screen(import('./settings/settings.js'), 'SettingsScreen', 'settings'),
  account: () => screen(import('./settings/settings.js'), 'SettingsScreen', 'settings'),
  nowhere: () => screen(import('./shell/nowhere.js'), 'NowhereScreen'),
  'sign-in': () => screen(import('./session/sign-in.js'), 'SignIn', 'session'),
  setup: () => screen(import('./session/setup.js'), 'Setup', 'session'),
  stopped: () => screen(import('./session/stopped.js'), 'Stopped', 'session'),
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

/**
 * By hand, going somewhere is looking anew: what stays on the page, such as the bell, comes up to
 * date with the screen that is loaded. Else the counter would count what the screen already shows.
 * @param {string} key
 */
function useRefreshOnTheWay(key) {
  const before = useRef(key);
  useEffect(() => {
    if (before.current !== key && liveState.peek().kind === 'manual') refresh().catch(() => {});
    before.current = key;
  }, [key]);
}

/** The screen of the present address. */
function Screen() {
  const { name, params, query } = route.value;
  const key = `${name} ${JSON.stringify(params)}`;
  const [attempt, again] = useState(0);
  const { component, failed } = useScreen(name, attempt);
  const retry = () => again((n) => n + 1);
  useRefreshOnTheWay(key);
  if (failed) return html`<${Failed} onRetry=${retry}>This page didn't load. Nothing is lost.</${Failed}>`;
  if (!component) return html`<${Skeleton} />`;
  return html`<${Guard} key=${key}><${component} params=${params} query=${query} /></${Guard}>`;
}

/** A mistake in one screen must not take the frame away. @param {{children?: any}} props */
function Guard({ children }) {
  const [error, reset] = useErrorBoundary((cause) => reportError(cause));
  if (!error) return children;
  return html`<${Failed} onRetry=${reset}>Something went wrong on this page. What the server has is safe.</${Failed}>`;
}

/** The ways in, which have no frame. @param {{name: string, [rest: string]: any}} props */
function WayIn({ name, ...rest }) {
  const { component, failed } = useScreen(name, 0);
  if (failed) return html`<${Failed} onRetry=${() => location.reload()}>This page didn't load.</${Failed}>`;
  return component ? html`<${component} ...${rest} />` : html`<div class="boot"></div>`;
}

function App() {
  const state = session.value;
  const { name } = route.value;
  const inside = me() !== null;
  const wasOutside = useRef(false);
  useEffect(() => {
    if (inside && /^(home|sign-in|setup)$/.test(name)) navigate('/projects', { replace: true });
    if (inside && wasOutside.current) focusHeading();
    wasOutside.current = state !== null && !inside;
  }, [inside, name, state]);
  if (state === null) return html`<div class="boot"></div>`;
  if ('failed' in state) return html`<${WayIn} name="stopped" problem=${state.failed} onRetry=${loadSession} />`;
  if ('signedOut' in state) return html`<${WayIn} name="sign-in" ended=${state.ended} />`;
  if (!inside) return html`<${WayIn} name="setup" />`;
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
