// @ts-check
// The sentences of the editor: what is saved, what is not, and what one may not do with which cure.
import { exact, timeZone } from '../core/time.js';
import { firstName, list, plural } from '../core/words.js';

/** @typedef {import('./store.js').Editor} Editor */
/** @typedef {import('./types.js').Fault} Fault */

/** "14:06:12" today, else the whole date. @param {string} at @param {number} [now] */
export function savedAt(at, now = Date.now()) {
  const date = new Date(at);
  const zone = timeZone.value;
  const day = (/** @type {Date} */ d) => d.toLocaleDateString('en-GB', { timeZone: zone });
  if (day(date) !== day(new Date(now))) return exact(at);
  return date.toLocaleTimeString('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
}

/** @param {string} code */
export function languageName(code) {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** @param {Editor} editor @param {string} name */
export function labelOf(editor, name) {
  if (name === 'slug') return 'Slug';
  return editor.shape.value?.fields.find((field) => field.name === name)?.label ?? name;
}

/** What a save that failed means for the text. @param {Fault|undefined} fault */
export function notSaved(fault) {
  if (fault?.code === 'offline') return "the server can't be reached. Your text is kept here.";
  if (fault?.code === 'timeout') return "the server didn't answer for 10 s. Your text is kept here.";
  if (fault?.code === 'unauthenticated') return 'your session ended. Your text is kept here; sign in to save it.';
  if (fault?.code === 'invalid') return 'see the marked fields. Your text is kept here.';
  if (fault?.code === 'not_found') return 'this page was deleted. Your text is kept here.';
  const request = fault?.requestId ? ` Request ${fault.requestId}.` : '';
  return `${lower(fault?.detail || fault?.title || 'something went wrong.')} Your text is kept here.${request}`;
}

/** @param {string} sentence */
const lower = (sentence) => sentence.charAt(0).toLowerCase() + sentence.slice(1);

/**
 * The one line of the version bar about what is saved.
 * @param {Editor} editor @param {number} myId
 * @returns {{kind: 'saved'|'saving'|'not'|'plain', text: string, retry: boolean}}
 */
export function savedWords(editor, myId) {
  const content = editor.content.value;
  const contested = editor.contested.value;
  if (contested.length > 0) {
    const who = firstName(contested[0].theirs.value?.by) || 'somebody';
    const labels = list(contested.map((field) => labelOf(editor, field.name)));
    return { kind: 'not', text: `Not saved: ${who} changed ${labels} too.`, retry: false };
  }
  const save = editor.save.value;
  if (save.kind === 'failed') return { kind: 'not', text: `Not saved: ${notSaved(save.fault)}`, retry: true };
  if (save.kind !== 'idle' || editor.unsaved.value) return { kind: 'saving', text: 'Saving…', retry: false };
  if (!content) return { kind: 'plain', text: '', retry: false };
  const by = content.version.saved_by;
  const other = by && by.id !== myId ? ` by ${firstName(by)}` : '';
  return {
    kind: editor.mode.value === 'edit' ? 'saved' : 'plain',
    text: `Saved ${savedAt(content.version.saved_at)}${other}`,
    retry: false,
  };
}

/** Why this can't be set ready now; empty when it can. @param {Editor} editor */
export function notReady(editor) {
  const mode = editor.mode.value;
  const content = editor.content.value;
  if (mode === 'reader') return content?.may?.edit.reason || 'Only editors set items ready.';
  if (mode === 'locked') return `Held by ${content?.locked?.name}. Work in that project first.`;
  const contested = editor.contested.value.map((field) => labelOf(editor, field.name));
  if (contested.length > 0) return `Settle ${list(contested)} first.`;
  const missing = editor.missing.value;
  if (missing.length > 0) return `${list(missing)} ${missing.length === 1 ? 'is' : 'are'} still empty.`;
  if (editor.save.value.kind === 'failed') return 'Your last words are not saved yet.';
  return '';
}

/** "begun from live v9", or what else there is to say about where a version comes from. @param {import('./types.js').Content} content */
export function baseWords(content) {
  const { version, live } = content;
  if (version.state === 'published') return 'is live now';
  if (version.state === 'previously_published') return live ? `was live before v${live.number}` : 'was live';
  return version.base ? `begun from live v${version.base}` : 'never live yet';
}

/** "Settle 1 field" @param {number} n */
export const settleWords = (n) => `Settle ${plural(n, 'field')}`;

/** Where the public finds it. @param {import('./types.js').Content} content */
export function liveAddress(content) {
  const path = content.path.split('/').filter(Boolean).map(encodeURIComponent).join('/');
  return `/delivery/v1/${content.language}/${path}`;
}
