import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { bytesOf, type Web } from "./storage/wget.js";

/** A loopback server for what the simulated web offers under its own address. */
export interface WebMirror {
  /** `http://127.0.0.1:<port>`: files are put into the world's web under addresses that begin with it. */
  readonly origin: string;
  /** Paths that were asked for, in order. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/**
 * Serves files of the simulated web to clients outside the simulator, such as the look-up of a publisher's checksums.
 * The nodes themselves never open a connection: for them the same addresses are in `world.web`.
 */
export async function startWebMirror(
  web: () => Web,
  tls?: { readonly key: string; readonly cert: string },
): Promise<WebMirror> {
  const requests: string[] = [];
  let origin = "";
  const listener: http.RequestListener = (request, response) => {
    const path = request.url ?? "/";
    requests.push(path);
    const address = `${origin}${path}`;
    const file = web()[address];
    response.statusCode = file ? 200 : 404;
    response.setHeader("content-type", "text/plain");
    response.end(file ? bytesOf(file, address) : "not found\n");
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `${tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
