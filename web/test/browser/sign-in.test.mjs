// The way in and the ways out.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startProduct, until } from './harness.mjs';
import { chip, composer, openProject } from './newsroom.mjs';
import { waiting } from './pages.mjs';

const email = (page) => page.getByLabel('E-mail');
const password = (page) => page.getByLabel('Password', { exact: true });

test('sign-in', async (t) => {
  const server = await startProduct(t);
  await t.test('a wrong password says how many tries are left, and the sixth waits', () => wrong(server));
  await t.test('the right one leads to where one wanted to go', () => right(server));
  await t.test('sign out ends it, in every tab of the browser', () => out(server));
  await t.test('sign out everywhere ends the other browser too, at once', () => everywhere(server));
});

async function wrong(server) {
  const page = await server.page();
  page.expected.push(/401/, /429/);
  await page.goto('/');
  await until('the e-mail has the focus', () => email(page).evaluate((input) => input === document.activeElement));
  await page.keyboard.press('Enter');
  await page.getByText('Your e-mail is missing.').first().waitFor();
  await page.keyboard.type('nobody@merrow.example');
  await page.keyboard.press('Tab');
  const says = (words) => page.locator('.field-error').getByText(words).waitFor();
  for (const left of ['4 tries left', '3 tries left', '2 tries left', '1 try left']) {
    await page.keyboard.type('not this one');
    await page.keyboard.press('Enter');
    await says(`E-mail and password don't match. ${left} before a 15 minute pause.`);
    // What was wrong is selected, so that it is typed over.
    await until('selected', () =>
      password(page).evaluate((input) => input.selectionStart === 0 && input.selectionEnd === input.value.length),
    );
  }
  await page.keyboard.type('not this one');
  await page.keyboard.press('Enter');
  await says("E-mail and password don't match. Wait 15 minutes before the next try.");
  await page.keyboard.type('not this one');
  await page.keyboard.press('Enter');
  await says('Too many wrong tries. Try again in 15 minutes.');
  // So that the other tests, which come from the same address, get in.
  await server.restart();
}

async function right(server) {
  const page = await server.page();
  page.expected.push(/401/);
  await page.goto('/projects/3');
  await email(page).fill(server.people[1].email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(server.people[1].password);
  await page.getByRole('button', { name: 'Show the password' }).click();
  assert.equal(await password(page).getAttribute('type'), 'text');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Coast Pass launch' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/projects/3');
}

async function out(server) {
  const anna = await server.person('editor', {}, 0);
  const second = await server.tab(anna, '/projects/3');
  await chip(second, 'Live').waitFor();
  const held = await waiting(second, /\/api\/v1\/notifications/);
  await second.getByRole('button', { name: /^Notifications, / }).click();
  await anna.getByRole('button', { name: 'Anna Vale Editor' }).click();
  await anna.getByRole('menuitem', { name: 'Sign out' }).click();
  for (const page of [anna, second]) {
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    assert.equal(await page.getByRole('navigation').count(), 0);
  }
  await second.getByText('Your session ended').waitFor();
  const late = second.waitForResponse((answer) => answer.status() === 401);
  await held.go();
  await late;
  await second.waitForTimeout(300); // time to take the words away wrongly
  assert.equal(await second.getByText('Your session ended').count(), 1);
  assert.equal(await anna.getByText('Your session ended').count(), 0);
  await second.reload();
  await second.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
}

async function everywhere(server) {
  const [here, there] = await Promise.all([server.person('editor', {}, 1), server.person('editor', {}, 1)]);
  await openProject(there);
  await chip(there, 'Live').waitFor();
  await composer(there).click();
  await there.keyboard.type('Half a word');
  const asked = there.requests.length;
  await here.keyboard.press('g');
  await here.keyboard.press('s');
  await here.getByRole('button', { name: 'Sign out everywhere…' }).click();
  const question = here.getByRole('dialog', { name: 'Sign out everywhere?' });
  assert.ok(await question.getByRole('button', { name: 'Stay signed in' }).evaluate((button) => button === document.activeElement));
  await question.getByRole('button', { name: 'Sign out everywhere' }).click();
  await here.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  await there.getByText('Your session ended').waitFor();
  assert.deepEqual(there.requests.slice(asked), []);

  await email(there).fill(there.who.email);
  await password(there).fill(there.who.password);
  await there.keyboard.press('Enter');
  await there.getByRole('heading', { level: 1, name: 'Coast Pass launch' }).waitFor();
  await composer(there).waitFor();
  assert.equal(await composer(there).inputValue(), 'Half a word');
}
