import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAbove, lowest, newest, split } from '../static/core/position.js';

test('a position is an epoch and a number; anything else is none', () => {
  assert.deepEqual(split('k3f9.1813'), { epoch: 'k3f9', id: 1813 });
  assert.deepEqual(split('a.b.7'), { epoch: 'a.b', id: 7 });
  for (const bad of ['', '.5', 'k3f9.', 'k3f9', 'k3f9.-1', 'k3f9.1e3', 'k3f9.12345678901234567', null, undefined, 7]) {
    assert.equal(split(bad), null, String(bad));
  }
});

test('positions compare as numbers, not as text', () => {
  assert.equal(isAbove('k.10', 'k.9'), true);
  assert.equal(isAbove('k.9', 'k.10'), false);
  assert.equal(isAbove('k.9', 'k.9'), false);
});

test('everything is above nothing, and other logs can not be compared', () => {
  assert.equal(isAbove('k.1', null), true);
  assert.equal(isAbove('other.99', 'k.1'), null);
  assert.equal(isAbove('rubbish', 'k.1'), null);
});

test('the newest of two wins; across logs the one said last', () => {
  assert.equal(newest('k.3', 'k.12'), 'k.12');
  assert.equal(newest('k.12', 'k.3'), 'k.12');
  assert.equal(newest(null, 'k.3'), 'k.3');
  assert.equal(newest('k.3', null), 'k.3');
  assert.equal(newest('new.1', 'k.900'), 'new.1');
});

test('a read for all begins at the lowest', () => {
  assert.equal(lowest(['k.30', null, 'k.7', 'k.100']), 'k.7');
  assert.equal(lowest([null]), null);
});
