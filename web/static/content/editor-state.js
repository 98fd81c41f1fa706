// @ts-check
// What the editor knows, without any way to the server: the version, its fields, and how an answer goes into them.
import { batch, computed, signal } from '../core/html.js';
import { makeField } from './field-state.js';

/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').ContentType} ContentType */
/** @typedef {import('./types.js').Fault} Fault */
/** @typedef {import('./types.js').PersonRef} PersonRef */
/** @typedef {import('./field-state.js').FieldState} FieldState */
/** @typedef {import('./kept.js').KeptText} KeptText */
/** @typedef {{id: number, role: string}} Me */
/** @typedef {ReturnType<typeof makeEditorState>} EditorState */
/** @typedef {'edit'|'begin'|'locked'|'reader'} Mode begin: saving starts a new draft */

const OPEN = new Set(['draft', 'ready', 'in_review', 'rejected']);

/** @param {Content} content @param {Me} me @returns {Mode} */
export function modeOf(content, me) {
  if (me.role === 'reviewer') return 'reader';
  if (content.locked) return 'locked';
  if (content.may && !content.may.edit.allowed) return 'reader';
  return OPEN.has(content.version.state) ? 'edit' : 'begin';
}

/** @param {Content} content @param {string} name */
export function textOf(content, name) {
  return name === 'slug' ? content.slug : (content.fields?.[name] ?? '');
}

/** @param {() => Me} me */
export function makeEditorState(me) {
  const phase = signal(/** @type {'loading'|'ready'|'missing'|'failed'} */ ('loading'));
  const fault = signal(/** @type {Fault|null} */ (null));
  const content = signal(/** @type {Content|null} */ (null));
  const shape = signal(/** @type {ContentType|null} */ (null));
  const fields = signal(/** @type {Map<string, FieldState>} */ (new Map()));
  /** Sentences of the server about single fields, until they are typed in again. */
  const errors = signal(/** @type {Record<string, string>} */ ({}));
  /** The last save met a newer revision: by whom and when. */
  const stale = signal(/** @type {{by: PersonRef|null, at: string|null}|null} */ (null));
  const offer = signal(/** @type {KeptText|null} */ (null));
  /** The act under way, and why the last one was refused. */
  const acting = signal(/** @type {''|'ready'|'draft'|'begin'|'work'} */ (''));
  const refused = signal(/** @type {Fault|null} */ (null));

  const list = computed(() => [...fields.value.values()]);
  const contested = computed(() => list.value.filter((field) => field.contested.value));
  const unsaved = computed(() => list.value.some((field) => field.dirty.value));
  const mode = computed(() => (content.value ? modeOf(content.value, me()) : 'reader'));
  const conflict = computed(() => {
    const { version, live } = content.value ?? {};
    return Boolean(version && OPEN.has(version.state) && (version.base ?? 0) !== (live?.number ?? 0));
  });
  /** Labels of the required fields that hold nothing. */
  const missing = computed(() =>
    (shape.value?.fields ?? [])
      .filter((field) => field.required && !(fields.value.get(field.name)?.text.value ?? '').trim())
      .map((field) => field.label),
  );

  /** @param {Content} next the parts that an event leaves out stay as they are */
  function describe(next) {
    const { fields: _, ...rest } = next;
    content.value = { ...(content.value ?? {}), ...rest };
  }

  return {
    phase,
    fault,
    content,
    shape,
    fields,
    errors,
    stale,
    offer,
    acting,
    refused,
    list,
    contested,
    unsaved,
    mode,
    conflict,
    missing,
    describe,

    /** First load. @param {Content} next @param {ContentType} type */
    open(next, type) {
      batch(() => {
        shape.value = type;
        const names = [...type.fields.map((field) => field.name), 'slug'];
        fields.value = new Map(names.map((name) => [name, makeField(name, textOf(next, name))]));
        content.value = next;
        phase.value = 'ready';
        fault.value = null;
      });
    },

    /**
     * The server says what this version is now. An older answer than the one we have changes nothing.
     * @param {Content} next @param {PersonRef|null} by @param {Record<string, string>[]} doubts what I sent and have no answer to
     * @param {boolean} [anew] the revisions we know count no longer
     */
    take(next, by, doubts, anew = false) {
      const now = content.value;
      if (!now || next.version.number !== now.version.number) return;
      if (next.version.revision < now.version.revision && !anew) return;
      batch(() => {
        if (next.fields) {
          const author = { by, at: next.version.saved_at, mine: by?.id === me().id };
          for (const field of list.value)
            field.remote(
              textOf(next, field.name),
              author,
              doubts.map((sent) => sent[field.name]),
            );
        }
        describe(next);
        if (contested.value.length === 0) stale.value = null;
      });
    },

    /** The server has taken what I sent. @param {Content} next @param {Record<string, string>} sent */
    taken(next, sent) {
      batch(() => {
        for (const field of list.value) field.saved(sent[field.name], next.fields ? textOf(next, field.name) : sent[field.name]);
        describe(next);
        errors.value = {};
        if (contested.value.length === 0) stale.value = null;
      });
    },
  };
}
