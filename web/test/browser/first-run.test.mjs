// A new installation, from the log to the first project, in the browser.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startProduct, until } from './harness.mjs';
import { composer } from './newsroom.mjs';

test('the first run', async (t) => {
  const server = await startProduct(t, { demo: false });
  const code = /no admin yet.*code=(\S+)/.exec(server.log.join('\n'))?.[1];
  assert.ok(code, 'the log has the code');
  const page = await server.page();
  page.expected.push(/403/);

  await t.test('only who has the code makes the first admin', async () => {
    await page.goto('/');
    await page.getByRole('heading', { level: 1, name: 'Make the first admin' }).waitFor();
    const go = page.getByRole('button', { name: 'Create admin and go on' });
    await page.getByText('Enter the setup code first').waitFor();
    assert.equal(await go.getAttribute('aria-disabled'), 'true');
    await page.getByLabel('Setup code').fill('wrong-code-wrong');
    await page.getByLabel('Your name').fill('Edda Holm');
    await page.getByLabel('E-mail').fill('edda@example.org');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByText('7 more characters.').waitFor();
    await page.getByText('Choose a password of 12 characters or more first').waitFor();
    await page.getByLabel('Password', { exact: true }).fill('long beats complicated');
    await go.click();
    await page.locator('.field-error').first().waitFor();
    assert.equal(await page.getByLabel('Setup code').getAttribute('aria-invalid'), 'true');

    await page.getByLabel('Setup code').fill(code);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
    await page.getByRole('button', { name: 'Edda Holm Admin' }).waitFor();
  });

  await t.test('the code works once', async () => {
    const other = await server.page();
    other.expected.push(/401/, /409/);
    await other.goto('/setup');
    await other.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    const again = await fetch(`${server.url}/api/v1/setup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code, name: 'Second', email: 'second@example.org', password: 'long beats complicated' }),
    });
    assert.equal(again.status, 409);
  });

  await t.test('what is empty teaches, and the first project is made from there', async () => {
    await page.getByRole('heading', { name: 'A project holds changes until they go out together' }).waitFor();
    await page.getByRole('button', { name: 'New project' }).click();
    const dialog = page.getByRole('dialog', { name: 'New project' });
    await dialog.getByLabel('Name').fill('Opening');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Opening' }).waitFor();
    await page.getByText('Nothing is in this project yet').first().waitFor();
    await page.getByText('Nothing is said here yet.').waitFor();
    await composer(page).waitFor();

    await page.getByRole('button', { name: 'Add items' }).last().click();
    await page.getByRole('dialog', { name: 'Add items' }).getByRole('button', { name: 'New page', exact: true }).click();
    await page.getByRole('dialog', { name: 'New page' }).getByLabel('Title').fill('Welcome');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Welcome' }).waitFor();
    await until('it stands in the project', () => /\/projects\/1\/items\/1$/.test(page.url()));
  });

  await t.test('the next time one signs in', async () => {
    await page.getByRole('button', { name: 'Edda Holm Admin' }).click();
    await page.locator('[role=menuitem]:focus').waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await page.getByLabel('E-mail').fill('edda@example.org');
    await page.getByLabel('Password', { exact: true }).fill('long beats complicated');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Welcome' }).waitFor();
  });
});
