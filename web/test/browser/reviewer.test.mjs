// A reviewer sees everything and comments; what a reviewer may not do says why, wherever it is tried.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startProduct, until } from './harness.mjs';
import { comment, composer, field, openItem, openProject, row, said } from './newsroom.mjs';

/** The button is there, can be reached, says why it does nothing, and does nothing. */
async function refuses(page, name, why) {
  const button = page.getByRole('button', { name });
  assert.equal(await button.getAttribute('aria-disabled'), 'true');
  await button.focus();
  await page.getByRole('tooltip').getByText(why).waitFor();
  assert.ok(
    await button.evaluate(
      (element, words) => document.getElementById(element.getAttribute('aria-describedby'))?.textContent === words,
      why,
    ),
  );
  await page.keyboard.press('Enter');
}

test('a reviewer', async (t) => {
  const server = await startProduct(t);
  const [ilse, anna] = await Promise.all([server.person('reviewer'), server.person('editor', {}, 0)]);
  const wrote = () => ilse.requests.filter((request) => !request.startsWith('GET '));
  const before = wrote().length;

  await t.test('makes no project and has no place for edits', async () => {
    await refuses(ilse, 'New project', 'Only editors create projects.');
    await ilse.keyboard.press('c');
    assert.equal(await ilse.getByRole('dialog').count(), 0);
    assert.equal(await ilse.getByRole('button', { name: /Your edits go to/ }).count(), 0);
  });

  await t.test('changes nothing in a project', async () => {
    await openProject(ilse);
    await refuses(ilse, 'Publish 3 ready', 'Only editors publish');
    await refuses(ilse, 'Add items', 'Only editors add, remove and sort items');
    for (const key of ['c', 'Shift+P']) await ilse.keyboard.press(key);
    assert.equal(await ilse.getByRole('dialog').count(), 0);
    const title = 'Coast Pass goes on sale';
    await row(ilse, title).getByRole('checkbox').check();
    const bar = ilse.getByRole('toolbar', { name: '1 item selected' });
    await bar.getByText('Only editors set items ready').waitFor();
    await row(ilse, title).getByRole('link', { name: title, exact: true }).focus();
    for (const key of ['d', 'Delete']) await ilse.keyboard.press(key);
    await ilse.keyboard.press('Escape');
    await row(ilse, title).getByText('Draft', { exact: true }).waitFor();
    await ilse.getByRole('button', { name: 'More for this project' }).click();
    const edit = ilse.getByRole('menuitem', { name: 'Edit details…' });
    assert.equal(await edit.getAttribute('aria-disabled'), 'true');
    await ilse.keyboard.press('Escape');
  });

  await t.test('reads a page, and only reads it', async () => {
    await openItem(ilse, 'What the Coast Pass covers');
    await ilse.getByText('You can read this and comment on it').waitFor();
    await ilse.locator('.notice').getByText('Only editors edit content.').waitFor();
    for (const name of ['Title', 'Summary', 'Body']) assert.equal(await field(ilse, name).isEditable(), false);
    await refuses(ilse, 'Set ready', 'Only editors edit content.');
    assert.deepEqual(wrote().slice(before), []);
  });

  await t.test('and is heard', async () => {
    await openProject(anna);
    await openItem(anna, 'What the Coast Pass covers');
    await comment(ilse, 'Which night bus?');
    await said(anna, 'Which night bus?').waitFor();
    assert.equal(await composer(anna).count(), 1);
  });

  await t.test('sees no settings of the installation', async () => {
    await ilse.keyboard.press('Escape');
    await ilse.keyboard.press('g');
    await ilse.keyboard.press('s');
    await ilse.getByRole('heading', { level: 1, name: 'Your account' }).waitFor();
    await until('no switch', async () => (await ilse.getByRole('switch', { name: 'WebSockets' }).count()) === 0);
  });
});
