// Teaches Node the names of the page's import map: `node --import ./web/test/resolve.mjs --test web/test`.
import { register } from 'node:module';
import { readFileSync } from 'node:fs';

const root = new URL('../static/', import.meta.url);
const page = readFileSync(new URL('index.html', root), 'utf8');
const map = /<script type="importmap">([\s\S]*?)<\/script>/.exec(page);
if (!map) throw new Error('index.html has no import map');
const names = Object.fromEntries(Object.entries(JSON.parse(map[1]).imports).map(([name, path]) => [name, new URL(`.${path}`, root).href]));

const hooks = `const names = ${JSON.stringify(names)};
export const resolve = (name, context, next) =>
  names[name] ? { url: names[name], shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`, import.meta.url);
