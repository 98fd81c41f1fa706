// Makes the pictures of the README anew: `npm run -s screenshot`. A demo of its own, one project, light and dark.
import { startProduct } from './test/browser/harness.mjs';

const docs = new URL('../docs/', import.meta.url).pathname;
const ends = [];
try {
  const server = await startProduct({ after: (end) => ends.unshift(end) });
  for (const [theme, name] of [
    ['light', 'screenshot'],
    ['dark', 'screenshot-dark'],
  ]) {
    const page = await server.person('editor', { width: 1440, height: 900, theme });
    await page.getByRole('link', { name: 'Coast Pass launch', exact: true }).click();
    await page.locator('.comment').last().waitFor();
    await page.locator('.chip-live').waitFor();
    await page.mouse.move(0, 0);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: `${docs}${name}.png` });
  }
} finally {
  for (const end of ends) await end();
}
