// `npm test`: runs every test (or the files and options that are given to mocha), then checks what the run left behind.
// Of what takes long it runs a part, and with --long (`npm run test:long`) all of it.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../cli/project";
import { outFolder, testEnvironment } from "./support/environment";
import { EnvironmentWatch } from "./support/environment-watch";
import { commandLines, killMarked, markedProcesses, runMarker } from "./support/processes";
import { reportedLeaks, SecretScanner, type Leak } from "./support/secret-scan";
import { secretsVariable } from "./support/secret-values";
import type { Counts } from "./support/reporter";

/** Half of the time a test waits for pauses of Proxmox and Pulumi: two more than there are processors keep these busy. */
const jobs = os.availableParallelism() + 2;
/** A run that hangs must end too. */
const deadline = 75 * 60_000;

async function main(given: string[]): Promise<number> {
  const args = given.filter((arg) => arg !== "--long");
  if (args.length < given.length) process.env["PROXMOX_TEST_LONG"] = "1";
  const started = Date.now();
  fs.rmSync(outFolder, { recursive: true, force: true });
  fs.mkdirSync(outFolder);
  const { proxy, attempts } = await startProxy();
  const id = randomUUID();
  const secrets = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "test-secrets-")), "values.jsonl");
  process.env[secretsVariable] = secrets;
  const environment: Record<string, string> = { ...testEnvironment(), ...proxy, [runMarker]: id };

  const summary = path.join(outFolder, "summary.json");
  const reporter = path.join(projectRoot, "dist", "test", "support", "reporter.js");
  const files = args.some((arg) => arg.endsWith(".js")) ? [] : ["dist/test/**/*.test.js"];
  const mocha = spawn(
    process.execPath,
    [
      require.resolve("mocha/bin/mocha.js"),
      ...["--parallel", "--jobs", String(jobs), "--reporter", reporter, "--reporter-option", `summary=${summary}`],
      ...files,
      ...args,
    ],
    { cwd: projectRoot, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const printed = { text: "" };
  for (const [from, to] of [
    [mocha.stdout, process.stdout],
    [mocha.stderr, process.stderr],
  ] as const)
    from.setEncoding("utf8").on("data", (chunk: string) => {
      printed.text += chunk;
      to.write(chunk);
    });
  const commands = watchProcesses(id);
  // A terminal's Ctrl-C reaches mocha by itself: what it leaves behind is still looked at.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => mocha.kill("SIGTERM"));
  const timer = setTimeout(() => mocha.kill("SIGKILL"), deadline);
  const [status, killedBy] = (await once(mocha, "exit")) as [number | null, NodeJS.Signals | null];
  const code = status ?? killedBy;
  clearTimeout(timer);
  commands.stop();

  const problems: string[] = [];
  const counts: Counts = fs.existsSync(summary)
    ? (JSON.parse(fs.readFileSync(summary, "utf8")) as Counts)
    : { passed: 0, failed: 0, skipped: 0 };
  if (!fs.existsSync(summary)) problems.push(`the tests did not run to their end (mocha ended with ${code})`);
  else if (code !== 0 && counts.failed === 0) problems.push(`mocha ended with ${code}`);
  if (counts.passed + counts.failed === 0) problems.push("no test was run");
  // The guard sees Node.js; the proxy sees programs in other languages.
  const guard = environment["NETWORK_GUARD_FILE"] ?? "";
  const left = fs.existsSync(guard) ? fs.readFileSync(guard, "utf8").trim().split("\n") : [];
  for (const attempt of new Set([...left, ...attempts])) problems.push(`left this machine: ${attempt}`);
  if (process.platform === "linux") {
    for (const { pid, command } of markedProcesses(id, runMarker))
      problems.push(`still running: ${pid} ${command.join(" ")}`);
    await killMarked(id, runMarker);
  }

  for (const { where, secret } of leaks(printed.text, commands))
    problems.push(`${where} holds a secret of the tests: ${secret}`);
  fs.rmSync(path.dirname(secrets), { recursive: true });

  const seconds = Math.round((Date.now() - started) / 1000);
  process.stdout.write(
    `${seconds} s, ${counts.skipped} skipped; out/requests.jsonl holds the requests that were made\n`,
  );
  for (const problem of problems) process.stdout.write(`FAIL ${problem}\n`);
  const failed = counts.failed + problems.length;
  process.stdout.write(`${counts.passed} passed, ${failed} failed\n`);
  return failed > 0 ? 1 : 0;
}

/** Where secrets of the tests stand in clear: what the run has left and printed, and how its processes were started. */
function leaks(printed: string, { seen: commands, environments }: Watched): Leak[] {
  const scanner = new SecretScanner();
  const texts = { "what mocha has printed": printed, "a command line": [...commands].join("\n") };
  const found = [
    ...reportedLeaks(),
    ...scanner.path(outFolder, "out"),
    ...environments.leaks(scanner),
    ...Object.entries(texts).flatMap(([where, text]) => scanner.text(text).map((secret) => ({ where, secret }))),
  ];
  return [...new Map(found.map((leak) => [JSON.stringify(leak), leak])).values()];
}

interface Watched {
  readonly seen: ReadonlySet<string>;
  readonly environments: EnvironmentWatch;
  stop(): void;
}

/** From now on: all command lines on this machine, as `ps` shows them to everybody, and environments of this run's processes. */
function watchProcesses(run: string): Watched {
  const seen = new Set<string>();
  const environments = new EnvironmentWatch(run);
  if (process.platform !== "linux") return { seen, environments, stop: () => undefined };
  const timer = setInterval(() => {
    for (const line of commandLines()) seen.add(line);
    environments.look();
  }, 250);
  return { seen, environments, stop: () => clearInterval(timer) };
}

/** Programs that are not Node.js are told to use this proxy: it lets nothing through and writes down what was wanted. */
async function startProxy(): Promise<{ proxy: Record<string, string>; attempts: string[] }> {
  const attempts: string[] = [];
  const server = http.createServer((request, response) => {
    attempts.push(`${request.method} ${request.url}`);
    response.writeHead(403).end();
  });
  server.on("connect", (request, socket) => {
    attempts.push(`CONNECT ${request.url}`);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const none = "localhost,127.0.0.1,::1";
  return {
    proxy: { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url, NO_PROXY: none, no_proxy: none },
    attempts,
  };
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.stdout.write("0 passed, 1 failed\n");
    process.exit(1);
  },
);
