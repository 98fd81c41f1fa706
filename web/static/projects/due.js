// @ts-check
// A due date as people say it.
import { day, daysUntil, now } from '../core/time.js';
import { plural } from '../core/words.js';

/**
 * "today", "in 14 days", "in 5 weeks", "overdue by 3 days".
 * @param {number} days
 */
export function untilWords(days) {
  if (days < 0) return `overdue by ${plural(-days, 'day')}`;
  if (days === 0) return 'today';
  if (days === 1) return 'tomorrow';
  if (days <= 21) return `in ${days} days`;
  if (days <= 62) return `in ${plural(Math.round(days / 7), 'week')}`;
  return `in ${plural(Math.round(days / 30.4), 'month')}`;
}

/**
 * @param {{due_on: string|null, state: string}} project
 * @returns {{day: string, until: string, late: boolean}|null} null: no date
 */
export function dueOf({ due_on: due, state }) {
  if (!due) return null;
  const at = now.value;
  const days = daysUntil(due, at);
  const over = state === 'published' || state === 'archived';
  return { day: day(due, at), until: over ? '' : untilWords(days), late: days < 0 && !over };
}
