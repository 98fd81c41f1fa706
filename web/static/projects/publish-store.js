// @ts-check
// Publishing a project, and what went out before. A repeat after a lost answer is the same run.
import { signal } from '../core/html.js';

/** @typedef {import('./types.js').Run} Run */
/** @typedef {ReturnType<typeof makePublishing>} Publishing */

const patience = 60_000;

/** @param {number} projectId @param {{api: import('./types.js').Api, newKey: () => string}} deps */
export function makePublishing(projectId, { api, newKey }) {
  const busy = signal(false);
  const fault = signal(/** @type {any} */ (null));
  /** The run of this act, once it is over. */
  const run = signal(/** @type {Run|null} */ (null));
  const runs = signal(/** @type {Run[]|null} */ (null));
  const next = signal(/** @type {string|null} */ (null));
  const runsFault = signal(/** @type {any} */ (null));
  let key = newKey();

  /** @param {string|null} after */
  async function loadRuns(after = null) {
    runsFault.value = null;
    try {
      const answer = await api.get(`/projects/${projectId}/runs`, { query: { limit: 20, after } });
      runs.value = [...(after ? (runs.value ?? []) : []), ...answer.items];
      next.value = answer.next;
    } catch (thrown) {
      runsFault.value = thrown;
    }
  }

  return {
    busy,
    fault,
    run,
    runs,
    next,
    runsFault,
    loadRuns,

    /** @param {'ready'|'all'} mode @returns {Promise<Run|null>} */
    async publish(mode) {
      if (busy.value) return null;
      busy.value = true;
      fault.value = null;
      try {
        run.value = await api.post(`/projects/${projectId}/publish`, { mode }, { key, timeout: patience });
        return run.value;
      } catch (thrown) {
        fault.value = thrown;
        const { code } = /** @type {any} */ (thrown);
        // An unanswered try may have gone out: its repeat must be recognised. A refused one is over.
        if (code !== 'offline' && code !== 'timeout') key = newKey();
        return null;
      } finally {
        busy.value = false;
      }
    },

    /** Before the question is asked again. */
    begin() {
      if (run.value) key = newKey();
      run.value = null;
      fault.value = null;
    },
  };
}
