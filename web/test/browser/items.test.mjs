// What is in a project: added, taken out and brought back before the other's eyes; what another project holds is locked.
import assert from 'node:assert/strict';
import test from 'node:test';
import { quiet, startProduct, until } from './harness.mjs';
import { coastPass, comment, openItem, openProject, row, said } from './newsroom.mjs';

const title = 'Bikes, dogs and prams';
const all = (page, n) => page.getByRole('button', { name: `All ${n}`, exact: true });

test('items', async (t) => {
  const server = await startProduct(t);
  const [anna, tomas] = await Promise.all([server.person('editor', {}, 0), server.person('editor', {}, 1)]);
  await t.test('an item is taken out and brought back', () => outAndBack(anna, tomas));
  await t.test('an item moves to another project by hand', () => moved(anna, tomas));
  await t.test('what another project holds is locked, and a draft of one’s own begins from it', () => locked(anna));
});

async function outAndBack(anna, tomas) {
  await Promise.all([openProject(anna), openProject(tomas)]);
  await openItem(anna, title);
  await comment(anna, 'Do prams go for free?');
  await openProject(anna);
  const about = said(tomas, 'Do prams go for free?').getByRole('link', { name: title, exact: true });
  await about.waitFor();
  await quiet(tomas);
  const asked = tomas.requests.length;
  await row(anna, title).getByRole('link', { name: title, exact: true }).focus();
  await anna.keyboard.press('Delete');
  await tomas.getByText('removed by Anna').waitFor();
  await all(tomas, 7).waitFor();
  await all(anna, 7).waitFor();
  assert.equal(await row(anna, title).count(), 0);

  await anna.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await row(anna, title).waitFor();
  await row(tomas, title).waitFor();
  await all(tomas, 8).waitFor();
  await about.waitFor(); // it is the same item, and the comment is about it
  assert.deepEqual(tomas.requests.slice(asked), []);
}

async function moved(anna, tomas) {
  const other = 'Harbour Station reopens';
  await openProject(tomas, other);
  await openProject(anna, other);
  await anna.keyboard.press('c');
  const dialog = anna.getByRole('dialog', { name: 'Add items' });
  await dialog.getByRole('searchbox').fill('bikes');
  const held = dialog.getByRole('listitem').filter({ hasText: title });
  await held.getByText('Held by').waitFor();
  await held.getByRole('link', { name: coastPass }).waitFor();
  assert.equal(await held.getByRole('button', { name: `Add ${title}` }).count(), 0);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'detached' });

  await openProject(anna);
  await row(anna, title).getByRole('checkbox').check();
  await anna.getByRole('toolbar', { name: '1 item selected' }).getByRole('button', { name: 'Remove 1' }).click();
  await all(anna, 7).waitFor();

  await openProject(anna, other);
  await anna.getByRole('button', { name: 'Add items' }).click();
  await dialog.getByRole('searchbox').fill('bikes');
  await dialog.getByRole('button', { name: `Add ${title}` }).click();
  await held.getByRole('link', { name: 'In this project' }).waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await row(anna, title).getByText('Ready', { exact: true }).waitFor();
  await row(tomas, title).getByText('Ready', { exact: true }).waitFor();
  await all(tomas, 5).waitFor();
}

async function locked(anna) {
  await openItem(anna, title);
  await anna.getByText('Your edits go to Coast Pass launch, so this version is read-only here.').waitFor();
  assert.equal(await anna.getByRole('link', { name: 'Harbour Station reopens' }).last().getAttribute('href'), new URL(anna.url()).pathname);
  const field = anna.getByRole('textbox', { name: 'Title' });
  assert.equal(await field.isEditable(), false);
  const before = anna.url();
  await anna.getByRole('button', { name: 'New draft from here' }).click();
  await until('the new draft', () => anna.url() !== before);
  await anna.getByText('in Coast Pass launch').waitFor();
  const own = anna.getByRole('textbox', { name: 'Title' });
  await until('it can be written in', () => own.isEditable());
  await anna.getByRole('heading', { name: 'Also held by' }).waitFor();
  await own.click();
  await anna.keyboard.press('End');
  await anna.keyboard.type(' aboard');
  await anna
    .getByRole('group', { name: 'Version' })
    .getByText(/^Saved /)
    .waitFor();

  await openProject(anna, coastPass);
  await row(anna, `${title} aboard`).waitFor();
  await openProject(anna, 'Harbour Station reopens');
  await row(anna, title).waitFor();
  await openItem(anna, title);
  await anna.getByRole('button', { name: 'Work in that project' }).click();
  await until('it can be written in', () => anna.getByRole('textbox', { name: 'Title' }).isEditable());
  await anna.getByRole('button', { name: 'Your edits go to Harbour Station reopens' }).first().waitFor();
}
