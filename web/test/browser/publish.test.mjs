// Set ready, publish what is ready, and it is out; everybody's counts follow.
import assert from 'node:assert/strict';
import test from 'node:test';
import { quiet, startProduct, until } from './harness.mjs';
import { openProject, row } from './newsroom.mjs';

const title = 'Coast Pass goes on sale';

/** The numbers of an open project, wherever they stand. */
async function numbers(page, { draft, ready, published }) {
  await page.getByRole('button', { name: `Draft ${draft}`, exact: true }).waitFor();
  await page.getByRole('button', { name: `Ready ${ready}`, exact: true }).waitFor();
  await page.getByRole('button', { name: `Published ${published}`, exact: true }).waitFor();
}

const delivered = (server) => fetch(`${server.url}/delivery/v1/en/coast-pass-goes-on-sale`);

test('ready and out', async (t) => {
  const server = await startProduct(t);
  const [anna, tomas, maren] = await Promise.all([server.person('editor', {}, 0), server.person('editor', {}, 1), server.person('admin')]);
  await Promise.all([openProject(anna), openProject(tomas)]);
  await quiet(tomas);
  await quiet(maren);
  const asked = [tomas, maren].map((page) => page.requests.length);

  await t.test('set ready by one key; what misses a field says why', () => ready(anna, tomas));
  await t.test('what is ready goes out as one, with a report', () => publish(server, anna, tomas));
  await t.test('the list of projects counts along, and nobody asked for anything', async () => {
    const counts = row(maren, 'Coast Pass launch').getByRole('cell');
    await until('the counts', async () => /3 draft.*none.*5 published/s.test((await counts.allTextContents()).join(' ').replace('·', '')));
    assert.deepEqual(tomas.requests.slice(asked[0]), []);
    assert.deepEqual(maren.requests.slice(asked[1]), []);
  });
  await t.test('the run is kept, item by item', () => runs(tomas));
});

async function ready(anna, tomas) {
  await numbers(tomas, { draft: 4, ready: 3, published: 1 });
  await row(anna, title).getByRole('link', { name: title, exact: true }).focus();
  await anna.keyboard.press('d');
  await row(anna, title).getByText('Ready', { exact: true }).waitFor();
  await row(tomas, title).getByText('Ready', { exact: true }).waitFor();
  await row(tomas, title).getByText('Ready by Anna').waitFor();
  for (const page of [anna, tomas]) {
    await numbers(page, { draft: 3, ready: 4, published: 1 });
    await page.getByRole('button', { name: '4 of 7 can go out' }).waitFor();
    await page.getByRole('button', { name: 'Publish 4 ready' }).waitFor();
  }

  anna.expected.push(/422/);
  await row(anna, 'Refunds and lost passes').getByRole('checkbox').check();
  await anna.getByRole('toolbar').getByRole('button', { name: 'Set 1 ready' }).click();
  await anna.getByText('0 of 1 set ready. Refunds and lost passes: Summary is missing').waitFor();
  await row(anna, 'Refunds and lost passes').getByText('Draft', { exact: true }).waitFor();
}

async function publish(server, anna, tomas) {
  assert.equal((await delivered(server)).status, 404);
  await anna.getByRole('button', { name: 'Ways to publish' }).click();
  const whole = anna.getByRole('menuitem', { name: 'Publish all or nothing' });
  assert.equal(await whole.getAttribute('aria-disabled'), 'true');
  await whole.getByText(/not ready/).waitFor();
  await anna.keyboard.press('Escape');

  await anna.getByRole('button', { name: 'Publish 4 ready' }).click();
  const question = anna.getByRole('dialog', { name: 'Publish 4 items now?' });
  await question.getByText('They go out as one. 3 stay in the project.').waitFor();
  assert.equal(await question.getByRole('button', { name: 'Not yet' }).evaluate((button) => button === document.activeElement), true);
  await anna.keyboard.press('Tab');
  await anna.keyboard.press('Enter');
  const report = anna.getByRole('dialog', { name: '4 items went out' });
  await report.getByRole('listitem').filter({ hasText: title }).getByText('Published').waitFor();
  assert.match(await report.getByRole('heading').textContent(), /^4 items went out, 3 stayed$/);
  await report.getByRole('listitem').filter({ hasText: 'Refunds and lost passes' }).waitFor();
  await report.getByRole('button', { name: 'Close' }).click();

  for (const page of [anna, tomas]) {
    await numbers(page, { draft: 3, ready: 0, published: 5 });
    await row(page, title).getByText('Published', { exact: true }).waitFor();
    const button = page.getByRole('button', { name: 'Publish', exact: true });
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
  }
  const answer = await delivered(server);
  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).fields.title, title);
}

async function runs(tomas) {
  await tomas.getByRole('button', { name: 'Ways to publish' }).click();
  await tomas.getByRole('menuitem', { name: 'Publish runs' }).click();
  const dialog = tomas.getByRole('dialog', { name: 'Publish runs' });
  const last = dialog.locator('details').first();
  await last.getByText('4 items went out, 3 stayed').waitFor();
  await last.getByText(/^Anna Vale · /).waitFor();
  assert.equal(await last.getByRole('listitem').count(), 7);
}
