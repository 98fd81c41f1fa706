// Between a phone and a wide screen, and beyond both.
import test from 'node:test';
import { startProduct } from './harness.mjs';
import { coastPass } from './newsroom.mjs';
import { look, watched, wide } from './pages.mjs';

test('every width has its layout', async (t) => {
  const server = await startProduct(t);
  const api = await server.api('admin');
  const coast = (await api('GET', '/projects')).items.find((one) => one.name === coastPass);
  const [item] = (await api('GET', `/projects/${coast.id}/items`)).items;
  const [page] = watched(t, [await server.person('admin', wide)]);
  const screens = [
    ['projects', '/projects', '.project-link'],
    ['overview', `/projects/${coast.id}`, '.item-link'],
    ['editor', `/projects/${coast.id}/items/${item.id}`, '.editor-form'],
    ['content', '/content', '.content-title'],
    ['settings', '/settings', '.setting-card'],
  ];
  for (const width of [320, 800, 1100, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    page.kind = String(width);
    for (const [name, path, there] of screens) {
      await page.goto(path);
      await page.locator(there).first().waitFor();
      await look(page, `width-${name}`, { seen: true });
    }
  }
});
