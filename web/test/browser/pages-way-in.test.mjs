// The way in: signing in and the first run.
import test from 'node:test';
import { startProduct } from './harness.mjs';
import { bothOutside, look } from './pages.mjs';

test('signing in looks right', async (t) => {
  const server = await startProduct(t);
  const pages = await bothOutside(t, server);
  for (const page of pages) {
    await page.goto('/sign-in');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await look(page, 'sign-in', { heading: 'Sign in' });

    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Your e-mail is missing.').first().waitFor();
    await look(page, 'sign-in-missing');

    await page.getByLabel('E-mail').fill(server.people[1].email);
    await page.getByLabel('Password', { exact: true }).fill('not the one');
    await page.keyboard.press('Enter');
    await page.locator('.field-error').getByText("don't match").waitFor();
    await look(page, 'sign-in-wrong');
  }
});

test('the first run looks right', async (t) => {
  const server = await startProduct(t, { demo: false });
  for (const page of await bothOutside(t, server)) {
    page.expected.push(/403/); // the code that is not the one
    await page.goto('/');
    await page.getByRole('heading', { name: 'Make the first admin' }).first().waitFor();
    await look(page, 'first-run', { heading: 'Make the first admin' });
    await page.getByLabel('Setup code').fill('AAAA-BBBB-CCCC');
    await page.getByLabel('Your name').fill('Maren Oduya');
    await page.getByLabel('E-mail').fill('maren@merrow.example');
    await page.getByLabel('Password', { exact: true }).fill('harbour');
    await look(page, 'first-run-short');
    await page.getByLabel('Password', { exact: true }).fill('harbour-lantern-7');
    await page.getByRole('button', { name: 'Create admin' }).click();
    await page.locator('.field-error').waitFor();
    await look(page, 'first-run-wrong-code');
  }
});
