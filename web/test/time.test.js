import assert from 'node:assert/strict';
import { test } from 'node:test';
import { day, daysUntil, exact, relative, timeZone } from '../static/core/time.js';
import { firstName, list, plural } from '../static/core/words.js';

timeZone.value = 'Europe/Berlin';
const at = Date.parse('2026-03-10T13:06:00Z');

test('under a day by age, then yesterday, then the date', () => {
  const table = {
    '2026-03-10T13:05:30Z': 'now',
    '2026-03-10T13:06:20Z': 'now',
    '2026-03-10T12:54:00Z': '12 min',
    '2026-03-10T10:06:00Z': '3 h',
    '2026-03-09T14:00:00Z': '23 h',
    '2026-03-09T09:00:00Z': 'yesterday',
    '2026-03-06T09:00:00Z': 'Fri 6 Mar',
    '2025-12-24T09:00:00Z': '24 Dec 2025',
  };
  for (const [time, words] of Object.entries(table)) assert.equal(relative(time, at), words, time);
});

test('exact, in the person’s zone', () => {
  assert.equal(exact('2026-03-24T23:30:00Z'), 'Wed 25 Mar 2026, 00:30');
});

test('a due day is a day, whatever the zone', () => {
  assert.equal(day('2026-03-24', at), 'Tue 24 Mar');
  assert.equal(day('2027-01-01', at), 'Fri 1 Jan 2027');
  assert.equal(daysUntil('2026-03-24', at), 14);
  assert.equal(daysUntil('2026-03-09', at), -1);
  assert.equal(daysUntil('2026-03-11', Date.parse('2026-03-10T23:30:00Z')), 0);
});

test('numbers and names in words', () => {
  assert.equal(plural(1, 'item'), '1 item');
  assert.equal(plural(0, 'item'), '0 items');
  assert.equal(plural(2, 'reply', 'replies'), '2 replies');
  assert.equal(list(['Anna', 'Tomas', 'Ilse']), 'Anna, Tomas and Ilse');
  assert.equal(firstName({ name: 'Anna Vale' }), 'Anna');
  assert.equal(firstName(null), '');
});
