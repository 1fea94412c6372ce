import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import type { AddressInfo } from "node:net";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Simulator } from "../../simulator";

/** What the exporter reports of a simulator, as a text of metrics; `program` is its command. */
export async function scrape(program: string, simulator: Simulator, ca: string, folder: string): Promise<string> {
  const { token, nodes } = simulator;
  const [user = "", name = ""] = token.id.split("!");
  const config = path.join(folder, "pve.yml");
  const module = { user, token_name: name, token_value: token.secret, verify_ssl: ca };
  fs.writeFileSync(config, JSON.stringify({ default: module }), { mode: 0o600 }); // JSON is YAML
  const port = await freePort();
  const listen = `127.0.0.1:${port}`;
  const child = spawn(program, ["--config.file", config, "--web.listen-address", listen], { stdio: "pipe" });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
  const gone = once(child, "exit");
  try {
    await Promise.race([listening(port), gone.then(() => Promise.reject(new Error(`the exporter ended:\n${output}`)))]);
    const response = await fetch(`http://${listen}/pve?target=127.0.0.1:${nodes[0]?.port}`);
    const text = await response.text();
    assert.equal(response.status, 200, `${text}\n${output}`);
    return text;
  } finally {
    child.kill("SIGTERM");
    await gone;
  }
}

/** The values of a metric by the `id` of its labels. */
export function samples(text: string, metric: string): Record<string, number> {
  const rows = text.split("\n").filter((line) => line.startsWith(`${metric}{`));
  return Object.fromEntries(
    rows.map((row) => [/\bid="([^"]*)"/.exec(row)?.[1] ?? "", Number(row.slice(row.lastIndexOf(" ")))]),
  );
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, "127.0.0.1", () => resolve(true));
      socket.once("error", () => resolve(false)).once("connect", () => socket.destroy());
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error(`nothing listens on port ${port}`);
}
