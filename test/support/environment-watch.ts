import { proc, processIds, runMarker, statOf } from "./processes";
import { roleOf, type Role } from "./process-roles";
import type { Leak, SecretScanner } from "./secret-scan";

/** Who a process is to those who hand it a secret: one of Pulumi's, a tool that one of Pulumi's has started, or a shell. */
type Holder = Role | "tool" | "shell";

/** The engine's processes that read it or hand it on; what their own code starts is none of them. */
const pulumi: readonly Holder[] = ["cli", "language-host", "program", "plugin-wrapper", "plugin", "tool"];

interface Allowed {
  readonly holders: readonly Holder[];
  readonly why: string;
}

const credential = (of: string): Allowed => ({
  holders: pulumi,
  why: `${of}, as docs/secrets.md tells users to hand it over`,
});
const referred = (by: string): Allowed => ({ holders: pulumi, why: `a reference to the environment in ${by}` });
const state = (of: string): Allowed => ({ holders: pulumi, why: `what Pulumi itself opens ${of} with` });

/**
 * Where a secret of the tests may stand in an environment: variable by variable, and who may have it. Whatever is not here
 * is a leak. A process of a provider may start nothing that has any of them.
 */
const allowedInEnvironments: Readonly<Record<string, Allowed>> = {
  PROXMOX_TOKEN_SECRET: { ...credential("the stack's token"), holders: [...pulumi, "shell"] },
  PROXMOX_PASSWORD: credential("root's password"),
  PROXMOX_SSH_PASSWORD: credential("the password for SSH"),
  PROXMOX_SSH_PRIVATE_KEY: credential("the key for SSH"),
  INFISICAL_UNIVERSAL_AUTH_CLIENT_ID: credential("the machine identity"),
  INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET: credential("the secret of the machine identity"),
  ROOT_foxtrot: referred("proxmox:nodes of bare machines"),
  ROOT_golf: referred("proxmox:nodes of bare machines"),
  ROOT_hotel: referred("proxmox:nodes of bare machines"),
  ROOT_india: referred("proxmox:nodes of bare machines"),
  BRAVO: referred("proxmox:nodes of nexus"),
  MAKER: referred("two clusters in one program"),
  OTHER_TOKEN: referred("two clusters in one program"),
  ADMIN_PASSWORD: referred("cloud-init of the examples"),
  WEB_PASSWORD: referred("cloud-init of a VM"),
  ONLY_HERE: referred("cloud-init of a VM"),
  REGISTRY_PASSWORD: referred("the steps of a golden image"),
  APP_TOKEN: referred("a file of a GuestConfig"),
  GUEST_KEY: referred("the SSH of a GuestConfig"),
  TOKEN_VALUE: referred("an EnvironmentFile"),
  FIRST: referred("an InfisicalSecret"),
  SECOND: referred("an InfisicalSecret that gets another value"),
  PVE: referred("proxmox:tokenSecret"),
  BOB: referred("a User whose creation fails"),
  BOB_PASSWORD: referred("a User"),
  BOB_SECOND: referred("a User who gets another password"),
  LDAP_PASSWORD: referred("a Realm"),
  PULUMI_CONFIG: {
    holders: ["program"],
    why: "Pulumi itself hands a program its config so, what is encrypted there too",
  },
  AWS_SECRET_ACCESS_KEY: state("a state on S3"),
  PGPASSWORD: state("a state in PostgreSQL"),
  PVE_TOKEN: { holders: [...pulumi, "shell"], why: "the reference of docs/secrets.md, exported by a user's shell" },
  SIMULATED_SECRET: { holders: ["shell"], why: "stands for what a user types into the shell of the documentation" },
};

interface Seen {
  readonly holder: Holder;
  readonly program: string;
  readonly variable: string;
  readonly value: string;
}

interface Live {
  readonly parent: number;
  /** Name of its program, as the kernel has it. */
  readonly program: string;
  readonly command: readonly string[];
  readonly isOurs: boolean;
}

/** All environments that processes of one run begin with, as /proc shows them to their owner. */
export class EnvironmentWatch {
  readonly #seen = new Map<string, Seen>();
  readonly #known = new Map<string, Live>();

  /** `run`: what marks the processes of the run. */
  constructor(private readonly run: string) {}

  /** Reads what is new; cheap where nothing is. */
  look(): void {
    const now = new Map<number, Live>();
    const read: [pid: number, environ: readonly string[]][] = [];
    for (const pid of processIds()) {
      const stat = proc(pid, "stat");
      const line = proc(pid, "cmdline");
      if (stat === undefined || line === undefined || pid === process.pid) continue;
      const { program, fields } = statOf(stat);
      const key = `${pid} ${fields[19] ?? ""} ${line}`;
      let live = this.#known.get(key);
      if (!live) {
        const environ = proc(pid, "environ")?.split("\0") ?? [];
        // Another program has taken its place in between: the next look has both of it.
        if (proc(pid, "cmdline") !== line) continue;
        const isOurs = environ.includes(`${runMarker}=${this.run}`);
        const command = line.split("\0").filter(Boolean);
        live = { parent: Number(fields[1]), program, command, isOurs };
        this.#known.set(key, live);
        read.push([pid, environ]);
      }
      now.set(pid, live);
    }
    const ofPid = (pid: number): Live | undefined => now.get(pid);
    for (const [pid, environ] of read) {
      const live = ofPid(pid);
      if (!live || !isOurs(live, ofPid)) continue;
      const holder = holderOf(live, ofPid);
      const { program } = live;
      for (const entry of environ) {
        const at = entry.indexOf("=");
        if (at < 1) continue;
        const one = { holder, program, variable: entry.slice(0, at), value: entry.slice(at + 1) };
        this.#seen.set(JSON.stringify(one), one);
      }
    }
  }

  /** What stands where it may not; secrets by their names. */
  leaks(scanner: SecretScanner): Leak[] {
    const found = [...this.#seen.values()].flatMap(({ holder, program, variable, value }) => {
      if (allowedInEnvironments[variable]?.holders.includes(holder)) return [];
      // Names are printed, and so hold none themselves.
      const where =
        scanner.text(variable + program).length > 0 ? "an environment" : `${variable} of ${program} (${holder})`;
      return scanner.text(`${variable}=${value}`).map((secret) => ({ where, secret }));
    });
    return [...new Map(found.map((leak) => [JSON.stringify(leak), leak])).values()];
  }
}

type ByPid = (pid: number) => Live | undefined;

/** Marked, or started by one that is: a test may give a program an environment without the mark. */
function isOurs(live: Live, ofPid: ByPid): boolean {
  if (live.isOurs) return true;
  const parent = ofPid(live.parent);
  return parent !== undefined && isOurs(parent, ofPid);
}

function holderOf({ command, parent }: Live, ofPid: ByPid): Holder {
  const role = roleOf(command);
  if (role !== "other") return role;
  // The tests play a user's shell by this alone (docs/commands.test.ts).
  if (command[0] === "bash" && command[1] === "-c" && command[2]?.startsWith("set -euo pipefail\n")) return "shell";
  const above = ofPid(parent);
  if (!above) return "other";
  const holder = holderOf(above, ofPid);
  if (holder === "shell") return "shell";
  return ["cli", "language-host", "plugin-wrapper", "tool"].includes(holder) ? "tool" : "other";
}
