import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import type { Engine } from "../engine";
import { projectRoot } from "../project";
import { authorityOf, type DemoWorld } from "./demo-world";

const demoStack = "demo";
/** What it was called before: a demo that began then goes on under its name, by which its VMs are known as its own. */
const formerStack = "matrix";

/** Whether the demo's cluster gets Ceph. */
const withCeph = process.env["DEMO_CEPH"] === "1";

/** What the disks of the simulated machines tell. */
const serialsOf = ({ nodes, world }: DemoWorld["simulator"]): Record<string, Record<string, string>> =>
  Object.fromEntries(
    nodes.map(({ name }) => [
      name,
      Object.fromEntries(
        (world.nodes[name]?.hardware.disks ?? []).map(({ devpath, serial = "" }) => [path.basename(devpath), serial]),
      ),
    ]),
  );

/** Runs the real CLI on the repository's program; state, settings and config are kept in the demo's folder. */
export class DemoPulumi {
  readonly #env: NodeJS.ProcessEnv;

  constructor(
    private readonly engine: Engine,
    private readonly folder: string,
    { simulator, mirror }: DemoWorld,
  ) {
    for (const name of ["state", "home", "project"]) fs.mkdirSync(path.join(folder, name), { recursive: true });
    const authority = authorityOf(folder);
    this.#env = {
      ...engine.env,
      PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
      PULUMI_HOME: path.join(folder, "home"),
      // Nothing here is secret: the demo's only credential opens the simulator.
      PULUMI_CONFIG_PASSPHRASE: "demo",
      // Ports and token are new each time, and `refresh` and `destroy` would take them from the last `up`.
      // The first machine is where the cluster is made, and leads to all of it afterwards.
      PROXMOX_ENDPOINTS: simulator.nodes[0]?.url ?? "",
      PROXMOX_USERNAME: "root@pam",
      PROXMOX_PASSWORD: simulator.password,
      DEMO_ROOT: simulator.password,
    };
    this.#config = {
      "proxmox:ca": authority,
      "proxmox:nodes": Object.fromEntries(
        simulator.nodes.map(({ name, url, fingerprint, ssh }) => [
          name,
          {
            ...{ endpoint: url, fingerprint, password: "secret:DEMO_ROOT" },
            ...{ ssh: `127.0.0.1:${ssh.port}`, sshFingerprint: ssh.fingerprint },
          },
        ]),
      ),
      ...(withCeph ? { "pulumi-proxmox-cluster:ceph": true } : {}),
      "pulumi-proxmox-cluster:osdSerials": serialsOf(simulator),
      "pulumi-proxmox-cluster:imageMirror": mirror,
    };
  }

  readonly #config: Record<string, unknown>;
  #stack = demoStack;

  /** Makes the stack when it is not there, and writes its config. */
  async prepare(): Promise<void> {
    // `stack init` writes the salt beside Pulumi.yaml: a copy of it keeps the clone clean.
    fs.copyFileSync(path.join(projectRoot, "Pulumi.yaml"), path.join(this.#copy, "Pulumi.yaml"));
    const { code, stdout } = await this.#capture(["stack", "ls", "--json"]);
    if (code !== 0) throw new Error(`pulumi stack ls failed:\n${stdout}`);
    const stacks = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
    if (stacks.includes(formerStack)) this.#stack = formerStack;
    else if (!stacks.includes(demoStack)) {
      const made = await this.#capture(["stack", "init", demoStack]);
      if (made.code !== 0) throw new Error(`pulumi stack init failed:\n${made.stdout}`);
    }
    const lines = fs.readFileSync(this.#configFile, "utf8").split("\n");
    const salt = lines.find((line) => line.startsWith("encryptionsalt:")) ?? "";
    const given = fs.readFileSync(path.join(projectRoot, `Pulumi.${demoStack}.yaml`), "utf8");
    fs.writeFileSync(this.#configFile, `${salt}\n${withValues(given, this.#config)}`);
  }

  /** Runs a command on the stack with its output shown; the exit code. */
  async run(command: string, args: readonly string[]): Promise<number> {
    const flags = ["--stack", this.#stack, "--config-file", this.#configFile, "--non-interactive"];
    const child = spawn(this.engine.pulumi, [command, ...flags, ...args], {
      cwd: projectRoot,
      env: this.#env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    const [code] = (await once(child, "exit")) as [number | null];
    return code ?? 1;
  }

  /** An output of the stack; undefined before the first `up`. */
  async output(name: string): Promise<unknown> {
    const { code, stdout } = await this.#capture(["stack", "output", "--json", "--stack", this.#stack]);
    return code === 0 ? (JSON.parse(stdout) as Record<string, unknown>)[name] : undefined;
  }

  get #copy(): string {
    return path.join(this.folder, "project");
  }

  get #configFile(): string {
    return path.join(this.#copy, `Pulumi.${this.#stack}.yaml`);
  }

  async #capture(args: readonly string[]): Promise<{ code: number | null; stdout: string }> {
    const child = spawn(this.engine.pulumi, [...args, "--non-interactive"], {
      cwd: this.#copy,
      env: this.#env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stdout };
  }
}

/** A stack's file, which is one record below `config:`, with more values; they win over those that stand there. */
export function withValues(file: string, values: Readonly<Record<string, unknown>>): string {
  const kept = file
    .trimEnd()
    .split("\n")
    .filter((line) => !Object.keys(values).some((key) => line.startsWith(`  ${key}: `)));
  return [...kept, ...Object.entries(values).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`), ""].join(
    "\n",
  );
}
