// @ts-check
// Changes without a connection: the same events from the same log, read when the person asks for them.

/**
 * @param {object} deps
 * @param {ReturnType<typeof import('./followers.js').makeFollowers>} deps.followers
 * @param {(query: {topics: string, after: string | null, count?: boolean}) => Promise<any>} deps.read GET /realtime/changes
 * @param {(work: () => void) => void} deps.together applies several things as one
 */
export function makeByHand({ followers, read, together }) {
  // One position for all topics: the lowest that anybody needs. Who has more drops what it knows.
  const question = () => ({ topics: followers.names().join(','), after: followers.from() });

  /** @returns {Promise<{mode: string, more: boolean, position: string | null}>} */
  async function page() {
    const answer = await read(question());
    const names = Object.keys(answer.topics ?? {});
    if (answer.resync) {
      await Promise.all(names.map((topic) => followers.resync(topic, answer.position)));
      return { mode: answer.mode, more: false, position: answer.position };
    }
    together(() => {
      for (const event of answer.events ?? []) followers.deliver(event);
      for (const topic of names) {
        if (answer.topics[topic] === 'ok') followers.advance(topic, answer.position);
        // Lost: the reload finds out what is still there for us.
        else followers.resync(topic, answer.position);
      }
    });
    return { mode: answer.mode, more: Boolean(answer.more), position: answer.position };
  }

  return {
    /** How much is new, without bringing it. */
    async count() {
      const answer = await read({ ...question(), count: true });
      const count = typeof answer.count === 'number' ? answer.count : (answer.count?.total ?? 0);
      /** @type {Record<string, number>} */
      const countBy = answer.count_by ?? answer.count?.by ?? {};
      // "Too far behind to count" is something new as well.
      return { mode: String(answer.mode), count: answer.resync ? Math.max(1, count) : count, countBy };
    },

    /** Brings everything that is new, page by page. */
    async bring() {
      /** @type {{mode: string, more: boolean, position: string | null}} */
      let last = { mode: '', more: true, position: null };
      while (last.more && followers.names().length > 0) last = await page();
      return last;
    },
  };
}
