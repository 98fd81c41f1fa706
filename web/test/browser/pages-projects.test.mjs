// The list of projects in all its states.
import test from 'node:test';
import { startProduct } from './harness.mjs';
import { both, failing, firstAdmin, look, waiting, widen } from './pages.mjs';

const list = /\/api\/v1\/projects(\?|$)/;

test('the list of projects looks right', async (t) => {
  const server = await startProduct(t);
  const api = await server.api('editor');
  const late = await api('POST', '/projects', {
    name: 'Donaudampfschifffahrtsgesellschaft: Fahrplanänderungen und Schienenersatzverkehr im Frühjahr',
    description: 'Alle Linien, alle Häfen, beide Sprachen, und was sonst noch in diesen Wochen am Fahrplan geändert wird',
    due_on: '2020-02-29',
  });
  await api('POST', '/projects', { name: 'Accessibility pages', description: '', due_on: null });
  for (const page of await both(t, server, 'editor')) {
    await page.getByRole('link', { name: late.name }).waitFor();
    await look(page, 'projects', { heading: 'Projects' });

    await page.getByRole('tab', { name: /Published/ }).click();
    await page.getByRole('link', { name: 'Winter fares' }).waitFor();
    await look(page, 'projects-published');

    await page.getByRole('tab', { name: /Open/ }).click();
    await page.getByRole('searchbox').fill('zeppelin');
    await page.getByText('No project says “zeppelin”').waitFor();
    await look(page, 'projects-no-match');
    await page.getByRole('button', { name: 'Show all' }).click();

    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByRole('dialog').waitFor();
    await look(page, 'projects-new');
    await page.getByRole('button', { name: 'Make project' }).click();
    await page.getByText('A project needs a name').waitFor();
    await look(page, 'projects-new-nameless');
    await page.keyboard.press('Escape');

    await widen(page);
    await look(page, 'projects-wider', { seen: true });
    const slow = await waiting(page, list);
    await page.reload();
    await page.locator('.skeleton-late').waitFor();
    await look(page, 'projects-loading', { heading: 'Projects' });
    await slow.go();
    await page.getByRole('link', { name: late.name }).waitFor();

    const fault = await failing(page, list);
    await page.reload();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await look(page, 'projects-failed', { heading: 'Projects' });
    await fault.mend();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: late.name }).waitFor();
  }
});

test('a reviewer is told why there is nothing to make', async (t) => {
  const server = await startProduct(t);
  for (const page of await both(t, server, 'reviewer')) {
    await page.getByRole('link', { name: 'Coast Pass launch' }).waitFor();
    await page.getByRole('button', { name: 'New project' }).focus();
    await look(page, 'projects-reviewer');
  }
});

test('the first use looks right', async (t) => {
  const server = await startProduct(t, { demo: false });
  await firstAdmin(server);
  for (const page of await both(t, server, 'admin')) {
    await page.getByRole('heading', { name: 'A project holds changes' }).waitFor();
    await look(page, 'projects-empty', { heading: 'Projects' });
    await page.goto('/content');
    await page.getByRole('heading', { name: 'No pages yet' }).waitFor();
    await look(page, 'content-empty', { heading: 'Content' });
  }
});
