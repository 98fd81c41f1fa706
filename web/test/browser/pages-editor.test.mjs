// The item editor in all its states.
import test from 'node:test';
import { startProduct } from './harness.mjs';
import { both, failing, look, waiting, widen } from './pages.mjs';

const form = (page) => page.getByRole('form', { name: 'Page' });
const paragraph =
  'The Coast Pass costs **€49 a month, tax included**. It covers every train, every ferry and the night bus between Merrow Sound and Harbour Station.\n\n';

test('the editor looks right', async (t) => {
  const server = await startProduct(t);
  const [anna, tomas] = [await server.api('editor', 0), await server.api('editor', 1)];
  const projects = (await anna('GET', '/projects')).items;
  const project = (name) => projects.find((one) => one.name === name);
  const items = async (id) => (await anna('GET', `/projects/${id}/items`)).items;
  const [coast, harbour] = [project('Coast Pass launch'), project('Harbour Station reopens')];
  const coastItems = await items(coast.id);
  const item = (title) => coastItems.find((one) => one.title.startsWith(title));
  const place = (one) => `/projects/${one.project_id}/items/${one.id}`;
  const refunds = item('Refunds');
  const elsewhere = (await items(harbour.id))[0];

  const conflict = await leftBehind(anna, coast, item('How to buy'));
  const pages = await both(t, server, 'editor');
  for (const page of pages) {
    const show = async (path, name, expected) => {
      await page.goto(path);
      await form(page).waitFor();
      await page.locator('.chip-live').waitFor();
      await look(page, name, expected);
    };
    await show(place(item('Compare')), 'editor', { heading: 'Compare tickets and passes' });
    await widen(page);
    await look(page, 'editor-wider', { seen: true });
    await show(place(item('Coast Pass: alle')), 'editor-german');
    await show(place(refunds), 'editor-empty-field');
    await page.getByLabel(/^Summary/).focus();
    await page.keyboard.press('Tab');
    await page.getByText('Needed before this can go out').waitFor();
    await look(page, 'editor-missing');
    await show(place(conflict), 'editor-conflict');
    await page.getByRole('button', { name: 'See live text' }).click();
    await page.getByRole('group', { name: 'Live text beside this draft' }).waitFor();
    await look(page, 'editor-conflict-live');
    await show(`/content/${elsewhere.content_id}?language=en`, 'editor-locked');
    await show(`/content/${item('How to buy').content_id}?language=en&version=1`, 'editor-published');

    // What somebody else saves meanwhile, while nothing is heard of it.
    let deaf = false;
    await page.routeWebSocket(/\/realtime/, (socket) => {
      socket.connectToServer().onMessage((message) => deaf || socket.send(message));
    });
    const fault = await failing(page, /\/versions\/\d+$/);
    await page.goto(place(refunds));
    await form(page).waitFor();
    await page.locator('.chip-live').waitFor();
    await page.getByLabel(/^Body/).fill(`My words about refunds, on a ${page.kind}.`);
    await page.getByText('Not saved').first().waitFor();
    await look(page, 'editor-not-saved');
    deaf = true;
    const now = await tomas('GET', `/content/${refunds.content_id}?language=en&version=${refunds.version}`);
    await tomas(
      'PUT',
      `/content/${refunds.content_id}/versions/${now.version.number}`,
      { slug: now.slug, fields: { ...now.fields, body: `What Tomas wrote meanwhile, beside a ${page.kind}.` } },
      { 'If-Match': `"${now.version.revision}"` },
    );
    await fault.mend();
    page.expected.push(/412/);
    await page.keyboard.press('Control+s');
    await page.getByText('Not saved: Tomas saved this page').waitFor();
    await look(page, 'editor-stale');
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await page.locator('[data-saved=saved]').waitFor();
  }
  const long = await anna('POST', '/content', {
    type: 'page',
    language: 'en',
    fields: {
      title: 'Everything there is to know about the Coast Pass, from the first train to the last bus, with all exceptions',
      summary: 's'.repeat(300),
      body: paragraph.repeat(60),
    },
  });
  for (const page of pages) {
    await page.goto(`/projects/${long.version.project_id}/items/${long.version.item_id}`);
    await form(page).waitFor();
    await look(page, 'editor-long');
    await page.locator('#main').evaluate((main) => main.scrollTo(0, 100_000));
    await look(page, 'editor-long-end');

    const slow = await waiting(page, /\/api\/v1\/content\//);
    await page.goto(place(item('Compare')));
    await page.locator('.editor.skeleton-late').waitFor();
    await look(page, 'editor-loading', { heading: 'Loading the page' });
    await slow.go();
    await form(page).waitFor();
    const fault = await failing(page, /\/api\/v1\/content\//);
    await page.goto(place(item('Compare')));
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await look(page, 'editor-failed');
    await fault.mend();
    page.expected.push(/404/);
    await page.goto('/content/99999');
    await page.getByText('This page is not here').waitFor();
    await look(page, 'editor-not-found');
  }
});

test('a reviewer reads in the editor', async (t) => {
  const server = await startProduct(t);
  const api = await server.api('reviewer');
  const coast = (await api('GET', '/projects')).items.find((one) => one.name === 'Coast Pass launch');
  const [item] = (await api('GET', `/projects/${coast.id}/items`)).items;
  for (const page of await both(t, server, 'reviewer')) {
    await page.goto(`/projects/${coast.id}/items/${item.id}`);
    await form(page).waitFor();
    await look(page, 'editor-reviewer');
  }
});

/** Two drafts of one live page, in two projects: the second goes out first, so the first is left behind. */
async function leftBehind(api, coast, live) {
  const begin = async (projectId, words) => {
    await api('PUT', '/session/active-project', { project_id: projectId });
    const { fields } = await api('GET', `/content/${live.content_id}?language=en&version=${live.version}`);
    return api('POST', `/content/${live.content_id}/versions`, {
      language: 'en',
      from: live.version,
      fields: { ...fields, summary: words },
    });
  };
  const other = await api('POST', '/projects', { name: 'Summer timetable', description: '', due_on: null });
  const behind = await begin(coast.id, 'Four ways to a ticket.');
  const ahead = await begin(other.id, 'Three ways to a ticket, one of them new.');
  await api('POST', `/content/${live.content_id}/versions/${ahead.version.number}/ready`);
  await api('POST', `/projects/${other.id}/publish`, { mode: 'ready' });
  await api('PUT', '/session/active-project', { project_id: coast.id });
  return { project_id: coast.id, id: behind.version.item_id };
}
