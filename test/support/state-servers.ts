import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { secretValue } from "./secret-values";
import { freePort } from "./free-port";

/** Where a backend of Pulumi is, and what a runner needs to get in. */
export interface StateServer {
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

/** The first of these programs that is here; said where none is: what it proves is missing from the run then, and counted so. */
function program(what: string, places: readonly string[]): string | undefined {
  const found = places.find((file) => fs.existsSync(file));
  if (!found) process.stderr.write(`${what} is missing: tests of states that are kept there are skipped\n`);
  return found;
}

const onPath = (name: string): string[] =>
  (process.env["PATH"] ?? "").split(path.delimiter).map((folder) => path.join(folder, name));

/** An S3 server of others, in memory, on a loopback port; undefined where it is not installed. */
export async function startS3(): Promise<StateServer | undefined> {
  const server = program("moto_server", [path.join(projectRoot, ".servers/bin/moto_server"), ...onPath("moto_server")]);
  if (!server) return undefined;
  const child = spawn(server, ["-H", "127.0.0.1", "-p", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  const [, url = ""] = await said(child, /Running on (http:\/\/127\.0\.0\.1:\d+)/);
  const keys = { AWS_ACCESS_KEY_ID: "tester", AWS_SECRET_ACCESS_KEY: secretValue("the key of the S3 server") };
  const { status } = await fetch(`${url}/states`, { method: "PUT" });
  if (status !== 200) throw new Error(`the S3 server makes no bucket: ${status}`);
  return {
    env: {
      ...keys,
      // Nobody is asked whether this is a machine of Amazon's.
      AWS_EC2_METADATA_DISABLED: "true",
      PULUMI_BACKEND_URL: `s3://states/proxmox?region=us-east-1&endpoint=${url}&s3ForcePathStyle=true`,
    },
    stop: () => ended(child, "SIGTERM"),
  };
}

/** PostgreSQL with a database of its own, on a loopback port; undefined where it is not installed. */
export async function startPostgres(): Promise<StateServer | undefined> {
  const packaged = "/usr/lib/postgresql";
  const versions = fs.existsSync(packaged) ? fs.readdirSync(packaged).sort((a, b) => Number(b) - Number(a)) : [];
  const initdb = program("PostgreSQL", [
    ...versions.map((version) => path.join(packaged, version, "bin/initdb")),
    ...onPath("initdb"),
  ]);
  if (!initdb) return undefined;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "postgres-"));
  const password = secretValue("the password of PostgreSQL");
  fs.writeFileSync(path.join(folder, "password"), password, { mode: 0o600 });
  const account = unprivileged();
  for (const place of account ? [folder, path.join(folder, "password")] : [])
    fs.chownSync(place, account?.uid ?? 0, account?.gid ?? 0);
  const data = path.join(folder, "data");
  const init = spawnSync(
    initdb,
    ["-D", data, "-U", "pulumi", "-A", "scram-sha-256", `--pwfile=${path.join(folder, "password")}`, "--no-sync"],
    { ...account, cwd: folder, encoding: "utf8" },
  );
  if (init.status !== 0) throw new Error(`initdb ended with ${init.status}: ${init.stdout}${init.stderr}`);
  const port = await freePort();
  const settings = { listen_addresses: "127.0.0.1", unix_socket_directories: "", fsync: "off" };
  const child = spawn(
    path.join(path.dirname(fs.realpathSync(initdb)), "postgres"),
    [
      "-D",
      data,
      "-p",
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    { ...account, cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  await said(child, /ready to accept connections/);
  return {
    env: {
      PGPASSWORD: password,
      PULUMI_BACKEND_URL: `postgres://pulumi@127.0.0.1:${port}/postgres?sslmode=disable`,
    },
    stop: async () => {
      await ended(child, "SIGINT");
      fs.rmSync(folder, { recursive: true });
    },
  };
}

/** PostgreSQL refuses to work for root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (os.userInfo().uid !== 0) return undefined;
  const accounts = fs.readFileSync("/etc/passwd", "utf8").split("\n");
  const line = ["postgres", "nobody"].map((name) => accounts.find((one) => one.startsWith(`${name}:`))).find(Boolean);
  const [, , uid, gid] = (line ?? "").split(":");
  if (uid === undefined || gid === undefined) throw new Error("there is no account for PostgreSQL to work as");
  return { uid: Number(uid), gid: Number(gid) };
}

/** Waits for what a server says when it is ready. */
async function said(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = pattern.exec(text);
      if (found) resolve(found);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${child.spawnfile} ended with ${code}: ${text}`)));
  });
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill(signal);
  await once(child, "exit");
}
