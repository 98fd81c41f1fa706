// What Anna says comes to Tomas in place: no reload, no request, nothing of his moved or lost.
import assert from 'node:assert/strict';
import test from 'node:test';
import { quiet, startProduct, until } from './harness.mjs';
import { act, column, comment, composer, openProject, reply, said, thread } from './newsroom.mjs';

/** Where somebody stands: what scrolls, what has the focus, the caret and the words around it. */
const standing = (page) =>
  page.evaluate(() => {
    const { tagName, value, selectionStart, selectionEnd } = /** @type {any} */ (document.activeElement);
    return {
      scrolled: ['.comments-scroll', '.item-scroll', '#main'].map((place) => document.querySelector(place)?.scrollTop),
      focus: { tagName, value, selectionStart, selectionEnd },
    };
  });

/** Waits until the feed stands there. */
const scrolledTo = (page, there) =>
  until('the feed is scrolled', async () => there(await page.locator('.comments-scroll').evaluate((place) => place.scrollTop)));

/** Whether the comment lies wholly in what is seen of the column. */
const inSight = (page, words) =>
  said(page, words).evaluate((comment) => {
    const inner = comment.getBoundingClientRect();
    const outer = comment.closest('.comments-scroll').getBoundingClientRect();
    return inner.top >= outer.top && inner.bottom <= outer.bottom + 1;
  });

test('comments, live', async (t) => {
  const server = await startProduct(t);
  const [anna, tomas] = await Promise.all([server.person('editor', {}, 0), server.person('editor', {}, 1)]);
  await Promise.all([openProject(anna), openProject(tomas)]);
  await t.test('a comment, its reply, its change and its end come to the colleague in place', () => inPlace(anna, tomas));
  await t.test('a thread that one settles and reopens folds and unfolds at the other', () => settled(anna, tomas));
  await t.test('what is said on an item shows beside it, is counted in its project, and is not heard on another', () =>
    onItems(anna, tomas),
  );
});

async function inPlace(anna, tomas) {
  // Tomas reads further up and is in the middle of a sentence.
  await column(tomas).hover();
  await tomas.mouse.wheel(0, -10_000);
  await scrolledTo(tomas, (top) => top === 0);
  await tomas.mouse.wheel(0, 150);
  await scrolledTo(tomas, (top) => top > 0);
  await composer(tomas).click();
  await tomas.keyboard.type('Half a sentence');
  for (let n = 0; n < 8; n += 1) await tomas.keyboard.press('ArrowLeft');
  await quiet(tomas);
  const before = { stands: await standing(tomas), requests: tomas.requests.length };
  assert.equal(before.stands.focus.selectionStart, 'Half a '.length);
  const untouched = async (what) => {
    assert.deepEqual(await standing(tomas), before.stands, what);
    assert.deepEqual(tomas.requests.slice(before.requests), [], `requests of ${what}`);
  };

  await comment(anna, 'The kiosk has the **old** price.');
  await said(tomas, 'The kiosk has the old price.').waitFor({ state: 'attached' });
  assert.equal(await said(tomas, 'The kiosk has').locator('strong').textContent(), 'old');
  await column(tomas).getByRole('button', { name: '1 new comment' }).waitFor();
  await untouched('a comment');

  await reply(anna, 'The kiosk has', 'And the one at the ferry too.');
  await thread(tomas, 'The kiosk has').getByText('And the one at the ferry too.').waitFor({ state: 'attached' });
  await column(tomas).getByRole('button', { name: '2 new comments' }).waitFor();
  await untouched('a reply');

  await act(anna, 'The kiosk has', 'Edit');
  await anna.keyboard.press('Control+A');
  await anna.keyboard.type('Both kiosks have the old price.');
  await anna.keyboard.press('Control+Enter');
  await said(tomas, 'Both kiosks have the old price.').getByText('edited').waitFor({ state: 'attached' });
  assert.equal(await said(tomas, 'The kiosk has').count(), 0);
  await untouched('a change');

  // He looks, by the pill, and still has his words.
  await column(tomas).getByRole('button', { name: '2 new comments' }).click();
  await until('the new comment is in sight', () => inSight(tomas, 'And the one at the ferry too.'));
  assert.equal(await composer(tomas).inputValue(), 'Half a sentence');

  await act(anna, 'Both kiosks', 'Delete');
  await anna.getByRole('dialog').getByRole('button', { name: 'Delete comment' }).click();
  for (const page of [anna, tomas]) {
    const left = thread(page, 'And the one at the ferry too.');
    await left.getByText('Anna Vale deleted this comment').waitFor();
    assert.equal(await left.getByText('Both kiosks').count(), 0);
  }
  await act(anna, 'And the one at the ferry', 'Delete');
  await anna.getByRole('dialog').getByRole('button', { name: 'Delete comment' }).click();
  for (const page of [anna, tomas]) {
    await said(page, 'And the one at the ferry').waitFor({ state: 'detached' });
    await said(page, 'deleted this comment').waitFor({ state: 'detached' });
  }
  assert.deepEqual(tomas.requests.slice(before.requests), [], 'requests of all of it');
}

async function settled(anna, tomas) {
  await quiet(anna);
  const asked = anna.requests.length;
  const words = 'The board has agreed to the price';

  await thread(tomas, words).getByRole('button', { name: 'Mark settled' }).click();
  const folded = thread(anna, words).getByRole('button', { name: /2 replies$/ });
  await folded.waitFor();
  assert.equal(await folded.getAttribute('title'), 'Settled by Tomas');
  await folded.focus();
  await anna.keyboard.press('Enter');
  await thread(anna, words).getByText('Settled by Tomas').waitFor();
  assert.deepEqual(anna.requests.slice(asked), []);

  await thread(anna, words).getByRole('button', { name: 'Reopen' }).click();
  await thread(tomas, words).getByRole('button', { name: 'Mark settled' }).waitFor();
  await thread(anna, words).getByRole('button', { name: 'Mark settled' }).waitFor();
}

async function onItems(anna, tomas) {
  await anna.getByRole('link', { name: 'Compare tickets and passes', exact: true }).first().click();
  await composer(anna).waitFor();
  await comment(anna, 'The third column is too wide.');
  await thread(tomas, 'The third column').getByRole('link', { name: 'Compare tickets and passes' }).waitFor();
  await tomas.getByRole('link', { name: '2 comments on Compare tickets and passes' }).waitFor();

  await tomas.getByRole('link', { name: 'Bikes, dogs and prams', exact: true }).first().click();
  await composer(tomas).waitFor();
  await comment(anna, 'And the fourth.');
  await comment(tomas, 'Dogs travel free.');
  assert.equal(await said(tomas, 'And the fourth.').count(), 0);
  assert.equal(await said(anna, 'Dogs travel free.').count(), 0);
}
