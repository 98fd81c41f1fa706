// The line breaks, the server is started anew: nobody reloads, nothing is missing, nothing comes twice.
import assert from 'node:assert/strict';
import test from 'node:test';
import { quiet, startProduct, until } from './harness.mjs';
import { chip, column, comment, composer, openProject, row, said } from './newsroom.mjs';
import { proxyBefore } from './proxy.mjs';

const title = 'Coast Pass goes on sale';

/** How often the page was loaded; what it asked the server for since then. */
const mark = (page) => page.evaluate(() => Object.assign(globalThis, { sameWindow: true }));
const sameWindow = (page) => page.evaluate(() => globalThis.sameWindow === true);
const once = async (page, words) => assert.equal(await said(page, words).count(), 1, words);

test('line', async (t) => {
  const server = await startProduct(t);
  const proxy = await proxyBefore(t, server);
  const [anna, tomas] = await Promise.all([server.person('editor', {}, 0), server.person('editor', { base: proxy.url }, 1)]);
  for (const page of [anna, tomas]) page.expected.push(/ERR_|WebSocket/);
  await Promise.all([openProject(anna), openProject(tomas)]);
  await Promise.all([chip(anna, 'Live').waitFor(), chip(tomas, 'Live').waitFor()]);
  await Promise.all([quiet(anna), quiet(tomas)]);
  await Promise.all([mark(anna), mark(tomas)]);

  await t.test('a line that is cut for a moment is taken up again, silently', async () => {
    const { requests, sockets } = tomas;
    const asked = requests.length;
    const opened = sockets.length;
    proxy.cut();
    await comment(anna, 'Said while the line was cut.');
    await said(tomas, 'Said while the line was cut.').waitFor();
    await until('a second socket', () => sockets.length === opened + 1);
    await once(tomas, 'Said while the line was cut.');
    assert.deepEqual(new Set(requests.slice(asked)), new Set(['GET /api/v1/realtime']));
  });

  await t.test('a line that stays away says so, and what was missed comes afterwards, in order', () => away(proxy, anna, tomas));
  await t.test('a server that is started anew is found by both', () => anew(server, anna, tomas));
  await t.test('what was missed before the restart comes after it', async () => {
    proxy.break();
    await comment(anna, 'Said before the restart.');
    await server.restart();
    await chip(anna, 'Live').waitFor();
    proxy.mend();
    await said(tomas, 'Said before the restart.').waitFor();
    await once(tomas, 'Said before the restart.');
    await chip(tomas, 'Live').waitFor();
  });
  for (const page of [anna, tomas]) assert.ok(await sameWindow(page));
});

async function away(proxy, anna, tomas) {
  const asked = tomas.requests.length;
  await composer(tomas).click();
  await tomas.keyboard.type('Half a thought');
  proxy.break();
  await chip(tomas, 'Reconnecting').waitFor();
  for (const n of [1, 2, 3]) await comment(anna, `Missed ${n}.`);
  await row(anna, title).getByRole('link', { name: title, exact: true }).focus();
  await anna.keyboard.press('d');
  await row(anna, title).getByText('Ready', { exact: true }).waitFor();
  assert.equal(await said(tomas, 'Missed 1.').count(), 0);

  await chip(tomas, 'Reconnecting').click();
  await tomas.getByText('You can keep working; nothing is lost.').waitFor();
  proxy.mend();
  await tomas.getByRole('button', { name: 'Try now' }).click();
  await chip(tomas, 'Live').waitFor();
  await said(tomas, 'Missed 3.').waitFor();
  await row(tomas, title).getByText('Ready', { exact: true }).waitFor();
  for (const n of [1, 2, 3]) await once(tomas, `Missed ${n}.`);
  const words = (await column(tomas).locator('.comment-body').allTextContents()).map((text) => text.trim());
  assert.deepEqual(
    words.filter((text) => text.startsWith('Missed')),
    ['Missed 1.', 'Missed 2.', 'Missed 3.'],
  );
  assert.equal(await composer(tomas).inputValue(), 'Half a thought');
  assert.deepEqual(new Set(tomas.requests.slice(asked)), new Set(['GET /api/v1/realtime']));
}

async function anew(server, anna, tomas) {
  const opened = [anna, tomas].map((page) => page.sockets.length);
  await server.restart();
  await until('both came back', () => anna.sockets.length > opened[0] && tomas.sockets.length > opened[1]);
  await Promise.all([chip(anna, 'Live').waitFor(), chip(tomas, 'Live').waitFor()]);
  await composer(tomas).fill('');
  await comment(tomas, 'Said after the restart.');
  await said(anna, 'Said after the restart.').waitFor();
  await comment(anna, 'And heard.');
  await said(tomas, 'And heard.').waitFor();
  for (const page of [anna, tomas]) {
    await once(page, 'Said after the restart.');
    await once(page, 'Missed 1.');
  }
}
