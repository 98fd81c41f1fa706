// @ts-check
// What one is doing with a project: what is selected, what came of the last act, which dialog is open.
// It outlives the screen, so that coming back finds everything as it was left.
import { signal } from '../core/html.js';
import { plural } from '../core/words.js';
import { toast } from '../ui/toast.js';
import { makeSelection } from './selection.js';

/** @typedef {ReturnType<typeof makeDesk>} Desk */
/** @typedef {import('./item-acts.js').Outcome} Outcome */

/**
 * @param {import('./overview-store.js').Overview} store
 * @param {import('./publish-store.js').Publishing} publishing
 */
export function makeDesk(store, publishing) {
  const selection = makeSelection(store.shown);
  /** What was refused, until it is closed. */
  const outcome = signal(/** @type {(Outcome & {text: string})|null} */ (null));
  /** The dialog that is open: a component, brought when it is needed. */
  const dialog = signal(/** @type {any} */ (null));
  const publishMode = signal(/** @type {'ready'|'all'} */ ('ready'));
  const menuOpen = signal(false);
  /** @type {(() => Promise<Outcome>)|null} */
  let lastUndo = null;

  /** @param {Outcome} came @param {string} what "set ready" */
  function tell(came, what) {
    const total = came.done.length + came.refused.length;
    selection.clear();
    if (came.refused.length === 0) {
      outcome.value = null;
      return;
    }
    const [first, ...others] = came.refused;
    const why =
      others.length === 0
        ? `${first.title}: ${first.reason}`
        : `${plural(came.refused.length, 'is', 'are')} not, such as ${first.title}: ${first.reason}`;
    outcome.value = { ...came, text: `${came.done.length} of ${total} ${what}. ${why}` };
  }

  async function undo() {
    const act = lastUndo;
    lastUndo = null;
    if (act) tell(await act(), 'put back');
  }

  return {
    store,
    publishing,
    selection,
    outcome,
    dialog,
    publishMode,
    menuOpen,
    scroll: 0,
    undo,

    /** @param {number[]} ids */
    async setReady(ids) {
      outcome.value = null;
      tell(await store.setReady(ids), 'set ready');
    },

    /** @param {number[]} ids */
    async remove(ids) {
      outcome.value = null;
      selection.clear();
      const came = await store.remove(ids);
      lastUndo = came.undo;
      tell(came, 'removed');
      if (came.done.length > 0)
        toast({ text: `Removed ${plural(came.done.length, 'item')} from the project`, action: { label: 'Undo', run: () => void undo() } });
    },

    /** @param {'ready'|'all'} mode */
    async askPublish(mode) {
      publishMode.value = mode;
      publishing.begin();
      dialog.value = (await import('./publish-dialog.js')).PublishDialog;
    },

    async showRuns() {
      dialog.value = (await import('./runs-dialog.js')).RunsDialog;
    },

    async askAdd() {
      dialog.value = (await import('./add-items.js')).AddItems;
    },

    async askDetails() {
      dialog.value = (await import('./project-dialog.js')).DeskDetails;
    },
  };
}
