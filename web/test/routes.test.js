import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOurs, parse } from '../static/core/routes.js';
import { titleText } from '../static/core/title.js';

const table = [
  ['/', 'home', {}],
  ['/sign-in', 'sign-in', {}],
  ['/projects', 'projects', {}],
  ['/projects/', 'projects', {}],
  ['/projects/7', 'project', { id: '7' }],
  ['/projects/7/items/12', 'item', { id: '7', item: '12' }],
  ['/content/3', 'content-item', { id: '3' }],
  ['/settings', 'settings', {}],
  ['/settings/account', 'account', {}],
  ['/projects/seven', 'nowhere', {}],
  ['/projects/0', 'nowhere', {}],
  ['/projects/7/items', 'nowhere', {}],
  ['/else', 'nowhere', {}],
];
for (const [path, name, params] of table) {
  test(`${path} is ${name}`, () => {
    const route = parse(path);
    assert.equal(route.name, name);
    assert.deepEqual(route.params, params);
  });
}

test('query and anchor come along', () => {
  const route = parse('/content/3?language=de&version=4#comment-55');
  assert.deepEqual(route.query, { language: 'de', version: '4' });
  assert.equal(route.hash, '#comment-55');
});

test('links to the API, to published pages and to elsewhere are the browser’s', () => {
  const ours = (href) => isOurs(new URL(href, 'http://here.test'), 'http://here.test');
  assert.equal(ours('/projects/7'), true);
  assert.equal(ours('/apis-we-like'), true);
  for (const href of ['/api/v1/openapi.json', '/delivery/v1/en/fares', '/healthz', 'http://there.test/projects']) {
    assert.equal(ours(href), false, href);
  }
});

test('the window says what is unread, where one is, and what this is', () => {
  assert.equal(titleText('Coast Pass launch', 4), '(4) Coast Pass launch · Galley');
  assert.equal(titleText('Coast Pass launch', 0), 'Coast Pass launch · Galley');
  assert.equal(titleText('', 0), 'Galley');
});
