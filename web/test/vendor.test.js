import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../static/', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const all = (folder) =>
  readdirSync(new URL(folder, root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`.replace(/\/+/g, '/').split('/static/')[1]);

test('every vendored file is named with its package, and nothing else lies there', () => {
  const named = JSON.parse(read('vendor/vendor.json')).packages.flatMap((p) => Object.keys(p.files));
  const there = all('vendor/').map((path) => path.replace(/^vendor\//, ''));
  assert.deepEqual(there.filter((path) => path !== 'vendor.json').sort(), named.sort());
});

test('the import map has six names, each leads to a file, and only core/html.js uses them', () => {
  const { imports } = JSON.parse(/<script type="importmap">([\s\S]*?)<\/script>/.exec(read('index.html'))[1]);
  assert.equal(Object.keys(imports).length, 6);
  for (const path of Object.values(imports)) assert.ok(existsSync(new URL(`.${path}`, root)), path);
  const ours = all('.').filter((path) => path.endsWith('.js'));
  assert.ok(ours.length > 40);
  const bare = ours.filter((path) => /^import[^'"]*?from '(?!\.)/m.test(read(path)));
  assert.deepEqual(bare, ['core/html.js']);
});

test('what the page loads at once exists', () => {
  const paths = [...read('index.html').matchAll(/(?:href|src)="(\/[^"]+)"/g)].map((found) => found[1]);
  assert.ok(paths.length > 20);
  for (const path of paths) assert.ok(existsSync(new URL(`.${path}`, root)), path);
});

test('every icon that is named is in the sprite', () => {
  const ids = new Set([...read('sprite.svg').matchAll(/<symbol id="icon-([a-z-]+)"/g)].map((found) => found[1]));
  const named = all('.')
    .filter((path) => path.endsWith('.js') && !path.startsWith('vendor/'))
    .flatMap((path) =>
      [...read(path).matchAll(/\bicon(?:=|: )["']([a-z-]+)["']|<\$\{Icon\} name="([a-z-]+)"/g)].map((found) => `${found[1] ?? found[2]}`),
    );
  assert.ok(named.length > 20);
  assert.deepEqual(
    [...new Set(named)].filter((name) => !ids.has(name)),
    [],
  );
});

test('no colour is named outside tokens.css', () => {
  const sheets = all('.').filter((path) => path.endsWith('.css') && path !== 'tokens.css');
  const found = sheets.flatMap((path) =>
    [...read(path).matchAll(/#[0-9a-f]{3,8}\b(?=[^{}]*;)|\brgba?\((?!from)|\bhsl/gi)].map((hit) => `${path}: ${hit[0]}`),
  );
  assert.ok(sheets.length >= 4);
  assert.deepEqual(found, []);
});
