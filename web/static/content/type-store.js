// @ts-check
// The content types of this site. They are declared in files, so one read a page load is enough.

/** @typedef {import('./types.js').ContentType} ContentType */

/** @type {WeakMap<object, Promise<Map<string, ContentType>>>} */
const loaded = new WeakMap();

/** @param {import('./types.js').Api} api @returns {Promise<Map<string, ContentType>>} */
export function contentTypes(api) {
  const known = loaded.get(api);
  if (known) return known;
  const loading = api
    .get('/content-types')
    .then((/** @type {{items: ContentType[]}} */ answer) => new Map(answer.items.map((type) => [type.name, type])));
  loaded.set(api, loading);
  loading.catch(() => loaded.delete(api));
  return loading;
}
