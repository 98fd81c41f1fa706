// @ts-check
// Who is signed in here.
import { api, onUnauthenticated } from './api.js';
import { signal } from './html.js';
import { follow, startLive, stopLive } from './live.js';
import { timeZone } from './time.js';
import { unreadCount } from './title.js';

/**
 * @typedef {object} Session
 * @property {number} id
 * @property {string} name
 * @property {string} handle
 * @property {string} email
 * @property {'admin' | 'editor' | 'reviewer'} role
 * @property {string} time_zone
 * @property {Record<string, {allowed: boolean, reason?: string}>} may
 * @property {number | null} active_project_id
 * @property {{id: number, name: string} | null} active_project
 * @property {{mode: string}} realtime
 * @property {number} unread
 * @property {string} position
 * @property {string} topic
 */

/** @typedef {Session | {signedOut: true, ended: boolean} | {setup: true} | {failed: import('./problem.js').Problem}} SessionState */

/** null: not known yet. */
export const session = signal(/** @type {SessionState | null} */ (null));

/** @type {() => void} */
let stopFollowing = () => {};
/** The active project is followed for its name, which stands in the frame of every screen. */
let followedProject = { id: 0, stop: () => {} };

/**
 * The person who is signed in; null when nobody is.
 * @returns {Session | null}
 */
export function me() {
  const value = session.value;
  return value && 'id' in value ? value : null;
}

/** Asks the server who I am, at start and after a failure. */
export async function loadSession() {
  try {
    take(await api.get('/session'));
  } catch (error) {
    const problem = /** @type {import('./problem.js').Problem} */ (error);
    if (problem.status !== 401) session.value = { failed: problem };
  }
}

/** Begins: from here on a 401 anywhere leads to the sign-in page. */
export function startSession() {
  onUnauthenticated(() => {
    const was = session.peek();
    if (was && 'signedOut' in was) return; // what was still under way says nothing new, nor why it ended
    leave(Boolean(was && 'id' in was));
  });
  return loadSession();
}

/** @param {any} answer */
function take(answer) {
  if (answer.setup) {
    session.value = { setup: true };
    return;
  }
  timeZone.value = answer.time_zone || undefined;
  unreadCount.value = answer.unread ?? 0;
  session.value = answer;
  stopFollowing();
  stopFollowing = follow('user:self', answer.position, apply, reload);
  followProject(answer.position);
  startLive({ mode: answer.realtime.mode, onSignedOut: () => leave(true) });
}

async function reload() {
  const answer = await api.get('/session');
  unreadCount.value = answer.unread ?? 0;
  session.value = answer;
  followProject(answer.position);
  return answer.position;
}

/** @param {string | null} position what is known of the active project was true at */
function followProject(position) {
  const id = me()?.active_project_id ?? 0;
  if (id === followedProject.id) return;
  followedProject.stop();
  followedProject = { id, stop: id ? follow(`project:${id}`, position, applyProject, reload, true) : () => {} };
}

/** @param {import('./followers.js').LiveEvent} event */
function applyProject({ type, data }) {
  const self = me();
  if (!self?.active_project || type !== 'project.changed' || data.id !== self.active_project.id) return;
  session.value = { ...self, active_project: { ...self.active_project, name: data.name } };
}

/** @param {import('./followers.js').LiveEvent} event */
function apply(event) {
  const self = me();
  if (!self || event.type !== 'person.changed' || event.data.id !== self.id) return;
  const activeProject = event.data.active_project_id ?? null;
  session.value = { ...self, ...pick(event.data), active_project_id: activeProject };
  // The event carries the project's number only. Its name comes with the session.
  if (activeProject !== (self.active_project?.id ?? null)) reload().catch(() => {});
}

/**
 * What an event says about me; what it leaves out stays.
 * @param {any} person
 */
function pick(person) {
  const names = ['name', 'handle', 'email', 'role', 'time_zone'];
  return Object.fromEntries(names.filter((name) => name in person).map((name) => [name, person[name]]));
}

/** @param {boolean} ended whether it ended by itself, which deserves a word */
function leave(ended) {
  stopFollowing();
  followedProject.stop();
  followedProject = { id: 0, stop: () => {} };
  stopLive();
  unreadCount.value = 0;
  timeZone.value = undefined;
  session.value = { signedOut: true, ended };
}

/**
 * @param {string} email
 * @param {string} password
 */
export async function signIn(email, password) {
  take(await api.post('/session', { email, password }));
}

/** @param {{code: string, name: string, email: string, password: string}} answers */
export async function makeFirstAdmin(answers) {
  take(await api.post('/setup', answers));
}

/** Signs this browser out. */
export async function signOut() {
  await api.del('/session');
  leave(false);
}

/** Ends every session of mine, this one too. */
export async function signOutEverywhere() {
  await api.del('/sessions');
  leave(false);
}

/**
 * Chooses where edits go.
 * @param {number | null} id
 */
export async function setActiveProject(id) {
  const answer = await api.put('/session/active-project', { project_id: id });
  const self = me();
  // Position and topic stay as they were: what is followed was loaded with those.
  if (self) {
    session.value = {
      ...self,
      active_project_id: answer.active_project_id,
      active_project: answer.active_project,
    };
    followProject(answer.position ?? null);
  }
}
