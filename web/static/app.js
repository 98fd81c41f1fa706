// @ts-check
// Where everything begins: the session, the routes and their screens.
import { html, render, useEffect, useErrorBoundary, useRef, useState } from './core/html.js';
import { startKeys } from './core/keys.js';
import { liveState, refresh, watchWindow } from './core/live.js';
import { focusHeading, navigate, route, startRouter } from './core/router.js';
import { loadSession, me, session, startSession } from './core/session.js';
import { bringSigns } from './core/signs.js';
import { style } from './core/styles.js';
import { loadTheme } from './core/theme.js';
import { startClock } from './core/time.js';
import { startTitle } from './core/title.js';
import { Shell } from './shell/shell.js';
import { Failed } from './ui/empty.js';
import { Skeleton } from './ui/skeleton.js';

/**
 * A screen with its style sheets; they come at the same time.
 * @param {Promise<any>} module
 * @param {string} name
 * @param {string[]} sheets
 */
async function screen(module, name, ...sheets) {
  const [loaded] = await Promise.all([module, ...sheets.map((sheet) => style(`/${sheet}.css`))]);
  return loaded[name];
}

const PROJECT = ['projects/overview', 'projects/items', 'projects/dialogs'];
const EDITOR = ['ui/notice', 'content/editor', 'content/differing'];

/** @type {Record<string, () => Promise<any>>} each answers the component */
const screens = {
  projects: () => screen(import('./projects/list.js'), 'ProjectsScreen', 'projects/projects'),
  project: () => screen(import('./projects/overview.js'), 'OverviewScreen', 'projects/projects', ...PROJECT, 'comments/comments'),
  item: () => screen(import('./content/editor.js'), 'ItemScreen', ...EDITOR, 'comments/comments'),
  content: () => screen(import('./content/list.js'), 'ContentScreen', 'content/list'),
  'content-item': () => screen(import('./content/editor.js'), 'ContentItemScreen', ...EDITOR, 'comments/comments'),
  settings: () => screen(import('./settings/settings.js'), 'SettingsScreen', 'settings/settings'),
  account: () => screen(import('./settings/settings.js'), 'SettingsScreen', 'settings/settings'),
  nowhere: () => screen(import('./shell/nowhere.js'), 'NowhereScreen'),
  'sign-in': () => screen(import('./session/sign-in.js'), 'SignIn', 'ui/notice', 'session/session'),
  setup: () => screen(import('./session/setup.js'), 'Setup', 'session/session'),
  stopped: () => screen(import('./session/stopped.js'), 'Stopped', 'session/session'),
};

/** @type {Map<string, any>} */
const loaded = new Map();

/** @param {string} name */
async function load(name) {
  if (!loaded.has(name)) loaded.set(name, await screens[name]());
}

let prefetched = false;

/** Brings the screens that are likely next, once the present one is there and nothing else is to do. */
function prefetch() {
  prefetched = true;
  const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 2_000));
  idle(() => Promise.allSettled(['projects', 'project', 'item', 'content', 'settings'].map(load)));
}

/** @param {string} name */
function useScreen(name) {
  const [, show] = useState('');
  const [failed, setFailed] = useState('');
  useEffect(() => {
    load(name).then(
      () => {
        show(name);
        if (!prefetched && me()) prefetch();
      },
      (error) => {
        reportError(error);
        setFailed(name);
      },
    );
  }, [name]);
  return { component: loaded.get(name), failed: failed === name };
}

const reload = () => location.reload();

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
  const { component, failed } = useScreen(name);
  useRefreshOnTheWay(key);
  if (failed) return html`<${Failed} onRetry=${reload}>This page didn't load. Nothing is lost.</${Failed}>`;
  if (!component) return html`<div aria-busy="true"><h1 class="visually-hidden">Loading</h1><${Skeleton} /></div>`;
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
  const { component, failed } = useScreen(name);
  if (failed) return html`<${Failed} onRetry=${reload}>This page didn't load.</${Failed}>`;
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
bringSigns();
startClock();
startTitle();
startRouter();
startKeys();
watchWindow();
startSession();
const place = document.getElementById('app');
if (place) render(html`<${App} />`, place);
