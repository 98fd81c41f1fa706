// A comment that could not be sent is kept, offered again, and in the end said once.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startProduct, until } from './harness.mjs';
import { chip, column, composer, openProject, reply, said, thread } from './newsroom.mjs';

const board = 'The board has agreed to the price';
const failed = (page, words) => column(page).getByRole('article', { name: 'Your comment, not sent' }).filter({ hasText: words });

test('a comment that is not sent', async (t) => {
  const server = await startProduct(t);
  const [anna, tomas] = await Promise.all([server.person('editor', {}, 0), server.person('editor', {}, 1)]);
  for (const page of [anna, tomas]) page.expected.push(/ERR_|WebSocket/);
  await Promise.all([openProject(anna), openProject(tomas)]);
  await t.test('whose answer was lost is said once', () => lostAnswer(anna, tomas));
  await server.stop();

  await t.test('stays, with the reason', async () => {
    await composer(tomas).click();
    await tomas.keyboard.type('Does anybody hear me?');
    await tomas.keyboard.press('Control+Enter');
    await failed(tomas, 'Does anybody hear me?').getByText("The server can't be reached. Your comment is kept here. Try again.").waitFor();
    await reply(tomas, board, 'Nor in a thread?');
    await thread(tomas, board).getByRole('article', { name: 'Your comment, not sent' }).getByText('Nor in a thread?').waitFor();
    await composer(tomas).click();
    await tomas.keyboard.type('Better not.');
    await tomas.keyboard.press('Control+Enter');
    await failed(tomas, 'Better not.').getByRole('button', { name: 'Discard' }).click();
    await failed(tomas, 'Better not.').waitFor({ state: 'detached' });
    await chip(tomas, 'Reconnecting').waitFor();
  });

  await t.test('is said once when it is tried again', async () => {
    await server.restart();
    for (const words of ['Does anybody hear me?', 'Nor in a thread?']) {
      await failed(tomas, words).getByRole('button', { name: 'Try again' }).click();
      await failed(tomas, words).waitFor({ state: 'detached' });
      await said(anna, words).waitFor();
      await said(tomas, words).waitFor();
    }
    await Promise.all([chip(anna, 'Live').waitFor(), chip(tomas, 'Live').waitFor()]);
    for (const page of [anna, tomas]) {
      for (const words of ['Does anybody hear me?', 'Nor in a thread?']) assert.equal(await said(page, words).count(), 1);
      assert.equal(await said(page, 'Better not.').count(), 0);
    }
  });

  await t.test('outlives its window', async () => {
    await server.stop();
    await composer(tomas).click();
    await tomas.keyboard.type('Last words.');
    await tomas.keyboard.press('Control+Enter');
    await failed(tomas, 'Last words.').waitFor();
    await composer(tomas).click();
    await tomas.keyboard.type('And a beginn');
    await server.restart();
    await tomas.reload();
    await failed(tomas, 'Last words.').getByText('This was not sent when you left.').waitFor();
    assert.equal(await composer(tomas).inputValue(), 'And a beginn');
    await failed(tomas, 'Last words.').getByRole('button', { name: 'Try again' }).click();
    await said(anna, 'Last words.').waitFor();
    await until('it is said once', async () => (await said(tomas, 'Last words.').count()) === 1);
    await failed(tomas, 'Last words.').waitFor({ state: 'detached' });
  });
});

/** The server has it, but its answer does not come back; the event about it does. */
async function lostAnswer(anna, tomas) {
  await tomas.route(
    '**/comments',
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await composer(tomas).click();
  await tomas.keyboard.type('Did that come through?');
  await tomas.keyboard.press('Control+Enter');
  await said(anna, 'Did that come through?').waitFor();
  await column(tomas)
    .getByRole('article', { name: /^Tomas Brekke, / })
    .filter({ hasText: 'Did that come through?' })
    .waitFor();
  await failed(tomas, 'Did that come through?').waitFor({ state: 'detached' });
  for (const page of [anna, tomas]) assert.equal(await said(page, 'Did that come through?').count(), 1);
}
