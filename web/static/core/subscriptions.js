// @ts-check
// Which topics a socket was asked for, and which of their frames may pass. One socket, one of these.

/** @param {(command: object) => void} send */
export function makeSubscriptions(send) {
  let command = 0;
  /** @type {Map<string, number>} topic → the command whose answer its frames have to wait for */
  const waiting = new Map();
  /** @type {Map<number, string[]>} what each unanswered command asked for */
  const asked = new Map();
  /** @type {Set<string>} */
  const topics = new Set();

  return {
    /** @param {Record<string, string | null>} wanted topic → where to read it from */
    subscribe(wanted) {
      const names = Object.keys(wanted);
      if (names.length === 0) return;
      command += 1;
      asked.set(command, names);
      for (const topic of names) {
        waiting.set(topic, command);
        topics.add(topic);
      }
      send({ type: 'subscribe', id: command, topics: wanted });
    },

    /** @param {string[]} names those that were never asked for are left out */
    unsubscribe(names) {
      const known = names.filter((topic) => topics.delete(topic));
      if (known.length === 0) return;
      command += 1;
      for (const topic of known) waiting.delete(topic);
      send({ type: 'unsubscribe', id: command, topics: known });
    },

    /**
     * @param {any} frame
     * @returns {any} the frame to hand on, null for one that comes again
     */
    pass(frame) {
      if (frame.type === 'subscribed' || frame.type === 'error') {
        const names = asked.get(frame.id) ?? [];
        for (const topic of names) {
          if (waiting.get(topic) === frame.id) waiting.delete(topic);
        }
        asked.delete(frame.id);
        return { ...frame, topics: names };
      }
      // What was under way before a topic was asked for again comes again, in order, after the answer.
      return frame.topic && waiting.has(frame.topic) ? null : frame;
    },
  };
}
