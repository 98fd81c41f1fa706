// Two in one page: what one saves comes into the other's fields, but never into one that is being written in.
import assert from 'node:assert/strict';
import test from 'node:test';
import { quiet, startProduct, until } from './harness.mjs';
import { composer, field, openItem, openProject, versionBar, write } from './newsroom.mjs';

const title = 'Coast Pass goes on sale';
const reads = (page, name, words) => until(`${name} reads “${words}”`, async () => (await field(page, name).inputValue()) === words);
const waiting = (page, name) => page.getByRole('group', { name: `Anna changed ${name} too` });

test('editor', async (t) => {
  const server = await startProduct(t);
  const [anna, tomas] = await Promise.all([server.person('editor', {}, 0), server.person('editor', {}, 1)]);
  await Promise.all([openProject(anna), openProject(tomas)]);
  await Promise.all([openItem(anna, title), openItem(tomas, title)]);
  await t.test('what is typed saves itself and comes to the other in place', () => comes(server, anna, tomas));
  await t.test('a text with a caret in it is not replaced', () => caret(anna, tomas));
  await t.test('a stale save overwrites nothing: both texts are shown, and mine can be kept', () => stale(anna, tomas, 'Keep mine'));
  await t.test('or theirs taken', () => stale(anna, tomas, 'Take theirs'));
});

async function comes(server, anna, tomas) {
  await composer(tomas).click();
  await tomas.keyboard.type('About the title:');
  await quiet(tomas);
  const asked = tomas.requests.length;
  const before = await versionBar(anna).textContent();
  assert.match(before, /^EnglishDraft v1 never live yetSaved .* by Sam$/);

  await write(anna, 'Title', ' in spring');
  await versionBar(anna).getByText('Saving…').waitFor();
  await versionBar(anna)
    .getByText(/^Saved \d\d:\d\d:\d\d$/)
    .waitFor();
  await reads(tomas, 'Title', `${title} in spring`);
  await tomas.getByRole('heading', { level: 1, name: `${title} in spring` }).waitFor();
  await tomas.getByText('Changed by Anna').waitFor();
  await versionBar(tomas)
    .getByText(/^Saved \d\d:\d\d:\d\d by Anna$/)
    .waitFor();
  assert.equal(await tomas.title().then((words) => words.replace(/^\(\d+\) /, '')), `${title} in spring · Galley`);
  assert.ok(await composer(tomas).evaluate((area) => area === document.activeElement && area.value === 'About the title:'));
  assert.deepEqual(tomas.requests.slice(asked), []);

  const api = await server.api('editor', 1);
  const { items } = await api('GET', '/projects/3/items');
  assert.ok(items.some((item) => item.title === `${title} in spring`));
}

async function caret(anna, tomas) {
  const summary = await field(tomas, 'Summary').inputValue();
  await field(tomas, 'Summary').click();
  await tomas.keyboard.press('Control+Home');
  await tomas.keyboard.press('ArrowRight');
  await write(anna, 'Summary', ' For everybody.');
  await waiting(tomas, 'Summary')
    .getByText(/^Anna changed this at /)
    .waitFor();
  assert.equal(await field(tomas, 'Summary').inputValue(), summary);
  assert.deepEqual(
    await field(tomas, 'Summary').evaluate((area) => [area === document.activeElement, area.selectionStart, area.selectionEnd]),
    [true, 1, 1],
  );

  await waiting(tomas, 'Summary').getByRole('button', { name: 'See' }).click();
  await waiting(tomas, 'Summary').getByText('For everybody.').waitFor();
  assert.equal(await field(tomas, 'Summary').inputValue(), summary);
  await tomas.keyboard.press('Tab');
  assert.equal(await field(tomas, 'Summary').inputValue(), summary);
  await waiting(tomas, 'Summary').getByRole('button', { name: 'Take theirs' }).focus();
  await tomas.keyboard.press('Enter');
  await reads(tomas, 'Summary', `${summary} For everybody.`);
  assert.ok(await field(tomas, 'Summary').evaluate((area) => area === document.activeElement));
}

/** Both change the body; what Tomas sends is under way while Anna's is saved. */
async function stale(anna, tomas, choice) {
  const body = await field(anna, 'Body').inputValue();
  const [hers, his] = [`${body}\nHers: ${choice}.`, `${body}\nHis: ${choice}.`];
  tomas.expected.push(/412/);
  const line = await slow(tomas);
  await write(tomas, 'Body', `\nHis: ${choice}.`);
  await until('the save is under way', () => line.reached);
  await write(anna, 'Body', `\nHers: ${choice}.`);
  await versionBar(anna)
    .getByText(/^Saved \d\d:\d\d:\d\d$/)
    .waitFor();
  line.goOn();

  const notice = tomas.getByRole('alert').filter({ hasText: 'Not saved: Anna saved this page' });
  await notice.getByText('You both changed Body. Nothing was overwritten').waitFor();
  await versionBar(tomas).getByText('Not saved: Anna changed Body too.').waitFor();
  assert.equal(await field(tomas, 'Body').inputValue(), his);
  assert.equal(await field(anna, 'Body').inputValue(), hers);
  await notice.getByRole('button', { name: 'Settle 1 field' }).click();
  const both = waiting(tomas, 'Body');
  await both.locator('mark.both-mine').getByText('His').waitFor();
  await both.locator('mark.both-theirs').getByText('Hers').waitFor();
  await both.getByRole('button', { name: choice }).last().click();

  await field(anna, 'Title').click();
  const settled = choice === 'Keep mine' ? his : hers;
  await reads(tomas, 'Body', settled);
  await versionBar(tomas)
    .getByText(/^Saved /)
    .waitFor();
  await reads(anna, 'Body', settled);
  await notice.waitFor({ state: 'detached' });
}

/** A slow line: the next save waits on its way until it is let go. */
async function slow(page) {
  const line = { reached: false, goOn: () => {} };
  const free = new Promise((resolve) => {
    line.goOn = resolve;
  });
  await page.route(
    '**/versions/*',
    async (route) => {
      line.reached = true;
      await free;
      await route.continue();
    },
    { times: 1 },
  );
  return line;
}
