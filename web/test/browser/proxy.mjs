// A line to the product that a test can watch, cut and mend.
import net from 'node:net';

/** A TCP proxy before the server that counts handshakes and can cut every line, for a moment or until it is mended. */
export async function proxyBefore(t, server) {
  const lines = new Set();
  let broken = false;
  const proxy = {
    upgrades: 0,
    url: '',
    cut: () => lines.forEach((line) => void line.destroy()),
    break() {
      broken = true;
      proxy.cut();
    },
    mend() {
      broken = false;
    },
  };
  const listener = net.createServer((client) => {
    if (broken) return client.destroy();
    const upstream = net.connect(server.port, '127.0.0.1');
    lines.add(client);
    client.on('data', (bytes) => {
      if (/^upgrade:\s*websocket/im.test(bytes.toString('latin1'))) proxy.upgrades++;
    });
    client.pipe(upstream).pipe(client);
    for (const end of [client, upstream]) {
      end.on('error', () => {});
      end.on('close', () => {
        lines.delete(client);
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${listener.address().port}`;
  t.after(() => {
    proxy.cut();
    listener.close();
  });
  return proxy;
}
