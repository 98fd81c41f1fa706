// A project's overview in all its states.
import test from 'node:test';
import { startProduct } from './harness.mjs';
import { both, failing, look, waiting, widen } from './pages.mjs';

test('the overview looks right', async (t) => {
  const server = await startProduct(t);
  const api = await server.api('editor');
  const { items } = await api('GET', '/projects');
  const coast = items.find((project) => project.name === 'Coast Pass launch');
  const path = `/projects/${coast.id}`;
  const pages = await both(t, server, 'editor');
  for (const page of pages) {
    await page.goto(path);
    const row = page.getByRole('row', { name: /Compare tickets/ });
    await row.waitFor();
    await page
      .locator('.comment')
      .first()
      .waitFor({ state: page.touch ? 'detached' : 'attached' });
    await look(page, 'overview', { heading: 'Coast Pass launch' });

    await page.getByRole('button', { name: 'Ways to publish' }).click();
    await page.getByRole('menuitem').first().waitFor();
    await look(page, 'overview-publish-menu');
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'More for this project' }).click();
    await page.getByRole('menuitem').first().waitFor();
    await look(page, 'overview-more');
    await page.keyboard.press('Escape');

    await row.getByRole('link', { name: 'Compare tickets and passes', exact: true }).focus();
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByRole('toolbar').waitFor();
    await look(page, 'overview-selection');
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: /missing field/ }).click();
    await look(page, 'overview-obstacle');
    await page.getByRole('button', { name: /missing field/ }).click();

    const publish = page.getByRole('button', { name: /^Publish \d+ ready$/ });
    await publish.click();
    await page.getByRole('dialog').waitFor();
    await look(page, 'overview-publish');
    await page.keyboard.press('Escape');

    if (page.touch) {
      await page.getByRole('button', { name: /^Comments/ }).click();
      await page.getByRole('dialog').locator('.comment').first().waitFor();
      await look(page, 'overview-comments');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'More for this project' }).click();
      await page.getByRole('menuitem', { name: 'Add items' }).click();
    } else await page.getByRole('button', { name: 'Add items' }).click();
    await page.getByRole('dialog').getByText('Winter fares').first().waitFor();
    await look(page, 'overview-add');
    await page.getByRole('searchbox').last().fill('zeppelin');
    await page.getByText('No title says').waitFor();
    await look(page, 'overview-add-none');
    await page.keyboard.press('Escape');
  }
  for (const page of pages) {
    await page.goto(path);
    await page.getByRole('row', { name: /Compare tickets/ }).waitFor();
    await widen(page);
    await look(page, 'overview-wider', { seen: true });
    const slow = await waiting(page, new RegExp(`/api/v1${path}$`));
    await page.reload();
    await page.locator('.overview-waiting .skeleton-late').waitFor();
    await look(page, 'overview-loading', { heading: 'Loading the project' });
    await slow.go();
    const fault = await failing(page, new RegExp(`/api/v1${path}$`));
    await page.reload();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await look(page, 'overview-failed');
    await fault.mend();
    page.expected.push(/404/);
    await page.goto('/projects/999');
    await page.getByText('This project is not here').waitFor();
    await look(page, 'overview-missing');
  }
  // Publishing is last: it changes what all of this shows.
  const [first] = pages;
  await first.goto(path);
  await first.getByRole('button', { name: /^Publish \d+ ready$/ }).click();
  await first
    .getByRole('dialog')
    .getByRole('button', { name: /^Publish \d+$/ })
    .click();
  await first.getByRole('dialog').getByText('went out').first().waitFor();
  await look(first, 'overview-published-report');
  await first.keyboard.press('Escape');
  await look(first, 'overview-published');
  await pages[1].goto(path);
  await pages[1].getByRole('button', { name: 'Ways to publish' }).click();
  await pages[1].getByRole('menuitem', { name: 'Publish runs' }).click();
  await pages[1].getByRole('dialog').getByText('went out').first().waitFor();
  await look(pages[1], 'overview-runs');
});

test('few, many and long items look right', async (t) => {
  const server = await startProduct(t);
  const api = await server.api('editor');
  const make = async (name, titles) => {
    const project = await api('POST', '/projects', { name, description: '', due_on: null });
    await api('PUT', '/session/active-project', { project_id: project.id });
    const waiting_ = titles.entries();
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (const [index, title] of waiting_) {
          await api('POST', '/content', {
            type: 'page',
            language: index % 3 === 1 ? 'de' : 'en',
            fields: { title, summary: index % 5 ? 'S' : '', body: '' },
          });
        }
      }),
    );
    return project;
  };
  const empty = await make('Nothing yet', []);
  const one = await make('One page', ['Timetable']);
  const words = [
    'Schienenersatzverkehrsankündigung',
    'für',
    'die',
    'Küstenlinie',
    'Verkehrsverbundtarifbestimmungen',
    'and',
    'everything',
    'that',
    'follows',
  ];
  const titles = Array.from({ length: 1_000 }, (_, n) => `${n + 1} ${words.slice(n % 4, 4 + (n % 6)).join(' ')}`);
  titles[1] = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung: alle Änderungen im Frühjahr, die Fahrgäste betreffen';
  titles[2] = 'x'.repeat(110);
  const many = await make(
    'Everything about the spring timetable, with every pier, every ferry and every replacement bus on the line',
    titles,
  );
  const most = '.item-row:nth-child(n + 30)';
  for (const page of await both(t, server, 'editor')) {
    await page.goto(`/projects/${empty.id}`);
    await page.getByText('Nothing is in this project yet').last().waitFor();
    await look(page, 'overview-empty', { heading: 'Nothing yet' });
    await page.goto(`/projects/${one.id}`);
    await page.getByRole('link', { name: 'Timetable' }).waitFor();
    await look(page, 'overview-one', { heading: 'One page' });
    await page.goto(`/projects/${many.id}`);
    await page.getByText('1000', { exact: true }).first().waitFor({ timeout: 60_000 });
    await look(page, 'overview-many', { heading: many.name, besides: most });
    await page.locator('.item-link').first().focus();
    await page.keyboard.press('Control+a');
    await page.getByRole('toolbar').waitFor();
    await look(page, 'overview-many-selection', { besides: most });
    await widen(page);
    await look(page, 'overview-many-wider', { besides: most });
    await page.goto('/content');
    await page.getByRole('button', { name: 'Show more' }).waitFor();
    await look(page, 'content-many', { heading: 'Content' });
  }
});
