// Projects: what one makes, names and dates stands in the other's list at once; where edits go, and that they go there.
import assert from 'node:assert/strict';
import test from 'node:test';
import { quiet, startProduct, until } from './harness.mjs';
import { openProject, row } from './newsroom.mjs';

const activeProject = (page, name) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: `Your edits go to ${name}` });

test('projects', async (t) => {
  const server = await startProduct(t);
  const [anna, tomas] = await Promise.all([server.person('editor', {}, 0), server.person('editor', {}, 1)]);
  await t.test('a new project, its name, words and date come into the other list in place', () => listed(anna, tomas));
  await t.test('an edit joins the project that was chosen', () => joined(anna, tomas));
});

async function listed(anna, tomas) {
  await quiet(tomas);
  await row(tomas, 'Coast Pass launch').getByRole('link').focus();
  const asked = tomas.requests.length;
  const unmoved = async () => {
    assert.ok(
      await row(tomas, 'Coast Pass launch')
        .getByRole('link')
        .evaluate((link) => link === document.activeElement),
    );
    assert.deepEqual(tomas.requests.slice(asked), []);
  };

  await anna.keyboard.press('c');
  const dialog = anna.getByRole('dialog', { name: 'New project' });
  await dialog.waitFor();
  await anna.keyboard.press('Enter');
  await dialog.getByText('A project needs a name').waitFor();
  await dialog.getByLabel('Name').fill('Spring tides');
  await dialog.getByLabel('What it is for').fill('Warnings for the quay.');
  await dialog.getByLabel('Due').fill('2031-03-20');
  await dialog.getByRole('button', { name: 'Make project' }).click();
  await anna.getByRole('heading', { level: 1, name: 'Spring tides' }).waitFor();
  await activeProject(anna, 'Spring tides').waitFor();

  const made = row(tomas, 'Spring tides');
  await made.getByText('Warnings for the quay.').waitFor();
  await made.getByText('20 Mar 2031').waitFor();
  await made.getByText('Anna Vale').waitFor();
  await tomas.getByRole('tab', { name: 'Open 3' }).waitFor();
  await unmoved();

  await anna.getByRole('button', { name: 'More for this project' }).click();
  await anna.getByRole('menuitem', { name: 'Edit details…' }).click();
  const details = anna.getByRole('dialog', { name: 'Project details' });
  await details.getByLabel('Name').fill('Spring tides 2031');
  await details.getByLabel('What it is for').fill('Warnings for the quay and the mole.');
  await details.getByLabel('Due').fill('2031-04-02');
  await anna.keyboard.press('Enter');
  await anna.getByRole('heading', { level: 1, name: 'Spring tides 2031' }).waitFor();
  const renamed = row(tomas, 'Spring tides 2031');
  await renamed.getByText('Warnings for the quay and the mole.').waitFor();
  await renamed.getByText('2 Apr 2031').waitFor();
  assert.equal(await row(tomas, 'Spring tides').count(), 0);
  await unmoved();
}

async function joined(anna, tomas) {
  // By keyboard: opened, one down from "Spring tides 2031", taken.
  await activeProject(anna, 'Spring tides 2031').focus();
  await anna.keyboard.press('Enter');
  const choices = anna.getByRole('listbox', { name: 'Where your edits go' });
  await choices.getByRole('option', { name: 'Harbour Station reopens' }).waitFor();
  await until('the list has the focus', () => choices.evaluate((list) => list === document.activeElement));
  const at = () => choices.evaluate((list) => document.getElementById(list.getAttribute('aria-activedescendant'))?.textContent.trim());
  await anna.keyboard.press('Home');
  for (let n = 0; n < 5 && !/^(Active)?Harbour/.test(await at()); n += 1) await anna.keyboard.press('ArrowDown');
  await anna.keyboard.press('Enter');
  await activeProject(anna, 'Harbour Station reopens').waitFor();

  await openProject(tomas, 'Harbour Station reopens');
  await tomas.getByRole('button', { name: 'All 4', exact: true }).waitFor();
  await quiet(tomas);
  const asked = tomas.requests.length;

  await anna.keyboard.press('g');
  await anna.keyboard.press('t');
  await anna.getByRole('link', { name: 'Winter fares', exact: true }).first().click();
  await anna.getByText('is what the public sees').waitFor();
  await anna.getByText('Saving starts a new draft in Harbour Station reopens.').waitFor();
  await anna.getByRole('textbox', { name: 'Title' }).click();
  await anna.keyboard.press('End');
  await anna.keyboard.type(', harbour line');
  await anna.getByRole('group', { name: 'Version' }).getByText('Draft v2').waitFor();
  await anna
    .getByRole('group', { name: 'Version' })
    .getByText(/^Saved /)
    .waitFor();

  const come = row(tomas, 'Winter fares, harbour line');
  await come.getByText('Draft').waitFor();
  await tomas.getByRole('button', { name: 'All 5', exact: true }).waitFor();
  assert.deepEqual(tomas.requests.slice(asked), []);
}
