// The comments beside a project, in all their states.
import test from 'node:test';
import { startProduct } from './harness.mjs';
import { column, composer, coastPass, said, thread } from './newsroom.mjs';
import { both, failing, look } from './pages.mjs';

test('comments look right', async (t) => {
  const server = await startProduct(t);
  const [anna, tomas] = [await server.api('editor', 0), await server.api('editor', 1)];
  const coast = (await anna('GET', '/projects')).items.find((one) => one.name === coastPass);
  const path = `/projects/${coast.id}`;
  const say = (api, body, more = {}) => api('POST', `${path}/comments`, { body, ...more });
  const long = await say(
    tomas,
    `Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen${'verordnung'.repeat(8)} https://www.example.org/${'a'.repeat(120)}`,
  );
  await say(
    tomas,
    '## Three things\n\n1. **Price** first\n2. `code`, too\n3. A [link](https://www.example.org)\n\n> quoted words\n\n```\nconst fares = every(train, ferry, bus).at(oneSinglePrice).perMonth;\n```',
    { parent_id: long.id },
  );
  const gone = await say(tomas, 'This was said too early.');
  await say(anna, 'What was it?', { parent_id: gone.id });
  const revision = (await anna('GET', `${path}/comments`)).items.find((one) => one.id === gone.id).revision;
  await tomas('DELETE', `/comments/${gone.id}`, undefined, { 'If-Match': `"${revision}"` });

  for (const page of await both(t, server, 'editor')) {
    const open = async () => {
      await page.goto(path);
      if (page.touch) await page.getByRole('button', { name: /^Comments/ }).click();
      await said(page, 'What was it?').waitFor();
    };
    await open();
    await look(page, 'comments');
    await column(page)
      .locator('.comments-scroll')
      .evaluate((list) => list.scrollTo(0, 0));
    await look(page, 'comments-first');
    await thread(page, 'prams in the').getByRole('button').first().click();
    await said(page, 'prams in the').last().scrollIntoViewIfNeeded();
    await look(page, 'comments-settled');
    await thread(page, 'The board has agreed').getByRole('button', { name: 'Reply', exact: true }).click();
    await look(page, 'comments-reply');
    await page.keyboard.press('Escape');
    await said(page, 'The board has agreed')
      .last()
      .getByRole('button', { name: /^More for/ })
      .click();
    await page.getByRole('menuitem').first().waitFor();
    await look(page, 'comments-menu');
    await page.keyboard.press('Escape');

    const fault = await failing(page, /\/comments$/);
    await composer(page).click();
    await page.keyboard.type('One more thing, @');
    await page.getByRole('option').first().waitFor();
    await look(page, 'comments-mention');
    await page.keyboard.press('Enter');
    await page.getByText('Tells Anna').waitFor();
    await look(page, 'comments-written');

    await page.keyboard.press('Control+Enter');
    await page.getByText('Not sent').waitFor();
    await look(page, 'comments-not-sent');
    await fault.mend();
    await page.getByRole('button', { name: 'Discard' }).click();

    const lost = await failing(page, /\/comments\?/);
    await page.goto(path);
    if (page.touch) await page.getByRole('button', { name: /^Comments/ }).click();
    await page.getByText("The comments didn't load").waitFor();
    await look(page, 'comments-failed');
    await lost.mend();
  }
});
