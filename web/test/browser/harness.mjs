// The real product for a browser test: a server of its own on a free port, with a database of its own, and Chromium.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../../..');
const patience = 15_000; // ms for something that must come

let built = process.env.GALLEY_BINARY;
// The product reads GALLEY_* as its options, and refuses those it does not know.
const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GALLEY_')));

/** The product's binary, built once unless the environment names one. */
function binary() {
  if (!built) {
    built = join(mkdtempSync(join(tmpdir(), 'galley-')), 'cms');
    execFileSync('go', ['build', '-o', built, './cmd/cms'], { cwd: root, stdio: 'inherit' });
  }
  return built;
}

function executable() {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    for (const folder of (process.env.PATH ?? '').split(':')) {
      if (existsSync(join(folder, name))) return join(folder, name);
    }
  }
  throw new Error('No Chromium found: install the package chromium');
}

/** Starts the product. Everything it started ends with `stop()`. */
export async function startProduct(t, { demo = true, args = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'galley-'));
  const server = { url: '', log: [], people: [], process: null, port: 0 };

  async function run(port) {
    const child = spawn(
      binary(),
      ['serve', ...(demo ? ['--demo'] : []), '--addr', `127.0.0.1:${port}`, '--database', join(folder, 'galley.db'), ...args],
      { cwd: folder, env: plain, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    server.process = child;
    server.people = [];
    const address = new Promise((resolve, reject) => {
      child.on('exit', (code) => reject(new Error(`the server ended (${code}):\n${server.log.join('\n')}`)));
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          server.log.push(line);
          const person = /^\s*(admin|editor|reviewer)\s+(\S+@\S+)\s+(\S+)\s*$/.exec(line);
          if (person) server.people.push({ role: person[1], email: person[2], password: person[3] });
          const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
          if (found) resolve(Number(found[1]));
        });
      }
    });
    server.port = await address;
    server.url = `http://127.0.0.1:${server.port}`;
    await until('readyz', async () => (await fetch(`${server.url}/readyz`).catch(() => null))?.status === 200);
  }

  server.stop = (signal = 'SIGTERM') => {
    const child = server.process;
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return ended;
  };
  server.restart = async () => {
    await server.stop();
    await run(server.port);
  };
  await run(0);

  const browser = await chromium.launch({
    executablePath: executable(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  t.after(async () => {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A page of a browser of its own; what it complains of fails the test. */
  server.page = async ({ width = 1440, height = 900, touch = false, theme = 'light', base = server.url, complain = true } = {}) => {
    const context = await browser.newContext({
      viewport: { width, height },
      hasTouch: touch,
      isMobile: touch,
      colorScheme: theme,
      baseURL: base,
      reducedMotion: 'reduce',
    });
    return watch(await context.newPage(), complain);
  };

  function watch(page, complain = true) {
    page.setDefaultTimeout(patience);
    page.requests = [];
    page.underWay = new Set();
    page.sockets = [];
    page.expected = []; // patterns of console errors that the test provokes
    page.on('request', (request) => {
      page.underWay.add(request);
      page.requests.push(`${request.method()} ${new URL(request.url()).pathname}${new URL(request.url()).search}`);
    });
    for (const over of ['requestfinished', 'requestfailed']) page.on(over, (request) => page.underWay.delete(request));
    page.on('websocket', (socket) => page.sockets.push(socket.url()));
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
    });
    t.after(() => {
      const left = complaints.filter((text) => !page.expected.some((pattern) => pattern.test(text)));
      if (complain && left.length > 0) throw new Error(`the page complained:\n${left.join('\n')}`);
    });
    return page;
  }

  /** Another tab of the same browser, signed in as well. */
  server.tab = async (page, path = '/projects') => {
    const tab = watch(await page.context().newPage());
    tab.expected = page.expected;
    await tab.goto(path);
    await tab.getByRole('heading', { level: 1 }).waitFor();
    return tab;
  };

  /** Somebody signed in by way of the form: the n-th person with the role. */
  server.person = async (role, options = {}, n = 0) => {
    const who = server.people.filter((p) => p.role === role)[n];
    const page = await server.page(options);
    page.expected.push(/401/); // asking who I am before signing in
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill(who.email);
    await page.getByLabel('Password', { exact: true }).fill(who.password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/projects');
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
    page.who = who;
    return page;
  };

  /** The API as somebody, to prepare what a test needs. */
  server.api = async (role, n = 0) => {
    const who = server.people.filter((p) => p.role === role)[n];
    const answer = await fetch(`${server.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: who.email, password: who.password }),
    });
    const cookie = answer.headers.get('set-cookie').split(';')[0];
    return async (method, path, body, headers = {}) => {
      const response = await fetch(`${server.url}/api/v1${path}`, {
        method,
        headers: { cookie, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text ? JSON.parse(text) : null;
    };
  };
  return server;
}

/** Waits until the condition holds, looking again every 25 ms. */
export async function until(what, condition, ms = patience) {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Waits until the page has brought all that it brings by itself, so that what it asks from here on has a reason. */
export async function quiet(page) {
  await page.evaluate(() =>
    Promise.all(
      ['projects/list', 'projects/overview', 'content/list', 'content/editor', 'settings/settings', 'notifications/bell'].map(
        (name) => import(`/${name}.js`),
      ),
    ),
  );
  await until('nothing under way', () => page.underWay.size === 0);
}

/** Keeps a picture for people to look at. */
export async function shot(page, name) {
  mkdirSync(join(here, 'shots'), { recursive: true });
  await page.screenshot({ path: join(here, 'shots', `${name}.png`) });
}

const axe = readFileSync(join(here, '../../node_modules/axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong on the page, one line each; only by these rules, if any are named. */
export async function accessibilityFaults(page, rules) {
  return page.evaluate(
    async ({ axe, rules }) => {
      // The page allows no scripts from strings, and rightly so: this runs in the driver's own world.
      // biome-ignore lint/security/noGlobalEval: the driver injects the checker
      if (!window.axe) globalThis.eval(axe);
      const { violations } = await window.axe.run(document, { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) });
      return violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target.join(' ')} — ${v.help}`));
    },
    { axe, rules },
  );
}
