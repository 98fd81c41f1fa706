// What the first screen costs, and what the page may do.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startProduct } from './harness.mjs';
import { wide } from './pages.mjs';

const kB = 1_000;

test('the first load is small, stays at home and moves nothing', async (t) => {
  const server = await startProduct(t);
  const first = await server.person('editor', wide);
  const state = await first.context().storageState();
  const page = await server.page(wide);
  await page.context().addCookies(state.cookies);
  // What is fetched ahead while nothing else is to do is not part of the first load.
  await page.addInitScript(() => {
    window.requestIdleCallback = () => 0;
  });
  const sizes = [];
  page.on('response', (response) => sizes.push(response.body().then((body) => [new URL(response.url()).pathname, body.length])));
  await page.goto('/projects');
  await page.getByRole('link', { name: 'Coast Pass launch' }).waitFor();
  await page.getByRole('button', { name: /^Notifications/ }).waitFor();
  await page.locator('.chip-live').waitFor();

  const loaded = await Promise.all(sizes);
  const sum = (pattern) => loaded.reduce((all, [path, bytes]) => all + (pattern.test(path) ? bytes : 0), 0);
  const table = loaded.sort((a, b) => b[1] - a[1]).map(([path, bytes]) => `${bytes} ${path}`);
  t.diagnostic(`${sum(/./)} bytes in ${loaded.length} answers`);
  const budget = { all: [/./, 250], vendor: [/^\/vendor\//, 45], css: [/\.css$/, 45], signs: [/^\/sprite/, 12], page: [/^\/projects$/, 8] };
  for (const [part, [pattern, most]] of Object.entries(budget)) {
    t.diagnostic(`${part}: ${sum(pattern)} bytes of ${most} kB`);
    assert.ok(sum(pattern) > 0 && sum(pattern) < most * kB, `${part}: ${sum(pattern)} bytes of ${most} kB\n${table.join('\n')}`);
  }
});

test('nothing shifts while a screen comes', async (t) => {
  const server = await startProduct(t);
  const api = await server.api('editor');
  const coast = (await api('GET', '/projects')).items.find((one) => one.name === 'Coast Pass launch');
  const [item] = (await api('GET', `/projects/${coast.id}/items`)).items;
  const page = await server.person('editor', wide);
  const hosts = new Set();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  const screens = [
    ['/projects', '.project-link'],
    [`/projects/${coast.id}`, '.comment'],
    [`/projects/${coast.id}/items/${item.id}`, '.comments-none, .comment'],
    ['/content', '.content-title'],
    ['/settings/account', '.setting-card'],
  ];
  for (const [path, there] of screens) {
    await page.goto(path);
    await page.locator(there).first().waitFor();
    await page.locator('.chip-live').waitFor();
    const shift = await page.evaluate(
      () =>
        new Promise((resolve) => {
          let all = 0;
          const observer = new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) all += entry.value;
          });
          observer.observe({ type: 'layout-shift', buffered: true });
          requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(all))));
        }),
    );
    t.diagnostic(`${path}: layout shift ${shift.toFixed(4)}`);
    assert.ok(shift < 0.02, `${path}: layout shift ${shift}`);
  }
  assert.deepEqual([...hosts], [new URL(server.url).host]);
});

test('the page may run only its own scripts', async (t) => {
  const server = await startProduct(t);
  for (const path of ['/', '/sign-in', '/projects', '/projects/1/items/1', '/nowhere']) {
    const answer = await fetch(server.url + path);
    const policy = Object.fromEntries(
      answer.headers
        .get('content-security-policy')
        .split('; ')
        .map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)]),
    );
    assert.deepEqual(policy['default-src'], ["'none'"], path);
    assert.deepEqual(policy['style-src'], ["'self'"], path);
    for (const source of policy['script-src']) assert.match(source, /^'(self|sha256-[\w+/=]+)'$/, path);
    const page = await answer.text();
    assert.doesNotMatch(page, /\sstyle\s*=|<style|\son\w+\s*=|javascript:/i, path);
    assert.doesNotMatch(page, /(src|href)="(https?:)?\/\//, path);
  }
});
