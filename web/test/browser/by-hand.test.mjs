// An admin switches WebSockets off: at once in every open browser, no browser tries again, and nobody loses anything.
// This test really waits two minutes; what is refreshed by hand is tried meanwhile.
import assert from 'node:assert/strict';
import test from 'node:test';
import { quiet, startProduct, until } from './harness.mjs';
import { chip, column, comment, composer, openProject, openSettings, refreshBar, row, said, switchSockets } from './newsroom.mjs';
import { proxyBefore } from './proxy.mjs';

const title = 'Coast Pass goes on sale';
const minute = 60_000;

test('by hand', async (t) => {
  const server = await startProduct(t);
  const proxy = await proxyBefore(t, server);
  const [maren, anna, tomas] = await Promise.all([
    server.person('admin'),
    server.person('editor', {}, 0),
    server.person('editor', { base: proxy.url }, 1),
  ]);
  await openProject(anna);
  await openProject(tomas);
  const list = await server.tab(tomas, '/projects');
  const item = await server.tab(tomas, '/projects/3/items/11');
  const tabs = [tomas, list, item];
  const all = [maren, anna, ...tabs];
  await openSettings(maren);
  for (const page of all) await chip(page, 'Live').waitFor();
  for (const page of all) await quiet(page);
  assert.ok(proxy.upgrades >= 3);

  await switchSockets(maren, false);
  const off = Date.now();
  const upgrades = proxy.upgrades;
  const sockets = all.map((page) => page.sockets.length);
  const asked = all.map((page) => page.requests.length);
  await t.test('every open browser says so, at once', async () => {
    for (const page of all) await chip(page, 'Refresh by hand').waitFor();
    assert.ok(Date.now() - off < 5_000);
    await maren.getByText(/^Off since just now, by you\./).waitFor();
    for (const page of tabs)
      await refreshBar(page)
        .getByText(/^Nothing new, \d\d:\d\d$/)
        .waitFor();
    await chip(tomas, 'Refresh by hand').click();
    await tomas.getByText('An admin switched live updates off.').waitFor();
    await tomas.keyboard.press('Escape');
  });

  await t.test('a counter tells what is new, and Refresh brings exactly that', () => refreshed(anna, tomas));
  await t.test('the other tabs count and refresh for themselves', () => others(anna, list, item));
  await t.test('nobody tries to open a socket for two minutes', async () => {
    await until('two minutes', () => Date.now() - off > 2 * minute, 3 * minute);
    assert.equal(proxy.upgrades, upgrades);
    for (const [index, page] of all.entries()) {
      assert.equal(page.sockets.length, sockets[index]);
      const since = page.requests.slice(asked[index]);
      assert.equal(since.filter((request) => request === 'GET /api/v1/realtime').length, 0);
      const counts = since.filter((request) => request.includes('count=true')).length;
      assert.ok(counts >= 1 && counts <= 3, `${counts} questions in two minutes`);
    }
  });
});

async function refreshed(anna, tomas) {
  // What Tomas does himself stands there at once and is nothing new to him.
  await comment(tomas, 'Said by hand.');
  // He has a draft, reads in the middle of the feed, and his focus is on a row.
  await composer(tomas).click();
  await tomas.keyboard.type('Half a sentence');
  await column(tomas).locator('.comments-scroll').hover();
  await tomas.mouse.wheel(0, -10_000);
  await tomas.mouse.wheel(0, 150);
  await row(tomas, title).getByRole('link', { name: title, exact: true }).focus();
  await comment(anna, 'Nobody hears this at once.');
  await row(anna, title).getByRole('link', { name: title, exact: true }).focus();
  await anna.keyboard.press('d');
  await row(anna, title).getByText('Ready', { exact: true }).waitFor();

  // The comment, and that he is told of it; the item, its version, and the numbers of the project.
  await refreshBar(tomas)
    .getByText('5 changes since you looked')
    .waitFor({ timeout: minute + 5_000 });
  assert.equal(await said(tomas, 'Nobody hears this at once.').count(), 0);
  await row(tomas, title).getByText('Draft', { exact: true }).waitFor();
  const stands = () =>
    tomas.evaluate(() => ({
      focus: document.activeElement?.textContent,
      draft: document.querySelector('.composer-text')?.value,
      scrolled: document.querySelector('.comments-scroll')?.scrollTop,
      rows: [...document.querySelectorAll('.item-row')].map((element) => element.getBoundingClientRect().top),
    }));
  const before = await stands();
  assert.equal(before.focus, title);
  assert.ok(before.scrolled > 0);
  const asked = tomas.requests.length;
  await tomas.keyboard.press('r');
  await said(tomas, 'Nobody hears this at once.').waitFor({ state: 'attached' });
  await row(tomas, title).getByText('Ready', { exact: true }).waitFor();
  await refreshBar(tomas)
    .getByText(/^Nothing new, /)
    .waitFor();
  assert.deepEqual(await stands(), before);
  assert.equal(before.draft, 'Half a sentence');
  for (const words of ['Said by hand.', 'Nobody hears this at once.']) assert.equal(await said(tomas, words).count(), 1);
  assert.deepEqual(
    tomas.requests.slice(asked).map((request) => request.split('?')[0]),
    ['GET /api/v1/realtime/changes'],
  );
}

async function others(anna, list, item) {
  await refreshBar(list).getByRole('button', { name: 'Refresh' }).click();
  await row(list, 'Coast Pass launch').getByRole('cell').filter({ hasText: '4 ready' }).waitFor();
  await comment(anna, 'For the third tab: nothing.');
  await refreshBar(item).getByRole('button', { name: 'Refresh' }).click();
  await refreshBar(item)
    .getByText(/^Nothing new, /)
    .waitFor();
  assert.equal(await said(item, 'For the third tab').count(), 0);
}
