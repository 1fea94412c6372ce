import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import type { Engine } from "../engine";
import { projectRoot } from "../project";
import type { DemoWorld } from "./demo-world";

const demoStack = "matrix";

/** Whether the demo's cluster gets Ceph, whose last OSDs no `destroy` removes. */
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
    const authority = path.join(folder, "ca.pem");
    fs.writeFileSync(authority, simulator.ca);
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
      "proxmox:vmids": "2000-2999",
      "pulumi-proxmox-cluster:ceph": withCeph,
      "pulumi-proxmox-cluster:osdSerials": serialsOf(simulator),
      // The simulator's clock runs faster than that of the machine, which may be a slow one.
      "pulumi-proxmox-cluster:restoreAfter": "15m",
      "pulumi-proxmox-cluster:imageMirror": mirror,
    };
  }

  readonly #config: Record<string, unknown>;

  /** Makes the stack when it is not there, and writes its config. */
  async prepare(): Promise<void> {
    // `stack init` writes the salt beside Pulumi.yaml: a copy of it keeps the clone clean.
    fs.copyFileSync(path.join(projectRoot, "Pulumi.yaml"), path.join(this.#copy, "Pulumi.yaml"));
    const { code, stdout } = await this.#capture(["stack", "ls", "--json"]);
    if (code !== 0) throw new Error(`pulumi stack ls failed:\n${stdout}`);
    if (!(JSON.parse(stdout) as { name: string }[]).some(({ name }) => name === demoStack)) {
      const made = await this.#capture(["stack", "init", demoStack]);
      if (made.code !== 0) throw new Error(`pulumi stack init failed:\n${made.stdout}`);
    }
    const lines = fs.readFileSync(this.#configFile, "utf8").split("\n");
    const salt = lines.find((line) => line.startsWith("encryptionsalt:")) ?? "";
    fs.writeFileSync(this.#configFile, `${salt}\nconfig: ${JSON.stringify(this.#config)}\n`);
  }

  /** Runs a command on the stack with its output shown; the exit code. */
  async run(command: string, args: readonly string[]): Promise<number> {
    const flags = ["--stack", demoStack, "--config-file", this.#configFile, "--non-interactive"];
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
    const { code, stdout } = await this.#capture(["stack", "output", "--json", "--stack", demoStack]);
    return code === 0 ? (JSON.parse(stdout) as Record<string, unknown>)[name] : undefined;
  }

  get #copy(): string {
    return path.join(this.folder, "project");
  }

  get #configFile(): string {
    return path.join(this.#copy, `Pulumi.${demoStack}.yaml`);
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
