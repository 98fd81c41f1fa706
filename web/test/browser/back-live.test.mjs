// Switched off, WebSockets stay off over a restart. Switched on, the browsers come back by themselves within about a minute.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startProduct } from './harness.mjs';
import { chip, comment, openProject, openSettings, said, switchSockets } from './newsroom.mjs';

const aboutAMinute = 75_000;

test('back to live', async (t) => {
  const server = await startProduct(t);
  const [maren, anna, tomas] = await Promise.all([server.person('admin'), server.person('editor', {}, 0), server.person('editor', {}, 1)]);
  for (const page of [maren, anna, tomas]) page.expected.push(/ERR_/);
  await Promise.all([openProject(anna), openProject(tomas), openSettings(maren)]);
  for (const page of [maren, anna, tomas]) await chip(page, 'Live').waitFor();
  const second = await server.tab(maren, '/settings');
  await chip(second, 'Live').waitFor();
  await switchSockets(maren, false);
  await t.test('the other one who looks at the switch sees it move', async () => {
    await second.getByRole('switch', { name: 'WebSockets', checked: false }).waitFor();
    await second.close();
  });
  for (const page of [maren, anna, tomas]) await chip(page, 'Refresh by hand').waitFor();
  const sockets = [maren, anna, tomas].map((page) => page.sockets.length);

  await t.test('off stays off over a restart', async () => {
    await server.restart();
    await maren.reload();
    await maren.getByRole('switch', { name: 'WebSockets', checked: false }).waitFor();
    await maren.getByText(/^Off .*, by you\./).waitFor();
    const tab = await server.tab(tomas, '/projects');
    await chip(tab, 'Refresh by hand').waitFor();
    assert.equal(tab.sockets.length, 0);
    await tab.close();
  });

  await t.test('on again brings everybody back, with what was missed', async () => {
    await comment(anna, 'Said while it was off.');
    await comment(tomas, 'And answered.');
    for (const page of [anna, tomas]) assert.ok(await chip(page, 'Refresh by hand').isVisible());
    assert.equal(await said(tomas, 'Said while it was off.').count(), 0);
    await switchSockets(maren, true);
    await Promise.all([maren, anna, tomas].map((page) => chip(page, 'Live').waitFor({ timeout: aboutAMinute })));
    await said(tomas, 'Said while it was off.').waitFor();
    await said(anna, 'And answered.').waitFor();
    await comment(anna, 'Live again.');
    await said(tomas, 'Live again.').waitFor();
    for (const words of ['Said while it was off.', 'And answered.', 'Live again.']) assert.equal(await said(tomas, words).count(), 1);
    for (const [index, page] of [maren, anna, tomas].entries()) assert.ok(page.sockets.length > sockets[index]);
  });
});
