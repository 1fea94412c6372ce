import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findEngine } from "../../cli/engine";
import { provenTrail } from "./audit-trail";
import { testEnvironment } from "./environment";
import { eventually } from "./eventually";
import { eventsIn, type EngineEvent, lastSummary } from "./engine-events";
import { roleOf, type Role } from "./process-roles";
import { currentTest, reportLeaks, scanText, SecretScanner } from "./secret-scan";
import { killMarked, marker, markedProcesses, type Process, signal } from "./processes";

interface StackOptions {
  /** The folder with Pulumi.yaml; nothing is written there. */
  readonly project: string;
  readonly stack?: string;
  /** Configuration by full key (`proxmox:endpoints`); what is not a string goes in as a structure. */
  readonly config?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  /** A command that does not end by itself is ended after this time. */
  readonly deadlineMs?: number;
}

/** How one command of the real CLI ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What the engine counted, by operation (`create`, `update`, `delete`, `replace`, `same`, ...). */
  readonly changeSummary: Readonly<Record<string, number>>;
  readonly events: readonly EngineEvent[];
}

/** A command that is still running. */
interface RunningCommand {
  readonly pid: number;
  readonly done: Promise<CommandResult>;
  /** Output so far, both streams. */
  output(): string;
  signal(name: NodeJS.Signals): void;
}

/** A command that does not end by itself is ended, and the test fails. */
const commandDeadline = 600_000;

/** One stack of the real engine: file backend, passphrase and PULUMI_HOME in a temporary folder. */
export class TestStack {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-test-"));
  readonly name: string;
  /** Its trail of changes. */
  readonly trail = path.join(this.folder, "audit", "trail.jsonl");
  readonly #what = `the stack of "${currentTest()}"`;
  readonly #id = randomUUID();
  readonly #project: string;
  readonly #deadlineMs: number;
  readonly #env: Record<string, string | undefined>;
  readonly #pulumi: string;
  #commands = 0;

  private constructor(options: StackOptions, engine: { pulumi: string; env: NodeJS.ProcessEnv }) {
    this.name = options.stack ?? "test";
    this.#project = options.project;
    this.#deadlineMs = options.deadlineMs ?? commandDeadline;
    this.#pulumi = engine.pulumi;
    for (const name of ["state", "home", "project"]) fs.mkdirSync(path.join(this.folder, name));
    this.#env = {
      ...engine.env,
      ...testEnvironment(),
      PULUMI_BACKEND_URL: `file://${path.join(this.folder, "state")}`,
      PULUMI_HOME: path.join(this.folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "correct horse",
      // Makes --event-log available.
      PULUMI_DEBUG_COMMANDS: "true",
      [marker]: this.#id,
      // Every stack of the suite keeps a trail, which is looked through with everything else that it has written.
      PROXMOX_AUDIT_FILE: this.trail,
      ...options.env,
    };
  }

