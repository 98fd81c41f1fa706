import assert from 'node:assert/strict';
import { test } from 'node:test';
import { find, nameOf } from '../static/core/keys.js';

const press = (key, held = {}) => nameOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

test('presses have one name each', () => {
  assert.equal(press('j'), 'j');
  assert.equal(press('P', { shiftKey: true }), 'shift+p');
  assert.equal(press('?', { shiftKey: true }), '?');
  assert.equal(press('s', { ctrlKey: true }), 'ctrl+s');
  assert.equal(press('k', { metaKey: true }), 'ctrl+k');
  assert.equal(press('ArrowUp', { altKey: true }), 'alt+arrowup');
  assert.equal(press('Enter', { ctrlKey: true, shiftKey: true }), 'ctrl+shift+enter');
  assert.equal(press(' '), 'space');
});

const shortcut = (name) => ({ run: () => name, label: name });
const layers = [{ keys: { j: shortcut('screen j') } }, { keys: { j: shortcut('frame j'), 'g p': shortcut('projects'), p: shortcut('p') } }];

test('the latest layer wins', () => {
  assert.equal(find('j', layers, '').shortcut?.label, 'screen j');
  assert.equal(find('q', layers, '').shortcut, null);
});

test('two presses in a row are one shortcut, and one alone is itself', () => {
  assert.deepEqual(find('g', layers, ''), { shortcut: null, begins: true });
  assert.equal(find('p', layers, 'g').shortcut?.label, 'projects');
  assert.equal(find('p', layers, '').shortcut?.label, 'p');
  assert.equal(find('j', layers, 'g').shortcut?.label, 'screen j');
});
