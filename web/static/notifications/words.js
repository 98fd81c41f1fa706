// @ts-check
// What a notification says, where it leads, and why it came.

/** @typedef {import('./store.js').Notification} Notification */

/**
 * The sentence in its parts: who and what it is about are set strong.
 * @param {Notification} n
 * @returns {{who: string, did: string, what: string}}
 */
export function wordsOf(n) {
  const who = n.count > 1 ? `${first(n)} and others` : (n.actor?.name ?? 'Somebody');
  const what = n.item_title || n.project_name || 'something you can no longer see';
  switch (n.kind) {
    case 'mentioned':
      return { who, did: 'mentioned you on', what };
    case 'replied':
      return { who, did: 'replied to you on', what };
    case 'item_published':
      return { who, did: 'published', what };
    case 'project_published':
      return { who, did: 'published', what: n.project_name || what };
    default:
      return { who, did: 'changed', what };
  }
}

/** @param {Notification} n */
const first = (n) => n.actor?.name.split(' ')[0] ?? 'Somebody';

/** The very place: the comment, else the item, else the project. @param {Notification} n @returns {string|null} null when it is gone for me */
export function placeOf(n) {
  if (!n.project_id) return null;
  const anchor = n.comment_id ? `#comment-${n.comment_id}` : '';
  const item = n.item_id ? `/items/${n.item_id}` : '';
  return `/projects/${n.project_id}${item}${anchor}`;
}

/** @type {Record<string, string>} */
const REASONS = {
  mentioned: 'Somebody wrote your name in a comment. That always comes to you.',
  replied: 'You wrote in this thread. Replies in threads you wrote in come to you.',
  item_published: 'You worked on this item. When it goes out, you hear of it.',
  project_published: 'You worked in this project. When it goes out, you hear of it.',
};

/** @param {Notification} n */
export function reasonOf(n) {
  return n.reason.includes(' ') ? n.reason : (REASONS[n.kind] ?? 'It concerns something you worked on.');
}

/** @type {Record<string, string>} */
const ICONS = { mentioned: 'mention', replied: 'reply', item_published: 'publish', project_published: 'publish' };

/** @param {Notification} n */
export const iconOf = (n) => ICONS[n.kind] ?? 'bell';
