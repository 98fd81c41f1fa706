// @ts-check
// The settings of this installation, followed live: two admins may stand before the same switch.
import { api, Problem, sentence } from '../core/api.js';
import { signal } from '../core/html.js';
import { follow } from '../core/live.js';

/**
 * @typedef {object} Settings
 * @property {boolean} websockets_enabled
 * @property {string} realtime_fallback
 * @property {number} revision
 * @property {string | null} changed_at
 * @property {{id: number, name: string, handle: string} | null} changed_by
 * @property {Record<string, string | null>} pinned
 * @property {string} position
 * @property {string} topic
 */

export function makeSettings() {
  const settings = signal(/** @type {Settings | null} */ (null));
  /** Why it could not be loaded. */
  const failure = signal('');
  /** Why the last change was refused; stands beside the switch. */
  const refusal = signal('');
  const saving = signal(false);
  let stop = () => {};

  /** @param {Settings} fresh */
  function take(fresh) {
    if (!settings.value || fresh.revision >= settings.value.revision) settings.value = fresh;
  }

  async function load() {
    failure.value = '';
    try {
      const fresh = await api.get('/settings');
      settings.value = fresh;
      stop();
      stop = follow(fresh.topic, fresh.position, apply, reload);
    } catch (error) {
      failure.value = sentence(error);
    }
  }

  /** Live updates ended: the socket was closed before it could tell who switched it off. */
  async function lookAgain() {
    if (!settings.value) return;
    try {
      take(await api.get('/settings'));
    } catch {
      // Refresh brings it.
    }
  }

  async function reload() {
    const fresh = await api.get('/settings');
    settings.value = fresh;
    return fresh.position;
  }

  /** @param {import('../core/followers.js').LiveEvent} event */
  function apply(event) {
    const held = settings.value;
    if (event.type !== 'settings.changed' || !held || event.data.revision <= held.revision) return;
    settings.value = { ...held, ...event.data, changed_at: event.time, changed_by: event.actor };
    refusal.value = '';
  }

  /** @param {boolean} on */
  async function setWebsockets(on) {
    const before = settings.value;
    if (!before || saving.value) return;
    refusal.value = '';
    saving.value = true;
    // The switch moves with the finger and comes back, with the reason, if the server refuses.
    settings.value = { ...before, websockets_enabled: on };
    try {
      take(await api.patch('/settings', { websockets_enabled: on }, { revision: before.revision }));
    } catch (error) {
      if (settings.value.revision === before.revision) settings.value = before;
      refusal.value = explain(error);
    } finally {
      saving.value = false;
    }
  }

  /** @param {unknown} error */
  function explain(error) {
    if (error instanceof Problem && error.code === 'stale' && error.current) {
      take(error.current);
      const by = error.current.changed_by?.name;
      return `${by ?? 'Somebody'} changed this a moment ago. Look again.`;
    }
    return sentence(error, 'Nothing was changed.');
  }

  return { settings, failure, refusal, saving, load, lookAgain, apply, setWebsockets, leave: () => stop() };
}
