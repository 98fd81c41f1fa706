// A connection with a clock, a network and a chance that the test holds in its hands.
import { makeConnection } from '../static/core/connection.js';

export function makeRig({ mode = 'websocket', random = 0.5 } = {}) {
  const rig = {
    time: 0,
    mode,
    random,
    asked: 0,
    counted: 0,
    askFails: null,
    askHangs: null,
    sockets: [],
    states: [],
    frames: [],
    signedOut: 0,
    positions: { 'project:7': 'k.5' },
  };
  let jobs = [];
  let numbers = 0;

  const settle = () => new Promise((resolve) => setImmediate(resolve));

  class Socket {
    constructor() {
      this.sent = [];
      this.closedByUs = false;
      rig.sockets.push(this);
    }
    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {
      this.closedByUs = true;
    }
    async gets(frame) {
      this.onmessage?.({ data: JSON.stringify(frame) });
      await settle();
    }
    hello() {
      return this.gets({ type: 'hello', epoch: 'k', heartbeat_s: 25, connection: 'c' });
    }
    async dies(code) {
      this.onclose?.({ code });
      await settle();
    }
  }

  rig.connection = makeConnection({
    open: () => new Socket(),
    ask: async () => {
      rig.asked += 1;
      if (rig.askHangs) await rig.askHangs;
      if (rig.askFails) throw rig.askFails;
      return { mode: rig.mode, reason: '' };
    },
    count: async () => {
      rig.counted += 1;
      return { mode: rig.mode };
    },
    positions: () => rig.positions,
    onFrame: (frame) => rig.frames.push(frame),
    onState: (state) => rig.states.push(state.kind),
    onSignedOut: () => {
      rig.signedOut += 1;
    },
    timers: {
      set: (fn, ms) => {
        numbers += 1;
        jobs.push({ id: numbers, at: rig.time + ms, fn });
        return numbers;
      },
      clear: (id) => {
        jobs = jobs.filter((job) => job.id !== id);
      },
      now: () => rig.time,
    },
    random: () => rig.random,
  });

  /** Lets time pass, with everything that falls due on the way. */
  rig.pass = async (ms) => {
    const end = rig.time + ms;
    for (;;) {
      await settle();
      const next = jobs.filter((job) => job.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      jobs = jobs.filter((job) => job !== next);
      rig.time = Math.max(rig.time, next.at);
      next.fn();
    }
    rig.time = end;
    await settle();
  };
  rig.settle = settle;
  rig.last = () => rig.sockets.at(-1);
  rig.live = async () => {
    rig.connection.start();
    await settle();
    await rig.last().hello();
  };
  return rig;
}
