// Words that are not saved are not lost: not by a server that is away, not by a window that is closed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startProduct, until } from './harness.mjs';
import { field, openItem, openProject, versionBar, write } from './newsroom.mjs';

const title = 'Coast Pass goes on sale';

test('words that are not saved', async (t) => {
  const server = await startProduct(t);
  const [anna, tomas] = await Promise.all([server.person('editor', {}, 0), server.person('editor', {}, 1)]);
  anna.expected.push(/ERR_|WebSocket/);
  tomas.expected.push(/ERR_|WebSocket/);
  await Promise.all([openProject(anna), openProject(tomas)]);
  await openItem(anna, title);
  const summary = await field(anna, 'Summary').inputValue();

  await server.stop();
  await write(anna, 'Summary', ' Written while the server was away.');
  await versionBar(anna).getByText("Not saved: the server can't be reached. Your text is kept here.").waitFor();
  await versionBar(anna).getByRole('button', { name: 'Try now' }).waitFor();
  await server.restart();

  await t.test('they go out by themselves when the server is back', async () => {
    await versionBar(anna)
      .getByText(/^Saved \d\d:\d\d:\d\d$/)
      .waitFor();
    const api = await server.api('editor', 1);
    const saved = await api('GET', '/content?q=goes on sale');
    assert.match((await api('GET', `/content/${saved.items[0].id}`)).fields.summary, /Written while the server was away\.$/);
  });

  await t.test('and are offered again after the window was lost', async () => {
    await server.stop();
    await write(anna, 'Summary', ' And then it crashed.');
    await versionBar(anna).getByText('Not saved').waitFor();
    const address = anna.url();
    const other = await anna.context().newPage(); // keeps the browser
    await anna.close({ runBeforeUnload: false });
    await server.restart();
    await other.close();
    const again = await server.tab(anna, new URL(address).pathname);
    const notice = again.getByText(/^Your words from .* were never saved$/);
    await notice.waitFor();
    await again.getByText('This device kept what you wrote in Summary.').waitFor();
    assert.doesNotMatch(await field(again, 'Summary').inputValue(), /crashed/);
    await again.getByRole('button', { name: 'Put them back' }).click();
    await until('they stand there', async () => (await field(again, 'Summary').inputValue()).endsWith(' And then it crashed.'));
    await versionBar(again)
      .getByText(/^Saved \d\d:\d\d:\d\d$/)
      .waitFor();
    await notice.waitFor({ state: 'detached' });
  });

  await t.test('a window with unsaved words asks before it goes', async () => {
    await openItem(tomas, title);
    await server.stop();
    await write(tomas, 'Summary', ' Mine.');
    await versionBar(tomas).getByText('Not saved').waitFor();
    const asked = tomas.waitForEvent('dialog');
    await tomas.evaluate(() => void setTimeout(() => location.reload()));
    const dialog = await asked;
    assert.equal(dialog.type(), 'beforeunload');
    await dialog.dismiss();
    assert.match(await field(tomas, 'Summary').inputValue(), / Mine\.$/);
    assert.notEqual(summary, '');
  });
});
