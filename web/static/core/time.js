// @ts-check
import { html, signal } from './html.js';

/** The zone of the person who is signed in; undefined means the browser's. */
export const timeZone = signal(/** @type {string | undefined} */ (undefined));

/** Ticks once a minute; everything relative reads it. */
export const now = signal(Date.now());

const minute = 60_000;
const hour = 60 * minute;
const dayLength = 24 * hour;

/** Starts the clock that all relative times share. */
export function startClock() {
  setInterval(() => {
    now.value = Date.now();
  }, minute);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') now.value = Date.now();
  });
}

/**
 * @param {Intl.DateTimeFormatOptions} options
 * @param {Date} date
 */
function format(options, date) {
  return new Intl.DateTimeFormat('en-GB', { timeZone: timeZone.value, ...options }).format(date).replace(',', '');
}

/**
 * @param {Date | string | number} value
 * @returns {Date}
 */
function toDate(value) {
  return value instanceof Date ? value : new Date(value);
}

/** @param {Date} date */
function calendarDay(date) {
  return format({ year: 'numeric', month: '2-digit', day: '2-digit' }, date);
}

/**
 * "now", "12 min", "3 h", "yesterday", "Fri 6 Mar", "6 Mar 2025".
 * @param {Date | string | number} value
 * @param {number} [at]
 */
export function relative(value, at = Date.now()) {
  const date = toDate(value);
  const age = at - date.getTime();
  if (age >= 0 && age < minute) return 'now';
  if (age >= 0 && age < hour) return `${Math.floor(age / minute)} min`;
  if (age >= 0 && age < dayLength) return `${Math.floor(age / hour)} h`;
  // A server clock that is a little ahead of ours must not say "in the future".
  if (age < 0 && age > -minute) return 'now';
  if (calendarDay(date) === calendarDay(new Date(at - dayLength))) return 'yesterday';
  return dateWords(date, at);
}

/**
 * @param {Date} date
 * @param {number} at
 */
function dateWords(date, at) {
  const sameYear = format({ year: 'numeric' }, date) === format({ year: 'numeric' }, new Date(at));
  return sameYear
    ? format({ weekday: 'short', day: 'numeric', month: 'short' }, date)
    : format({ day: 'numeric', month: 'short', year: 'numeric' }, date);
}

/**
 * "Tue 24 Mar 2026, 14:05".
 * @param {Date | string | number} value
 */
export function exact(value) {
  const date = toDate(value);
  return `${format({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }, date)}, ${clock(date)}`;
}

/**
 * "14:05".
 * @param {Date | string | number} value
 */
export function clock(value) {
  return format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, toDate(value));
}

/**
 * A calendar day without a time, such as a due date: "Thu 24 Dec", with the year when it is another one.
 * @param {string} value YYYY-MM-DD
 * @param {number} [at]
 */
export function day(value, at = Date.now()) {
  const [year, month, number] = value.split('-').map(Number);
  const date = new Date(Date.UTC(year, month - 1, number, 12));
  const options = /** @type {Intl.DateTimeFormatOptions} */ (
    new Date(at).getFullYear() === year
      ? { weekday: 'short', day: 'numeric', month: 'short' }
      : { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }
  );
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(date).replace(',', '');
}

/**
 * How many days a calendar day lies ahead (negative: behind), seen from today in the person's zone.
 * @param {string} value YYYY-MM-DD
 * @param {number} [at]
 */
export function daysUntil(value, at = Date.now()) {
  const [d, m, y] = calendarDay(new Date(at)).split('/').map(Number);
  const [year, month, number] = value.split('-').map(Number);
  return Math.round((Date.UTC(year, month - 1, number) - Date.UTC(y, m - 1, d)) / dayLength);
}

/**
 * A moment in words that stay true while one looks, exact on hover and for machines.
 * @param {{at: string, class?: string}} props
 */
export function Time({ at, class: name }) {
  return html`<time class=${name} datetime=${at} title=${exact(at)}>${relative(at, now.value)}</time>`;
}