  static async create(options: StackOptions): Promise<TestStack> {
    const stack = new TestStack(options, await findEngine());
    // `stack init` writes the salt beside Pulumi.yaml: a copy of it keeps the project's own folder clean.
    fs.copyFileSync(path.join(options.project, "Pulumi.yaml"), path.join(stack.#copy, "Pulumi.yaml"));
    const made = await stack.#inCopy(["stack", "init", stack.name]);
    if (made.code !== 0) throw new Error(`pulumi stack init failed:\n${made.stdout}${made.stderr}`);
    stack.configure(options.config ?? {});
    return stack;
  }

  /** Sets an environment variable of the commands to come. */
  setEnvironment(name: string, value: string | undefined): void {
    this.#env[name] = value;
  }

  /** Replaces the stack's configuration. */
  configure(config: Record<string, unknown>): void {
    const salt = fs
      .readFileSync(this.#configFile, "utf8")
      .split("\n")
      .find((line) => line.startsWith("encryptionsalt:"));
    fs.writeFileSync(this.#configFile, `${salt ?? ""}\nconfig: ${JSON.stringify(config)}\n`);
  }

  /** Adds one encrypted value. */
  async configureSecret(key: string, value: string): Promise<void> {
    const set = await this.#inCopy(["config", "set", "--secret", "--stack", this.name, key, value]);
    if (set.code !== 0) throw new Error(`pulumi config set failed:\n${set.stderr}`);
  }

  /** `pulumi up` without the preview before it. */
  up(...args: string[]): Promise<CommandResult> {
    return this.start("up", "--yes", "--skip-preview", ...args).done;
  }

  preview(...args: string[]): Promise<CommandResult> {
    return this.start("preview", ...args).done;
  }

  refresh(...args: string[]): Promise<CommandResult> {
    return this.start("refresh", "--yes", "--skip-preview", ...args).done;
  }

  destroy(...args: string[]): Promise<CommandResult> {
    return this.start("destroy", "--yes", "--skip-preview", ...args).done;
  }

  /** Removes the lock that a killed command has left. */
  cancel(): Promise<CommandResult> {
    return this.#inCopy(["cancel", "--yes", this.name]);
  }

  /** Another command on this stack, such as `state delete URN`. */
  command(...args: string[]): Promise<CommandResult> {
    return this.#inCopy([...args, "--stack", this.name]);
  }

  /** Another stack of the same project, in the same backend. */
  otherStack(name: string): Promise<CommandResult> {
    return this.#inCopy(["stack", "init", name, "--no-select"]);
  }

  /** A command that names its stacks itself, such as `state move --source … --dest …`. */
  ofProject(...args: string[]): Promise<CommandResult> {
    return this.#inCopy(args);
  }

  /** The state, as `pulumi stack export` shows it. */
  async export(): Promise<Deployment> {
    const exported = await this.#inCopy(["stack", "export", "--stack", this.name]);
    if (exported.code !== 0) throw new Error(`pulumi stack export failed:\n${exported.stderr}`);
    return (JSON.parse(exported.stdout) as { deployment: Deployment }).deployment;
  }

  /** Starts `up`, `preview`, `refresh` or `destroy` and does not wait for its end. */
  start(command: string, ...args: string[]): RunningCommand {
    const log = path.join(this.folder, `events-${this.#commands++}.json`);
    const flags = ["--stack", this.name, "--config-file", this.#configFile, "--event-log", log];
    return this.#spawn([command, ...flags, "--color", "never", ...args], this.#project, log);
  }

  /** Every live process of this stack, orphans included. */
  processes(): (Process & { role: Role })[] {
    return markedProcesses(this.#id).map((found) => ({ ...found, role: roleOf(found.command) }));
  }

  /** Waits for a process of a role, up to a bound; the way to find whom to kill. */
  async waitForProcess(wanted: Role): Promise<Process> {
    let found: Process | undefined;
    await eventually(`a ${wanted}`, () => {
      found = this.processes().find((candidate) => candidate.role === wanted);
      return found !== undefined;
    });
    if (!found) throw new Error(`no ${wanted} was started`);
    return found;
  }

  /** Ends whatever still runs and removes the folder. */
  async close(): Promise<void> {
    await killMarked(this.#id);
    // What the engine has written down: states with their history, logs, events. Not the config, which is the user's.
    const scanner = new SecretScanner();
    for (const name of fs.readdirSync(this.folder).filter((entry) => entry !== "project"))
      reportLeaks(scanner.path(path.join(this.folder, name), `${this.#what}'s ${name}`, withoutDebugging));
    try {
      provenTrail(this.trail, this.#what);
    } finally {
      fs.rmSync(this.folder, { recursive: true, force: true });
    }
  }

  get #copy(): string {
    return path.join(this.folder, "project");
  }

  get #configFile(): string {
    return path.join(this.#copy, `Pulumi.${this.name}.yaml`);
  }

  #inCopy(args: string[]): Promise<CommandResult> {
    return this.#spawn(args, this.#copy).done;
  }

  #spawn(args: string[], cwd: string, eventLog?: string): RunningCommand {
    const child = spawn(this.#pulumi, [...args, "--non-interactive"], {
      cwd,
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own: what the CLI does to its group when it is interrupted twice must not reach mocha.
      detached: true,
    });
    return watch(child, `pulumi ${args[0] ?? ""}`, this.#deadlineMs, eventLog);
  }
}

/** The part of a deployment that tests look at. */
interface Deployment {
  readonly resources?: readonly StateResource[];
  readonly pending_operations?: readonly { readonly type: string; readonly resource: StateResource }[];
}

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly external?: boolean;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly initErrors?: readonly string[];
}

function watch(child: ChildProcess, what: string, deadlineMs: number, eventLog?: string): RunningCommand {
  const text = { stdout: "", stderr: "", both: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream]?.setEncoding("utf8").on("data", (chunk: string) => {
      text[stream] += chunk;
      text.both += chunk;
    });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${what} does not start`);
  const deadline = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
  const done = (async (): Promise<CommandResult> => {
    const closed = once(child, "close");
    const [code, killedBy] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    clearTimeout(deadline);
    // Output may still be in the pipes; but after a kill the orphans keep them open.
    await Promise.race([closed, sleep(500)]);
    child.stdout?.destroy();
    child.stderr?.destroy();
    scanText(text.both, `the output of ${what} in "${currentTest()}"`);
    if (killedBy === "SIGKILL" && child.killed) throw new Error(`${what} did not end in time:\n${text.both}`);
    const events = eventLog ? eventsIn(eventLog) : [];
    return { code, stdout: text.stdout, stderr: text.stderr, events, changeSummary: lastSummary(events) };
  })();
  return { pid, done, output: () => text.both, signal: (name) => signal(pid, name) };
}

/**
 * The SDK tells whole resources to the log of events for debugging, what is secret in them in clear (only `--debug`
 * would show it): out of a provider's reach, and a reason to prefer references.
 */
const withoutDebugging = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !(line.includes('"diagnosticEvent"') && line.includes('"severity":"debug"')))
    .join("\n");
