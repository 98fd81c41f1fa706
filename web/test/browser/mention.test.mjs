// Tomas is named in a comment: his bell rings where he is, and leads to the very place.
import assert from 'node:assert/strict';
import test from 'node:test';
import { quiet, startProduct, until } from './harness.mjs';
import { column, composer, openItem, openProject, reply, said } from './newsroom.mjs';

const page = 'Compare tickets and passes';
const bell = (reader) => reader.getByRole('button', { name: /^Notifications, / });

/** What the bell says is unread. */
async function unread(reader) {
  const name = await bell(reader).getAttribute('aria-label');
  return name === 'Notifications, none unread' ? 0 : Number(/(\d+) unread$/.exec(name)[1]);
}

const counts = (reader, n) => until(`${n} unread`, async () => (await unread(reader)) === n);

test('somebody is named', async (t) => {
  const server = await startProduct(t);
  const [anna, tomas] = await Promise.all([server.person('editor', {}, 0), server.person('editor', {}, 1)]);
  await openProject(anna);
  await openItem(anna, page);
  await t.test('the picker is worked by keyboard', () => pick(anna));
  await t.test('the bell counts at once, and leads to the very place', () => ring(anna, tomas));
  await t.test('a reply rings too, and all can be read at once', () => ringAgain(anna, tomas));
});

/** Anna writes "@to", takes Tomas from the list, and posts. */
async function pick(anna) {
  await composer(anna).click();
  await anna.keyboard.type('Is this still right, @');
  const list = anna.getByRole('listbox', { name: 'People' });
  await list.waitFor();
  const options = list.getByRole('option');
  assert.ok((await options.count()) > 3);
  const chosen = () =>
    composing(anna).evaluate((field) => document.getElementById(field.getAttribute('aria-activedescendant'))?.textContent);
  const first = await chosen();
  await anna.keyboard.press('ArrowDown');
  await until('the next one', async () => (await chosen()) !== first);
  await anna.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });
  await anna.keyboard.type('to');
  await until('only Tomas', async () => (await options.count()) === 1 && /Tomas Brekke/.test(await chosen()));
  await anna.keyboard.press('Enter');
  await list.waitFor({ state: 'detached' });
  assert.equal(await composer(anna).inputValue(), 'Is this still right, @tomas ');
  await column(anna).getByText('Tells Tomas').waitFor();
}

/** While names are offered the field points at one of them. */
const composing = (anna) => column(anna).locator('textarea[aria-activedescendant]');

async function ring(anna, tomas) {
  await quiet(tomas);
  const before = await unread(tomas);
  const asked = tomas.requests.length;
  await anna.keyboard.type('with the new zones?');
  await anna.keyboard.press('Control+Enter');
  await counts(tomas, before + 1);
  assert.equal(await tomas.title(), `(${before + 1}) Projects · Galley`);
  assert.deepEqual(tomas.requests.slice(asked), []);

  await tomas.keyboard.press('n');
  const panel = tomas.getByRole('dialog', { name: 'Notifications' });
  const entry = panel.getByRole('link', { name: `Anna Vale mentioned you on ${page}` });
  await entry.waitFor();
  await panel.getByText('Is this still right, @tomas with the new zones?').waitFor();
  await tomas.keyboard.press('j');
  await tomas.keyboard.press('w');
  await panel.locator('.note-why:not([hidden])').getByText('You were mentioned by name.').waitFor();
  await tomas.keyboard.press('Enter');

  const words = 'Is this still right';
  await tomas.getByRole('heading', { level: 1, name: page }).waitFor();
  await said(tomas, words).waitFor();
  await until('the comment has the focus', () => said(tomas, words).evaluate((comment) => comment === document.activeElement));
  assert.match(tomas.url(), /\/projects\/\d+\/items\/\d+#comment-\d+$/);
  await counts(tomas, before);
  assert.equal(await said(tomas, words).locator('.comment-body').getByText('@tomas').count(), 1);
}

async function ringAgain(anna, tomas) {
  const before = await unread(anna);
  await reply(tomas, 'Is this still right', 'Yes, all of it.');
  await counts(anna, before + 1);
  await bell(anna).click();
  const panel = anna.getByRole('dialog', { name: 'Notifications' });
  await panel.getByRole('link', { name: `Tomas Brekke replied to you on ${page}` }).waitFor();
  await tomas.keyboard.press('Escape');
  const asked = anna.requests.length;
  await reply(tomas, 'Is this still right', 'And the ferries too.');
  await panel.getByText('And the ferries too.').waitFor();
  assert.deepEqual(anna.requests.slice(asked), []);
  await panel.getByRole('button', { name: 'Mark all read' }).click();
  await counts(anna, 0);
  await until('nothing looks unread', async () => (await panel.getByRole('link', { name: /, unread$/ }).count()) === 0);
  await anna.keyboard.press('Escape');
  await panel.waitFor({ state: 'hidden' });
  assert.ok(await bell(anna).evaluate((button) => button === document.activeElement));
}
